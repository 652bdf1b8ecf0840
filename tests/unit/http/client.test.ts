import { clientOf, proxiesIn } from '../../../src/http/client.js';

const isProxy = proxiesIn('10.0.0.0/8, 127.0.0.1, 2001:db8::/32')!;
const addressOf = (peer: string | null, forwarded?: string) =>
  clientOf(
    new Request('http://x/', forwarded === undefined ? {} : { headers: { 'x-forwarded-for': forwarded } }),
    peer,
    isProxy,
  ).address;

it.each<[string, string | null, string | undefined, string | null]>([
  ['who connects, without a proxy', '203.0.113.1', undefined, '203.0.113.1'],
  ['who connects, whatever it makes up', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
  ['whom our proxy names', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  [
    'the last whom our proxies name, not what that one made up',
    '10.0.0.1',
    '1.1.1.1, 198.51.100.1, 10.0.0.2',
    '198.51.100.1',
  ],
  ['our proxy, where it names nobody', '10.0.0.1', undefined, '10.0.0.1'],
  ['our proxy, where it names what is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
  ['whom a proxy on this machine names', '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['whom a proxy by IPv6 names', '2001:db8::5', '2606:4700::1', '2606:4700::1'],
  ['nobody, where there is no network', null, '198.51.100.1', null],
])('is %s', (_name, peer, forwarded, address) => expect(addressOf(peer, forwarded)).toBe(address));

it.each(['', '10.0.0.0/40', 'proxy.example', '10.0.0.1,'])('“%s” names no proxies', (ranges) => {
  expect(proxiesIn(ranges)).toBeNull();
});
