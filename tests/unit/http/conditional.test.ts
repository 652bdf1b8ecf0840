import { answerWith, lifeUntil } from '../../../src/http/conditional.js';
import { Content } from '../../../src/http/content.js';

const long = 'x'.repeat(5000);
const changed = new Date('2026-06-15T12:00:00.900Z');
const later = (seconds: number) => new Date(changed.getTime() + seconds * 1000);
/** What a client is told that it last changed: the second in which it did is over then. */
const date = later(1).toUTCString();
const ask = (headers: Record<string, string>, body = long, now = later(60)) =>
  answerWith(
    new Request('https://news.example/', { headers }),
    {
      content: new Content(body),
      mediaType: 'text/plain',
      lastModified: changed,
      changesAt: null,
    },
    now,
  );

it.each([
  ['gzip, deflate, br', 'br'],
  ['gzip, deflate', 'gzip'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['*', 'br'],
  ['br;q=0, *', 'gzip'],
  ['deflate', null],
  ['identity', null],
  ['identity;q=0, br;q=0, gzip;q=0', null],
  ['', null],
  [';;,,q=', null],
])('a client that accepts “%s” gets %s', async (accept, coding) => {
  expect((await ask({ 'accept-encoding': accept })).headers.get('content-encoding')).toBe(coding);
});

it('what is short is not compressed', async () => {
  expect((await ask({ 'accept-encoding': 'br' }, 'short')).headers.get('content-encoding')).toBeNull();
});

describe('a client that has it', () => {
  it.each([
    ['the tag', (tag: string) => ({ 'if-none-match': tag }), 304],
    ['the tag as a weak one', (tag: string) => ({ 'if-none-match': `W/${tag}` }), 304],
    ['the tag among others', (tag: string) => ({ 'if-none-match': `"a", ${tag}, W/"b"` }), 304],
    ['anything', () => ({ 'if-none-match': '*' }), 304],
    ['another tag', () => ({ 'if-none-match': '"a"' }), 200],
    ['another tag and the date', () => ({ 'if-none-match': '"a"', 'if-modified-since': date }), 200],
    ['the date', () => ({ 'if-modified-since': date }), 304],
    ['the second before it', () => ({ 'if-modified-since': changed.toUTCString() }), 200],
    ['a date still to come', () => ({ 'if-modified-since': later(86_400).toUTCString() }), 200],
    ['no date at all', () => ({ 'if-modified-since': 'yesterday' }), 200],
  ])('and names %s gets it again or not', async (_what, headers, status) => {
    const tag = (await ask({})).headers.get('etag') ?? '';
    expect((await ask(headers(tag))).status).toBe(status);
  });

  it('compressed gets it whole when it now wants it plain', async () => {
    const tag = (await ask({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? '';
    expect((await ask({ 'if-none-match': tag })).status).toBe(200);
    expect((await ask({ 'if-none-match': tag, 'accept-encoding': 'gzip' })).status).toBe(304);
  });
});

it('what changed within the last minute has no date yet: more may come that has the same', async () => {
  const soon = await ask({ 'if-modified-since': later(3600).toUTCString() }, long, later(59));
  expect([soon.status, soon.headers.get('last-modified')]).toEqual([200, null]);
  expect((await ask({})).headers.get('last-modified')).toBe(date);
});

it.each([
  [null, 60],
  [0, 0],
  [0.4, 0],
  [1, 0],
  [30, 29],
  [30.5, 30],
  [61, 60],
  [3600, 60],
])('what changes in %s s lives for %s', (seconds, life) => {
  const now = new Date('2026-06-15T12:00:00.000Z');
  expect(lifeUntil(seconds === null ? null : new Date(now.getTime() + seconds * 1000), now)).toBe(life);
});
