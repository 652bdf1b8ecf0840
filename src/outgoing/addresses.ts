import ipaddr from 'ipaddr.js';

/** Public by their number, and yet inside: Azure's platform answers its own machines there. */
const platformAddresses = new Set(['168.63.129.16']);

/** What the registries give out for the internet (RFC 4291 section 2.4). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is one that the whole internet reaches: not loopback, private, link-local, shared, reserved or
 * multicast, and no IPv6 address with an IPv4 address inside. Anything that is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast' || platformAddresses.has(parsed.toString())) return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast);
}

/** Names that never leave a machine or its network (RFC 6761, RFC 6762, RFC 9476). */
const innerName = /(^|\.)(localhost|local|internal|home\.arpa|lan)\.?$/i;

/** The IP address that a URL spells out, in brackets for IPv6; null where it has a name. */
export function literalAddress({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? bare : null;
}

/** Which addresses may be asked. */
export type MayReach = (address: string) => boolean;

/**
 * Which addresses may be asked where, besides the public ones, `allowed` may: `1` for every one, or ranges such as
 * `10.1.0.0/16`, separated by commas. Null where it is neither.
 */
export function reachable(allowed: string): MayReach | null {
  if (allowed === '1') return () => true;
  const ranges = allowed.split(',').map((range) => range.trim());
  if (!ranges.every((range) => ipaddr.isValidCIDR(range))) return null;
  const parsed = ranges.map((range) => ipaddr.parseCIDR(range));
  return (address) => {
    if (isPublicAddress(address)) return true;
    if (!ipaddr.isValid(address)) return false;
    const at = ipaddr.parse(address);
    return parsed.some(([network, bits]) => network.kind() === at.kind() && at.match(network, bits));
  };
}

/**
 * Why nothing may be sent to `url`, as far as the address itself tells; null where it may. What a name leads to is seen
 * only when it is asked for.
 */
export function refusalOf(url: URL, mayReach: MayReach): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  // Below 1024 stand services that speak no HTTP and may take a request for something else.
  if (port !== 80 && port !== 443 && port < 1024) return 'must have the port 80, 443 or one from 1024 up';
  const literal = literalAddress(url);
  const isInside = literal === null ? innerName.test(url.hostname) && !mayReach('127.0.0.1') : !mayReach(literal);
  return isInside ? 'must be on the public internet' : null;
}
