import { connect } from 'node:net';
import { pino } from 'pino';
import { makeApp } from '../../../src/app.js';
import type { Database } from '../../../src/database/database.js';
import { listen } from '../../../src/http/server.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

const secret =
  'relation "reader_salt" does not exist at /srv/dateline/dist/content/read.js:12:7 in select id from article';
const fault = () => Object.assign(new Error(secret), { code: '42P01', query: 'select id from article' });

let service: TestService;
let broken: ReturnType<typeof makeApp>;
beforeAll(async () => {
  service = await startService();
  const fails = () => Promise.reject(fault());
  const db = { ...service.db, rows: fails, read: fails, send: fails, transaction: fails } as Database;
  const { site, outgoing } = service;
  broken = makeApp(
    { db, site, outgoing, log: pino({ level: 'silent' }), clock: () => aMoment },
    { deskFolder: '/srv/dateline/dist/desk' },
  );
});
afterAll(() => service.close());

/** What only the inside knows: traces, files, statements. */
const inside = /\bat .*[(:/]|\.(js|ts|tsx|mjs)\b:\d|node_modules|\/srv\/|\bselect\b .*\bfrom\b|relation "|42P01/i;

const graph = (body: unknown, headers: Record<string, string> = {}): [string, RequestInit] => [
  '/graphql',
  {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  },
];

it.each([
  ['a field', ...graph({ query: '{ sections { name } }' })],
  [
    'a field of an answer in parts',
    ...graph({ query: '{ publication { name } ... @defer { sections { name } } }' }, { accept: 'multipart/mixed' }),
  ],
  ['a mutation', ...graph({ query: 'mutation { recordView(input: { article: "QXJ0aWNsZTow" }) { __typename } }' })],
  ['a subscription', ...graph({ query: 'subscription { latestFeed { cursor } }' }, { accept: 'text/event-stream' })],
  ['a token', ...graph({ query: '{ __typename }' }, { authorization: `Bearer dlt_${'x'.repeat(40)}` })],
  ['a document that is none', ...graph({ query: '{ a(' })],
  ['a body that is none', ...graph('{"query": ')],
  ['a feed', '/feeds/latest.rss', {}],
  ['a partner’s feed', '/feeds/partner.rss', { headers: { authorization: `Bearer dlk_${'x'.repeat(40)}` } }],
  ['a sitemap', '/sitemap.xml', {}],
  ['a page', '/', { headers: { accept: 'text/html' } }],
  ['a search', '/search?q=x', { headers: { accept: 'text/html' } }],
  ['the desk', '/graphql', { headers: { accept: 'text/html' } }],
  [
    'the hub',
    '/hub',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'hub.mode=subscribe&hub.callback=https://a.example/&hub.topic=https://news.example/feeds/latest.rss',
    },
  ],
  ['readiness', '/readyz', {}],
  ['an address that is none', '/%c0%ae%00', {}],
] as [string, string, RequestInit][])('a fault in %s tells nothing of the inside', async (_what, path, init) => {
  const response = await broken(new Request(new URL(path, 'https://news.example'), init));
  const told = `${JSON.stringify(Object.fromEntries(response.headers))}\n${await response.text()}`;
  expect(told).not.toMatch(inside);
  expect(response.headers.get('x-request-id')).toMatch(/^[\da-f]{32}$/);
});

it.each([
  ['an address that is none', 'GET http://[ HTTP/1.1\r\nhost: x'],
  ['a host that is none', 'GET / HTTP/1.1\r\nhost: ['],
  ['a host with a space', 'GET /graphql HTTP/1.1\r\nhost: a b'],
  ['no host', 'GET / HTTP/1.1'],
  ['a star', 'OPTIONS * HTTP/1.1\r\nhost: x'],
  ['two slashes', 'GET //[/ HTTP/1.1\r\nhost: x'],
  ['a method that is none', 'BREW /pot HTTP/1.1\r\nhost: x'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.6'],
])('%s over a port is a clean refusal', async (_what, letters) => {
  const listening = await listen(service.app, { host: '127.0.0.1', port: 0 });
  try {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
      let said = '';
      socket.on('data', (piece) => (said += piece.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(said));
      socket.write(`${letters}\r\nconnection: close\r\n\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1.1 [234]\d\d /);
    expect(answer).not.toMatch(inside);
  } finally {
    await listening.close(0);
  }
});
