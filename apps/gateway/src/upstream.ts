import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@relance/events';
import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import { ServiceUnreachable } from './service-unreachable.error.js';

const lookEveryMs = 1_000;
/** Somebody is missing: look more often, so that they are found soon. */
const lookForMissingEveryMs = 200;
const answerWithinMs = 1_500;

/**
 * The instances of one service, and which of them live.
 *
 * Each is asked `/health/live` every second. One that does not answer, or that a request could not reach, gets no
 * requests until it answers again. A name that stands for several addresses (`docker compose --scale`) is that many
 * instances, looked up each time.
 */
export class Upstream {
  private origins: readonly string[] = [];
  private live = new Set<string>();
  private turn = 0;
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(
    readonly service: Service,
    private readonly urls: readonly string[],
    private readonly logger: Logger,
  ) {}

  /** Looks once, then goes on looking. */
  async start(): Promise<void> {
    await this.look();
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  /** The next living instance, in turn. @throws {ServiceUnreachable} */
  pick(): string {
    const living = this.living();
    const origin = living[this.turn++ % living.length];
    if (origin === undefined) throw new ServiceUnreachable(this.service);
    return origin;
  }

  living(): readonly string[] {
    return this.origins.filter((origin) => this.live.has(origin));
  }

  /** Told by whoever could not reach an instance. */
  failed(origin: string): void {
    if (this.live.delete(origin)) this.logger.warn('an instance does not answer', { service: this.service, origin });
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isWhole = this.origins.length > 0 && this.live.size === this.origins.length;
      await pause(isWhole ? lookEveryMs : lookForMissingEveryMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.look();
    }
  }

  private async look(): Promise<void> {
    this.origins = (await Promise.all(this.urls.map((url) => this.addressesOf(url)))).flat();
    await Promise.all(
      this.origins.map(async (origin) => {
        if (!(await isLive(origin))) this.failed(origin);
        else if (!this.live.has(origin)) this.live.add(origin);
      }),
    );
    this.live = new Set(this.living());
  }

  private async addressesOf(url: string): Promise<string[]> {
    const { protocol, hostname, port } = new URL(url);
    // A certificate is the name's: behind https the name stays one instance.
    if (protocol !== 'http:' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return [url];
    try {
      const addresses = await lookup(hostname, { all: true });
      return addresses.map(
        ({ address, family }) => new URL(`http://${family === 6 ? `[${address}]` : address}:${port || 80}`).origin,
      );
    } catch (error) {
      this.logger.debug('a name stands for no address', { service: this.service, error: describeError(error) });
      return [];
    }
  }
}

async function isLive(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health/live`, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Whatever the reason, it gets no requests; it is looked at again soon.
    return false;
  }
}
