import type { SourceSettings } from '../store/live-source.js';

const none: Readonly<Record<string, string>> = {};

/**
 * What lets a page of another origin read our answer; nothing where the source does not list that origin. It keeps
 * browsers honest and authenticates nobody.
 */
export function crossOriginHeaders(
  origin: string | undefined,
  settings: SourceSettings,
): Readonly<Record<string, string>> {
  if (origin === undefined) return none;
  const allowed = settings.allowedOrigins ?? [];
  if (!allowed.includes(origin) && !allowed.includes('*')) return { vary: 'Origin' };
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' };
}

/** What a browser is told before it posts. */
export function preflightHeaders(
  origin: string | undefined,
  settings: SourceSettings,
): Readonly<Record<string, string>> {
  const headers = crossOriginHeaders(origin, settings);
  if (!('access-control-allow-origin' in headers)) return { vary: 'Origin' };
  return {
    ...headers,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, idempotency-key',
    'access-control-max-age': '600',
  };
}
