import { getDomain } from 'tldts';

/** The domain somebody registered (`eng.example.co.uk` → `example.co.uk`), of a host, an address' domain or a URL; null for an IP or a bare suffix. */
export function registrableDomain(given: string): string | null {
  return getDomain(given);
}

const asHostname = { extractHostname: false, validateHostname: false, detectIp: false };

/** The same of what is known to be a host name. */
export function registrableOfHost(hostname: string): string | null {
  return getDomain(hostname, asHostname);
}
