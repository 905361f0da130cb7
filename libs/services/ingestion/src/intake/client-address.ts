import { BlockList, isIP, isIPv6 } from 'node:net';

/** Which machines in front of us are believed when they say whose request they pass on. */
export class TrustedProxies {
  private readonly list = new BlockList();

  /** @param entries addresses (`10.0.0.1`, `::1`) and networks (`10.0.0.0/8`), as {@link isAddressOrNetwork} takes them. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      if (bits === undefined) this.list.addAddress(address, family(address));
      else this.list.addSubnet(address, Number(bits), family(address));
    }
  }

  /**
   * The client's address: the peer's, or what a trusted peer says in `X-Forwarded-For`, read from the right up to the
   * first address that is not a trusted proxy's.
   */
  clientAddress(peer: string, forwardedFor: string | undefined): string {
    let address = plain(peer);
    if (forwardedFor === undefined || !this.trusts(address)) return address;
    for (const hop of forwardedFor.split(',').reverse()) {
      const said = plain(hop.trim());
      if (isIP(said) === 0) return address;
      address = said;
      if (!this.trusts(address)) return address;
    }
    return address;
  }

  private trusts(address: string): boolean {
    return isIP(address) !== 0 && this.list.check(address, family(address));
  }
}

export function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Whom a limit counts together: one IPv4 address, or the /64 that a household or a server has of IPv6. */
export function limitedTogether(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined)
    groups.push(
      ...Array<string>(Math.max(0, 8 - groups.length - tail.split(':').length)).fill('0'),
      ...tail.split(':'),
    );
  return groups.slice(0, 4).join(':');
}

/** Node shows an IPv4 peer of an IPv6 socket as `::ffff:192.0.2.1`. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
