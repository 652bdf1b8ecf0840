import { createHmac } from 'node:crypto';
import { retractArticle } from '../../../src/content/article/editing/moves.js';
import { name, sql } from '../../../src/database/sql.js';
import { eventually } from '../../support/eventually.js';
import { type Office, openOffice } from '../../support/office.js';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.js';

const topic = 'https://news.example/feeds/latest.atom';

let office: Office;
let subscriber: Receiver;
/** What the subscriber says to the hub that asks whether it wants what was asked for it. */
let confirms: (challenge: string) => string;
let takes: number;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  confirms = (challenge) => challenge;
  takes = 204;
  subscriber = await startReceiver();
  subscriber.answer = ({ method, path }, response) => {
    if (method === 'POST') return void response.writeHead(takes).end();
    const challenge = new URL(path, subscriber.url).searchParams.get('hub.challenge') ?? '';
    response.end(confirms(challenge));
  };
});
afterEach(async () => {
  await subscriber.close();
  await office.clear();
});

const ask = (fields: Record<string, string>) =>
  office.service.request('/hub', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.topic': topic,
      'hub.callback': `${subscriber.url}/callback?id=7`,
      ...fields,
    }).toString(),
  });
const questions = () => subscriber.received.filter(({ method }) => method === 'GET');
const feeds = () => subscriber.received.filter(({ method }) => method === 'POST');
const subscriptions = () =>
  office.service.db.rows<{ topic: string; secret: string | null; lease: number; wanted: number; had: number }>(sql`
    select topic, secret, wanted, had, extract(epoch from lease_until - ${office.service.now.toISOString()}::timestamptz)::int as lease
    from hub_subscription`);
const isSettled = async () =>
  (await office.service.db.prisma.hubRequest.count()) === 0 &&
  (await subscriptions()).every(({ wanted, had }) => wanted === had);

/** Whether what failed waits for its next time, where what is under way waits for a minute. */
async function isPutOff(table: string): Promise<boolean> {
  const beforeLong = new Date(office.service.now.getTime() + 50_000).toISOString();
  const rows = await office.service.db.rows(
    sql`select 1 from ${name(table)} where tries > 0 and due_at < ${beforeLong}::timestamptz`,
  );
  return rows.length > 0;
}

async function subscribe(fields: Record<string, string> = {}) {
  expect((await ask(fields)).status).toBe(202);
  await eventually(async () => (await subscriptions()).length === 1 && (await isSettled()));
}

const isSignedWith = (secret: string, { body, headers }: Received) =>
  headers['x-hub-signature'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

it.each([
  ['rss', /<atom:link rel="hub" href="https:\/\/news\.example\/hub"\s*\/>/],
  ['atom', /<link rel="hub" href="https:\/\/news\.example\/hub"\s*\/>/],
  ['json', /"hubs":\[\{"type":"WebSub","url":"https:\/\/news\.example\/hub"\}\]/],
  ['ninjs', /\{"role":"hub","value":"https:\/\/news\.example\/hub"\}/],
])('a feed as %s names the hub and itself, in its header and in itself', async (extension, named) => {
  const response = await office.service.request(`/feeds/latest.${extension}?limit=5`);
  const link = response.headers.get('link') ?? '';
  expect(link.match(/rel="hub"/g)).toHaveLength(1);
  expect(link.match(/rel="self"/g)).toHaveLength(1);
  expect(link).toContain('<https://news.example/hub>; rel="hub"');
  expect(link).toContain(`<https://news.example/feeds/latest.${extension}?limit=5>; rel="self"`);
  expect(await response.text()).toMatch(named);
});

it('sends the whole feed, signed, whenever it changes; and nothing of a piece that was retracted', async () => {
  const { service, hand } = office;
  office.start();
  await subscribe({ 'hub.secret': 'between us' });
  const [question] = questions();
  const asked = new URL(question!.path, subscriber.url);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    id: '7',
    'hub.mode': 'subscribe',
    'hub.topic': topic,
    'hub.challenge': expect.stringMatching(/^[\w-]{32}$/),
    'hub.lease_seconds': '864000',
  });
  const articleId = await office.publish('The boats sail');
  await eventually(() => feeds().length === 1);
  await retractArticle(service.db, hand(), { articleId, expectedRevision: 1, reason: 'They do not.' });
  await eventually(() => feeds().length === 2);
  const [first, second] = feeds() as [Received, Received];
  expect(first.path).toBe('/callback?id=7');
  expect(first.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  expect(first.headers.link).toBe(`<https://news.example/hub>; rel="hub", <${topic}>; rel="self"`);
  expect(first.body).toContain('The boats sail, in full.');
  expect(second.body).not.toContain('boats sail');
  expect(second.body).toContain('at:deleted-entry');
  expect(second.body).toBe(await (await service.request('/feeds/latest.atom')).text());
  for (const feed of [first, second]) expect(isSignedWith('between us', feed)).toBe(true);
});

