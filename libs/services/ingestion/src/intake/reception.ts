import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ConfigOf } from '@relance/config';
import { ingestionConfig } from '../ingestion.config.js';
import type { LiveSource } from '../store/live-source.js';
import { SourceCache } from '../store/source-cache.js';
import { SourceDisabled } from '../store/source-errors.js';
import { TrustedProxies, limitedTogether } from './client-address.js';
import type { Door } from './incoming.js';
import { BodyTooLarge, TooManyRequests, UnsupportedMediaType } from './intake-errors.js';
import { RateLimiter } from './rate-limiter.js';

export const bodyLimitBytes = 256 * 1024;
const defaultPerMinute = 30;

/** Lets requests in, or says why not, before their body is read. */
@Injectable()
export class Reception {
  private readonly limiter = new RateLimiter();
  private readonly proxies: TrustedProxies;

  constructor(
    private readonly sources: SourceCache,
    @Inject(ingestionConfig.token) config: ConfigOf<typeof ingestionConfig>,
  ) {
    this.proxies = new TrustedProxies(config.TRUSTED_PROXIES);
  }

  /** The source, at once where it is known; undefined where the door has none of that key. */
  sourceOf(key: string, door: Door): LiveSource | undefined | Promise<LiveSource | undefined> {
    const ofDoor = (source: LiveSource | undefined): LiveSource | undefined =>
      source && door.kinds.includes(source.kind) ? source : undefined;
    const known = this.sources.get(key);
    return known ? ofDoor(known) : this.sources.find(key).then(ofDoor);
  }

  /**
   * In order: the source is enabled, the content type is known, the stated size is not too large, the address did not
   * send too many.
   *
   * @throws {SourceDisabled} {UnsupportedMediaType} {BodyTooLarge} {TooManyRequests}
   */
  admit(source: LiveSource, door: Door, request: FastifyRequest): void {
    if (!source.isEnabled) throw new SourceDisabled(source.key);
    if (!door.mediaTypes.has(mediaTypeOf(request))) throw new UnsupportedMediaType();
    if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) throw new BodyTooLarge();
    if (door.isPublic) this.limit(source, request);
  }

  clientAddress(request: FastifyRequest): string {
    const forwardedFor = request.headers['x-forwarded-for'];
    return this.proxies.clientAddress(
      request.raw.socket.remoteAddress ?? '',
      Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor,
    );
  }

  private limit(source: LiveSource, request: FastifyRequest): void {
    const limit = source.settings.rateLimit;
    if (limit === 'none') return;
    const who = `${source.key}\n${limitedTogether(this.clientAddress(request))}`;
    const seconds = this.limiter.take(who, limit?.perMinute ?? defaultPerMinute, performance.now());
    if (seconds > 0) throw new TooManyRequests(seconds);
  }
}

/** Without parameters, lower-case; empty where none is stated. */
export function mediaTypeOf(request: FastifyRequest): string {
  const header = request.headers['content-type'] ?? '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}
