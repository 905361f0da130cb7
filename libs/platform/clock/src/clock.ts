/**
 * What time it is, as a dependency. Decisions take `now: Date` as an argument; whoever calls them asks here.
 * Promises do not: they start, are met and break by the database's clock.
 */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}

/** A clock that stands still until it is moved. */
export class ManualClock extends Clock {
  private instant: Date;

  constructor(instant: Date) {
    super();
    this.instant = instant;
  }

  override now(): Date {
    return this.instant;
  }

  moveTo(instant: Date): void {
    this.instant = instant;
  }

  advance(milliseconds: number): void {
    this.instant = new Date(this.instant.getTime() + milliseconds);
  }
}