it('sends nothing to whom the subscriber has not confirmed', async () => {
  confirms = () => 'something else';
  office.start();
  expect((await ask({})).status).toBe(202);
  await eventually(async () => questions().length === 1 && (await isSettled()));
  expect(await subscriptions()).toEqual([]);
});

it('asks again where the callback does not answer, and then no more', async () => {
  subscriber.answer = (_request, response) => void response.writeHead(503).end();
  office.start();
  await ask({});
  for (const count of [1, 2]) {
    await eventually(async () => questions().length === count && (await isPutOff('hub_request')));
    office.service.now = new Date(office.service.now.getTime() + 31_000);
  }
  await eventually(isSettled);
  expect(questions()).toHaveLength(3);
});

it('lets the second subscription to a feed take the place of the first only once it is confirmed', async () => {
  office.start();
  await subscribe({ 'hub.secret': 'old' });
  confirms = () => 'no';
  await ask({ 'hub.secret': 'of a stranger' });
  await eventually(async () => questions().length === 2 && (await isSettled()));
  expect(await subscriptions()).toMatchObject([{ secret: 'old' }]);
  confirms = (challenge) => challenge;
  await ask({ 'hub.secret': 'new', 'hub.lease_seconds': '7200' });
  await eventually(async () => questions().length === 3 && (await isSettled()));
  expect(await subscriptions()).toMatchObject([{ secret: 'new', lease: 7200 }]);
});

it('ends a subscription when the subscriber confirms that, and not when a stranger asks', async () => {
  office.start();
  await subscribe();
  confirms = () => 'no';
  await ask({ 'hub.mode': 'unsubscribe' });
  await eventually(async () => questions().length === 2 && (await isSettled()));
  expect(await subscriptions()).toHaveLength(1);
  confirms = (challenge) => challenge;
  await ask({ 'hub.mode': 'unsubscribe' });
  await eventually(async () => (await subscriptions()).length === 0);
  const query = new URL(questions()[2]!.path, subscriber.url).searchParams;
  expect(query.get('hub.mode')).toBe('unsubscribe');
});

it('sends nothing after the lease', async () => {
  office.start();
  await subscribe({ 'hub.lease_seconds': '60' });
  expect(await subscriptions()).toMatchObject([{ lease: 3600 }]);
  office.service.now = new Date(office.service.now.getTime() + 3_600_001);
  await office.publish('Too late');
  await eventually(async () => (await subscriptions()).some(({ wanted }) => wanted > 0));
  office.service.now = new Date(office.service.now.getTime() + 60_000);
  await eventually(async () => (await subscriptions()).every(({ had }) => had === 0));
  expect(feeds()).toEqual([]);
});

it('sends a feed that was not taken again, as it then is; 410 ends the subscription', async () => {
  office.start();
  await subscribe();
  takes = 500;
  await office.publish('First');
  await eventually(async () => feeds().length === 1 && (await isPutOff('hub_subscription')));
  await office.publish('Second');
  takes = 204;
  office.service.now = new Date(office.service.now.getTime() + 6000);
  await eventually(async () => feeds().length === 2 && (await isSettled()));
  expect(feeds()[1]?.body).toContain('First');
  expect(feeds()[1]?.body).toContain('Second');
  takes = 410;
  await office.publish('Third');
  await eventually(async () => (await subscriptions()).length === 0);
});

