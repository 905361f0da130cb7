import { setTimeout as pause } from 'node:timers/promises';
import { trimStep } from '@relance/event-log';
import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import type { Db } from '@relance/postgres';

const trimEveryMs = 60_000;
const trimPauseMs = 250;

/** Trims the log in small steps, for as long as the process runs. */
export function trimming(db: Db, retentionDays: number, logger: Logger): AsyncDisposable {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const deleted = await trimStep(db, retentionDays).catch((error: unknown) => {
        logger.warn('the event log could not be trimmed', { error: describeError(error) });
        return 0;
      });
      await pause(deleted > 0 ? trimPauseMs : trimEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
    },
  };
}
