import { disposableMailDomains } from './disposable-mail-domains.js';
import { freeMailDomains } from './free-mail-domains.js';

/** What kind of address it is, by the domain after the `@` and the registrable domain it belongs to. */
export function emailKind(domain: string, registrable: string | null): 'work' | 'free' | 'disposable' {
  if (disposableMailDomains.has(domain) || disposableMailDomains.has(registrable ?? domain)) return 'disposable';
  if (freeMailDomains.has(domain) || freeMailDomains.has(registrable ?? domain)) return 'free';
  return 'work';
}
