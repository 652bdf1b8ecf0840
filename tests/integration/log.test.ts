import type { Logger } from 'pino';
import { makeApp } from '../../src/app.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { makeLog } from '../../src/observability/log.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let lines: string[];
let log: Logger;
beforeAll(async () => {
  service = await startService();
  await loadSampleNewsroom(service.db, service.site, service.now);
});
afterAll(() => service.close());
beforeEach(() => {
  lines = [];
  log = makeLog('trace', { write: (line) => void lines.push(line) });
});

/** The service with its log in `lines`. */
const appOver = (db: TestService['db']) =>
  makeApp(
    { db, site: service.site, log, outgoing: service.outgoing, clock: () => service.now },
    { deskFolder: new URL('../../dist/desk', import.meta.url).pathname, isProxy: (address) => address === '127.0.0.1' },
  );

const secret = 'S3cr3tS3cr3tS3cr3tS3cr3t';
const jwt = `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`;
const reader = '203.0.113.77';
const mail = 'reader.of.mine@example.org';

const post = (body: object, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** Requests with a secret, or with what tells of a reader, in every place that a client can put one. */
const requests: [place: string, path: string, init: RequestInit][] = [
  ['a token that nobody has', '/graphql', post({ query: '{ __typename }' }, { authorization: `Bearer dlt_${secret}` })],
  ['a JWT', '/graphql', post({ query: '{ __typename }' }, { authorization: `Bearer ${jwt}` })],
  ['a key', '/feeds/partner.json', { headers: { authorization: `Bearer dlk_${secret}` } }],
  ['a password', '/graphql', post({ query: '{ __typename }' }, { authorization: `Basic ${secret}` })],
  ['a cookie', '/', { headers: { cookie: `session=${secret}` } }],
  ['another header', '/graphql', post({ query: '{ __typename }' }, { 'x-api-key': secret })],
  ['a query string', `/?preview=${secret}&token=${secret}`, {}],
  [
    'the query string of the graph',
    `/graphql?query=${encodeURIComponent(`{ article(slug: "${secret}") { id } }`)}`,
    {},
  ],
  [
    'variables',
    '/graphql',
    post({ query: 'query ($t: String!) { article(slug: $t) { id } }', variables: { t: secret } }),
  ],
  ['a document', '/graphql', post({ query: `{ article(slug: "${secret}", nonsense: 1) { id } }` })],
  ['a body that is no JSON', '/graphql', { ...post({}), body: `{"query": "${secret}` }],
  ['the reader’s address', '/graphql', post({ query: '{ __typename }' }, { 'x-forwarded-for': reader })],
  [
    'a subscriber’s callback',
    '/hub',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `hub.mode=subscribe&hub.topic=x&hub.callback=https://u:${secret}@h.example/?sig=${secret}&hub.secret=${secret}`,
    },
  ],
];

it.each(requests)('says nothing of %s, and has the number of the request on its line', async (_place, path, init) => {
  const app = appOver(service.db);
  const answer = await app(new Request(new URL(path, service.site.url), init), '127.0.0.1');
  expect(lines.length).toBeGreaterThan(0);
  const text = lines.join('');
  for (const word of [secret, reader, mail]) expect(text).not.toContain(word);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('requestId', answer.headers.get('x-request-id'));
});

it('says nothing of what a fault was met with, and has its number on each line', async () => {
  const broken = Object.assign(Object.create(service.db) as TestService['db'], {
    rows: () => Promise.reject(fault()),
    read: () => Promise.reject(fault()),
  });
  const app = appOver(broken);
  const answer = await app(
    new Request(`${service.site.url}/graphql`, post({ query: '{ sections { name } }' })),
    reader,
  );
  expect(await answer.text()).not.toContain(secret);
  const text = lines.join('');
  expect(text).toContain('a request met a fault');
  expect(text).toContain('the statement failed');
  for (const word of [secret, reader, mail]) expect(text).not.toContain(word);
  const id = answer.headers.get('x-request-id');
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty('requestId', id);
});

/** As drivers make them: with the values of the row in it, and the address of the server with its password. */
const fault = () =>
  Object.assign(new Error(`the statement failed for dlt_${secret} and ${mail} at postgres://u:${secret}@db/x`), {
    detail: `Key (name)=(${secret}) already exists.`,
    parameters: [secret, reader],
    headers: { authorization: `Bearer ${secret}` },
  });

it.each([
  [{ token: secret }],
  [{ user: { token: secret } }],
  [{ authorization: `Bearer ${secret}` }],
  [{ headers: { cookie: secret } }],
  [{ request: { headers: { anything: secret } } }],
  [{ webhook: { secret } }],
  [{ callback: `https://h.example/?x=1&signature=${secret}` }],
  [{ note: `whsec_${secret}` }],
  [{ note: `written to ${mail}` }],
])('keeps %j to itself, whoever logs it', (fields) => {
  log.info(fields, 'something happened');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('something happened');
  for (const word of [secret, mail]) expect(lines[0]).not.toContain(word);
});
