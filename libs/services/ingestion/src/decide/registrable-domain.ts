import { getDomain } from 'tldts';

/** The domain somebody registered (`eng.example.co.uk` → `example.co.uk`), of a host, an address' domain or a URL; null for an IP or a bare suffix. */
export function registrableDomain(given: string): string | null {
  return getDomain(given, { allowPrivateDomains: false });
}
