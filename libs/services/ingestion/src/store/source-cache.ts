import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Logger, describeError } from '@relance/logging';
import { FormRules } from '../decide/form-rules.js';
import { AcceptDeadlinePassed } from '../accept/accept-errors.js';
import type { LiveSource } from './live-source.js';
import { SourceRepository } from './source.repository.js';
import type { StoredSource } from './source.repository.js';

const lookEveryMs = 1_000;
const unknownKeyEveryMs = 200;
const longestMs = 3_000;

/** The sources in memory. What changes here shows at once, what another process changes within a second. */
@Injectable()
export class SourceCache implements OnModuleInit, OnModuleDestroy {
  private sources: ReadonlyMap<string, LiveSource> = new Map();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private refreshing: Promise<void> | null = null;
  private lookedAt = 0;

  constructor(
    private readonly repository: SourceRepository,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => {
      this.look().catch((error: unknown) => this.stay(error));
    }, lookEveryMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  get(key: string): LiveSource | undefined {
    return this.sources.get(key);
  }

  /**
   * Looks again for a source that is not known here: it may have just been made elsewhere.
   *
   * @throws {DatabaseUnavailable} {AcceptDeadlinePassed}
   */
  async find(key: string): Promise<LiveSource | undefined> {
    if (this.refreshing) await inTime(this.refreshing);
    else if (performance.now() - this.lookedAt > unknownKeyEveryMs) await inTime(this.look());
    return this.sources.get(key);
  }

  /** Shows what was just committed here. Never fails: what cannot be read now is read within a second. */
  async refresh(): Promise<void> {
    const refreshing = this.lookAnew();
    this.refreshing = refreshing;
    await refreshing;
    if (this.refreshing === refreshing) this.refreshing = null;
  }

  /** The same, without being waited for. */
  refreshSoon(): void {
    this.refresh().catch((error: unknown) => this.stay(error));
  }

  /** A look that began earlier may have missed it. */
  private async lookAnew(): Promise<void> {
    try {
      await this.looking;
      await this.look();
    } catch (error) {
      this.stay(error);
    }
  }

  private stay(error: unknown): void {
    this.logger.debug('the sources could not be read; those known stay in force', { error: describeError(error) });
  }

  private look(): Promise<void> {
    this.looking ??= this.read().finally(() => (this.looking = null));
    return this.looking;
  }

  private async read(): Promise<void> {
    const stamps = await this.repository.stamps();
    const isSame =
      stamps.size === this.sources.size && [...stamps].every(([key, stamp]) => this.sources.get(key)?.stamp === stamp);
    if (!isSame) {
      const stored = await this.repository.all();
      this.sources = new Map(stored.map((source) => [source.key, liveSource(source)]));
    }
    this.lookedAt = performance.now();
  }
}

function liveSource(stored: StoredSource): LiveSource {
  const { settings, mapping, defaults } = stored;
  return {
    key: stored.key,
    kind: stored.kind,
    isEnabled: stored.enabled,
    settings,
    rules: new FormRules({ mapping, defaults, honeypot: settings.honeypot, consentWording: settings.consentWording }),
    defaultCountry: defaults['country'] ?? defaults['person.country'],
    secrets: [
      ...(stored.secret === null ? [] : [{ sealed: stored.secret, until: null }]),
      ...(stored.previousSecret === null ? [] : [{ sealed: stored.previousSecret, until: stored.previousSecretUntil }]),
    ],
    stamp: stored.stamp,
  };
}

async function inTime(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new AcceptDeadlinePassed()), longestMs);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
