import type { Service } from '@relance/events';

export interface ReaderItem {
  readonly service: string;
  readonly reader: string;
  readonly state?: string | undefined;
  readonly lagEvents: number;
  readonly lagSeconds: number;
}

/** A service that did not say. */
export interface SilentItem {
  readonly service: Service;
  readonly error: string;
}

/**
 * One list of all readers. Instances of a service share their readers' progress, so each reader stands in it once, as the
 * instance that is worst off sees it: one that stopped must be seen.
 */
export function mergeReaders(
  told: readonly { readonly service: Service; readonly items: readonly ReaderItem[] | null }[],
): (ReaderItem | SilentItem)[] {
  const readers = new Map<string, ReaderItem>();
  const silent = new Map<Service, SilentItem>();
  for (const { service, items } of told) {
    if (items === null) silent.set(service, { service, error: 'does not answer' });
    for (const item of items ?? []) {
      const name = `${item.service}/${item.reader}`;
      const known = readers.get(name);
      readers.set(name, known ? worse(known, item) : item);
    }
  }
  return [...readers.values(), ...silent.values()];
}

function worse(one: ReaderItem, other: ReaderItem): ReaderItem {
  if (one.state === 'stopped' || other.state === 'stopped') return one.state === 'stopped' ? one : other;
  return other.lagEvents > one.lagEvents ? other : one;
}
