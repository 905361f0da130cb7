const firstMs = 200;
const longestMs = 5_000;
/** Who lived this long is started again soon, however often it died before. */
const steadyAfterMs = 30_000;

/**
 * How long to wait before something that ended is started again: 0.2 s at first, twice as long each time, 5 s at most.
 *
 * @param previousMs the pause before it was last started; null at its first end.
 * @param livedMs how long it lived after that.
 */
export function backOff(previousMs: number | null, livedMs: number): number {
  return previousMs === null || livedMs >= steadyAfterMs ? firstMs : Math.min(previousMs * 2, longestMs);
}
