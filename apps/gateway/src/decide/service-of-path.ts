import type { Service } from '@relance/events';

/** What begins so belongs to that service; everything else is the desk's, who also serves the console. */
const prefixes: readonly (readonly [prefix: string, service: Service])[] = [
  ['/in', 'ingestion'],
  ['/u', 'nurture'],
  ['/api/ingestion', 'ingestion'],
  ['/api/scoring', 'scoring'],
  ['/api/routing', 'routing'],
  ['/api/sla', 'sla-watchdog'],
  ['/api/nurture', 'nurture'],
  ['/api/desk', 'desk'],
];

/** Which service answers a path. @param url path and query as they came, still encoded. */
export function serviceOfPath(url: string): Service {
  const path = url.split('?', 1)[0] ?? '/';
  return prefixes.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'desk';
}