it('sends a feed only when it has changed', async () => {
  office.start();
  await office.service.load([{ kind: 'section', slug: 'sport', name: 'Sport' }]);
  await subscribe({ 'hub.topic': 'https://news.example/feeds/sections/sport.rss' });
  await office.publish('In World');
  await eventually(async () => feeds().length === 1 && (await isSettled()));
  await office.publish('In World too');
  await eventually(async () => (await subscriptions())[0]!.wanted === 2 && (await isSettled()));
  expect(feeds()).toHaveLength(1);
});

it('tells a subscriber whose feed is gone', async () => {
  const { db } = office.service;
  office.start();
  await office.service.load([{ kind: 'tag', slug: 'boats', name: 'Boats' }]);
  await subscribe({ 'hub.topic': 'https://news.example/feeds/tags/boats.json' });
  await db.rows(sql`delete from tag where slug = 'boats'`);
  await office.publish('Something else');
  await eventually(async () => questions().length === 2 && (await subscriptions()).length === 0);
  expect(new URL(questions()[1]!.path, subscriber.url).searchParams.get('hub.mode')).toBe('denied');
});

it.each([
  [{ 'hub.mode': 'publish' }, 400, 'hub.mode'],
  [{ 'hub.topic': 'https://elsewhere.example/feeds/latest.rss' }, 404, 'no feed of this service'],
  [{ 'hub.topic': 'https://news.example/feeds/partner.rss' }, 404, 'no feed of this service'],
  [{ 'hub.topic': 'https://news.example/feeds/tags/nothing.rss' }, 404, 'no feed of this service'],
  [{ 'hub.topic': 'https://news.example/feeds/latest.rss?utm=1' }, 400, 'https://news.example/feeds/latest.rss;'],
  [{ 'hub.callback': 'ftp://reader.example/' }, 400, 'https://'],
  [{ 'hub.callback': 'https://reader.example/#part' }, 400, '#'],
  [{ 'hub.callback': 'https://reader.example:22/' }, 400, 'port'],
  [{ 'hub.secret': 'x'.repeat(200) }, 400, 'hub.secret'],
])('refuses %o with %i, and says what would be right: %s', async (fields, status, words) => {
  const response = await ask(fields);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(words);
});

it('asks no callback inside the network', async () => {
  const strict = await openOffice('10.0.0.0/8');
  try {
    const response = await strict.service.request('/hub', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.topic': topic,
        'hub.callback': subscriber.url,
      }).toString(),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('public internet');
  } finally {
    await strict.close();
  }
});

it('keeps no stranger’s host busy', async () => {
  const statuses = [];
  for (let count = 0; count < 21; count += 1) {
    statuses.push((await ask({ 'hub.callback': `${subscriber.url}/${count}` })).status);
  }
  expect(statuses.filter((status) => status === 202)).toHaveLength(20);
  expect(statuses.at(-1)).toBe(429);
});

it('administrators see who is sent feeds, and who has not taken the latest; nobody sees a secret', async () => {
  const { service, admin } = office;
  const seen = async (headers: Record<string, string> = admin) => {
    const fields = 'topic callback isSigned leaseUntil failedAttempts nextAttemptAt';
    const { data, errors } = await service.query(
      `{ hubSubscriptions { totalCount nodes { ${fields} } } }`,
      {},
      headers,
    );
    return errors ? errors[0]?.extensions?.['code'] : data.hubSubscriptions;
  };
  office.start();
  await subscribe({ 'hub.secret': 'between-us', 'hub.lease_seconds': '7200' });
  const about = {
    topic,
    callback: `${subscriber.url}/callback?id=7`,
    isSigned: true,
    leaseUntil: new Date(service.now.getTime() + 7_200_000).toISOString(),
  };
  expect(await seen()).toEqual({ totalCount: 1, nodes: [{ ...about, failedAttempts: 0, nextAttemptAt: null }] });
  takes = 503;
  await office.publish('The boats sail');
  await eventually(() => feeds().length === 1);
  await eventually(async () => (await seen()).nodes[0].failedAttempts === 1);
  expect((await seen()).nodes).toEqual([{ ...about, failedAttempts: 1, nextAttemptAt: expect.any(String) }]);
  expect(await seen(await service.signIn('editor'))).toBe('FORBIDDEN');
  service.now = new Date(service.now.getTime() + 7_200_001);
  expect(await seen()).toEqual({ totalCount: 0, nodes: [] });
});
