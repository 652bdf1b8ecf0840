import { isPublicAddress, reachable, refusalOf } from '../../../src/outgoing/addresses.js';

describe('an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.0.3', 'loopback'],
    ['0.0.0.0', 'this machine'],
    ['10.0.0.1', 'private'],
    ['172.16.4.4', 'private'],
    ['192.168.1.1', 'private'],
    ['100.100.100.200', 'shared by a carrier; the metadata of one cloud'],
    ['169.254.169.254', 'link-local; the metadata of most clouds'],
    ['168.63.129.16', 'the platform of a cloud'],
    ['192.0.0.192', 'reserved; the metadata of one cloud'],
    ['198.18.0.1', 'for benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['::1', 'loopback'],
    ['::', 'this machine'],
    ['fe80::1', 'link-local'],
    ['fd00:ec2::254', 'unique local; the metadata of one cloud'],
    ['fec0::1', 'site-local'],
    ['::ffff:8.8.8.8', 'IPv4 in IPv6'],
    ['::ffff:7f00:1', 'IPv4 in IPv6'],
    ['::127.0.0.1', 'IPv4 in IPv6'],
    ['64:ff9b::7f00:1', 'IPv4 behind NAT64'],
    ['64:ff9b:1::a00:1', 'IPv4 behind local NAT64'],
    ['2002:7f00:1::', 'IPv4 in 6to4'],
    ['2001::7f00:1', 'Teredo'],
    ['ff02::1', 'multicast'],
    ['example.org', 'no address'],
    ['', 'no address'],
  ])('%s is not public: %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::6810:84e5'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

describe('a URL', () => {
  it.each([
    ['http://127.0.0.1/', 'public internet'],
    ['http://2130706433/', 'public internet'],
    ['http://0x7f000001/', 'public internet'],
    ['http://0177.0.0.1/', 'public internet'],
    ['http://127.1/', 'public internet'],
    ['http://[::1]/', 'public internet'],
    ['http://[::ffff:127.0.0.1]/', 'public internet'],
    ['http://localhost/', 'public internet'],
    ['http://LOCALHOST./', 'public internet'],
    ['http://db.internal/', 'public internet'],
    ['http://169.254.169.254/latest/meta-data/', 'public internet'],
    ['file:///etc/passwd', 'https:// or http://'],
    ['gopher://example.org/', 'https:// or http://'],
    ['http://me:secret@example.org/', 'user name'],
    ['http://example.org:22/', 'port'],
    ['https://example.org:25/', 'port'],
  ])('%s is refused: it must … %s', (url, reason) =>
    expect(refusalOf(new URL(url), isPublicAddress)).toContain(reason),
  );

  it.each(['https://example.org/hook?x=1', 'http://example.org:8080/', 'https://8.8.8.8/'])('%s is not', (url) =>
    expect(refusalOf(new URL(url), isPublicAddress)).toBeNull(),
  );
});

describe('what is allowed besides', () => {
  it('is everything, by 1', () => expect(reachable('1')?.('127.0.0.1')).toBe(true));

  it('is what lies in the ranges, and the public', () => {
    const mayReach = reachable('10.1.0.0/16, fd00::/8')!;
    expect(['10.1.2.3', 'fd00::1', '8.8.8.8'].map(mayReach)).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.1', '::1', 'localhost'].map(mayReach)).toEqual([false, false, false, false]);
  });

  it.each(['yes', '10.1.0.0', '', '10.1.0.0/99'])('is nothing by “%s”', (allowed) =>
    expect(reachable(allowed)).toBeNull(),
  );
});
