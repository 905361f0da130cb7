/** The calendar has no opening within ten years, or offers too little working time in a hundred: nothing is ever due. */
export class CalendarNeverOpens extends Error {
  override readonly name = 'CalendarNeverOpens';
  readonly code = 'working-time.calendar-never-opens';
  readonly kind = 'invalid';

  constructor() {
    super('The calendar does not open for long enough to count the time that was asked');
  }
}
