import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again until the answer is truthy and nothing is thrown.
 *
 * @returns the first such answer.
 * @throws with the last answer or error when time is up.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  options: { withinMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const end = performance.now() + (options.withinMs ?? 20_000);
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await pause(options.everyMs ?? 20);
  } while (performance.now() < end);
  if (last instanceof Error) throw new Error(`not in time: ${last.message}`, { cause: last });
  throw new Error(`not in time; last: ${JSON.stringify(last)}`);
}
