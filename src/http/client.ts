import ipaddr from 'ipaddr.js';
import type { RequestHead } from './exchange.js';

/** Who sent a request, as far as the network tells. Never logged and never kept. */
export interface Client {
  /** Null where the request came over no network. */
  readonly address: string | null;
  /** What it says it is (RFC 9110 section 10.1.5). */
  readonly agent: string | null;
}

/** Whether an address is that of a proxy of ours, whose word on who asks is taken. */
export type IsProxy = (address: string) => boolean;

/** The proxies that `ranges` names, such as `10.1.0.0/16, 127.0.0.1`; null where it names something else. */
export function proxiesIn(ranges: string): IsProxy | null {
  const parts = ranges.split(',').map((range) => range.trim());
  if (!parts.every((part) => ipaddr.isValidCIDR(part) || ipaddr.isValid(part))) return null;
  const networks = parts.map((part): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
    if (ipaddr.isValidCIDR(part)) return ipaddr.parseCIDR(part);
    const address = ipaddr.process(part);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  });
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const at = ipaddr.process(address);
    return networks.some(([network, bits]) => network.kind() === at.kind() && at.match(network, bits));
  };
}

/**
 * Who sent `request`, which came from `peer`. `X-Forwarded-For` is read from its end, and only as far as each who wrote a part
 * of it is a proxy of ours: what a client puts there itself is never believed.
 */
export function clientOf({ headers }: Pick<RequestHead, 'headers'>, peer: string | null, isProxy: IsProxy): Client {
  const written = (headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  let address = peer;
  while (address !== null && isProxy(address)) {
    const before = written.pop();
    if (before === undefined || !ipaddr.isValid(before)) break;
    address = before;
  }
  return { address, agent: headers.get('user-agent') };
}
