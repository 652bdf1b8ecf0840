import { askedIn, askingOf, leaseGranted } from '../../../../src/content/websub/rules.js';

const form = (fields: Record<string, string>) =>
  new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.topic': 'https://news.example/feeds/latest.rss',
    'hub.callback': 'https://reader.example/callback',
    ...fields,
  });

it('a request is read as WebSub writes it', () => {
  expect(askedIn(form({ 'hub.secret': 's', 'hub.lease_seconds': '86400' }))).toEqual({
    mode: 'subscribe',
    topic: 'https://news.example/feeds/latest.rss',
    callback: 'https://reader.example/callback',
    leaseSeconds: 86_400,
    secret: 's',
  });
});

it.each([
  [{ 'hub.mode': 'publish' }, 'hub.mode'],
  [{ 'hub.topic': '' }, 'hub.topic'],
  [{ 'hub.callback': '' }, 'hub.callback'],
  [{ 'hub.lease_seconds': '-1' }, 'hub.lease_seconds'],
  [{ 'hub.lease_seconds': 'long' }, 'hub.lease_seconds'],
  [{ 'hub.secret': 'é'.repeat(100) }, 'hub.secret'],
])('a request with %o is refused for its %s', (fields, name) => expect(askedIn(form(fields))).toContain(`\`${name}\``));

it.each([
  [null, 864_000],
  [0, 864_000],
  [60, 3600],
  [86_400, 86_400],
  [999_999_999, 2_592_000],
])('a lease of %s seconds is granted as %i', (asked, granted) => expect(leaseGranted(asked)).toBe(granted));

it('a callback keeps its own query as it was', () => {
  expect(askingOf('https://r.example/c?a=%20b&a=2&', { 'hub.mode': 'subscribe', 'hub.topic': 'https://x/?y=z' })).toBe(
    'https://r.example/c?a=%20b&a=2&&hub.mode=subscribe&hub.topic=https%3A%2F%2Fx%2F%3Fy%3Dz',
  );
  expect(askingOf('https://r.example/c', { 'hub.mode': 'denied' })).toBe('https://r.example/c?hub.mode=denied');
});
