const minuteMs = 60_000;
const waitsMinutes = [5, 15, 40, 120, 360, 720, 900];

/** When a letter that the mail server did not take is tried again, after so many failures: 36 hours in all, then null. */
export function mailRetryAt(failures: number, now: Date): Date | null {
  const minutes = waitsMinutes[failures - 1];
  return minutes === undefined ? null : new Date(now.getTime() + minutes * minuteMs);
}
