import { createRequire } from 'node:module';

/** The part of kafkajs's request queue that {@link calmIdleTimer} replaces. */
interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const checkEveryMs = 10;

function checkWhatWaits(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : checkEveryMs,
  );
}

/**
 * Stops kafkajs 2.2 from burning CPU. Each of its connections looks for waiting requests by a timer that it arms again
 * for ever, also when nothing waits, with a negative delay that Node takes for 1 ms and warns about. With this it is
 * armed while something waits. `push` arms it whenever that begins.
 *
 * @returns how to put the original back, for the test that shows the difference.
 */
export function calmIdleTimer(): () => void {
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const original = prototype.scheduleCheckPendingRequests;
  if (typeof original !== 'function') throw new Error('kafkajs is not the version whose idle timer we know');
  prototype.scheduleCheckPendingRequests = checkWhatWaits;
  return () => {
    prototype.scheduleCheckPendingRequests = original;
  };
}
