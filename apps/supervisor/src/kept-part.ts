import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { signal } from '@relance/embedded';
import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import { backOff } from './decide/back-off.js';

/** Kafka or Redis, as the testbed starts them. */
export interface Part {
  readonly pid: number | null;
  readonly how: string;
  readonly ended: number | null;
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Kafka or Redis, kept alive: when it ends it is started again, on the same port and with the same data. It outlives a
 * killed supervisor, and the next one adopts it.
 */
export class KeptPart<Kind extends Part> {
  private readonly stopping = new AbortController();
  private keeping: Promise<void> = Promise.resolve();

  private constructor(
    private readonly name: string,
    private readonly startPart: () => Promise<Kind>,
    private readonly onChange: (pid: number | null) => void,
    private readonly logger: Logger,
    private part: Kind,
  ) {}

  /** @param onChange told at every change: the process that runs now, or null when it is gone. @throws {PartMissing} */
  static async start<Kind extends Part>(
    name: string,
    start: () => Promise<Kind>,
    onChange: (pid: number | null) => void,
    logger: Logger,
  ): Promise<KeptPart<Kind>> {
    const part = await start();
    if (part.ended !== null)
      logger.warn('ended a part that a killed supervisor left behind', { name, pid: part.ended });
    if (part.how === 'adopted')
      logger.warn('adopted a part that a killed supervisor left behind', { name, pid: part.pid });
    const kept = new KeptPart(name, start, onChange, logger, part);
    onChange(part.pid);
    kept.keeping = kept.keep();
    return kept;
  }

  /** As it was first started; it comes back at the same place. */
  get first(): Kind {
    return this.part;
  }

  /** Asks it to end, and ends it where it stands when it takes longer: what was acknowledged is on disk. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    const { pid } = this.part;
    const force = setTimeout(() => {
      if (pid !== null) signal(pid, 'SIGKILL');
    }, withinMs);
    await this.part.stop();
    clearTimeout(force);
    await this.keeping;
    this.onChange(null);
  }

  private async keep(): Promise<void> {
    const { signal: stopping } = this.stopping;
    const stopped = once(stopping, 'abort');
    let pauseMs: number | null = null;
    let bornAt = performance.now();
    for (;;) {
      await Promise.race([this.part.gone, stopped]);
      if (stopping.aborted) return;
      this.onChange(null);
      pauseMs = backOff(pauseMs, performance.now() - bornAt);
      this.logger.error('a part ended and is started again', { name: this.name, afterMs: pauseMs });
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) return;
      bornAt = performance.now();
      await this.startAgain();
    }
  }

  private async startAgain(): Promise<void> {
    try {
      this.part = await this.startPart();
      if (this.stopping.signal.aborted) await this.part.stop();
      else this.onChange(this.part.pid);
    } catch (error) {
      this.logger.error('a part does not start', { name: this.name, error: describeError(error) });
    }
  }
}
