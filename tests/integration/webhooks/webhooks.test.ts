import { Webhook } from 'standardwebhooks';
import { correctArticle, retractArticle, unpublishArticle } from '../../../src/content/article/editing/moves.js';
import { adoptLog } from '../../../src/content/change/store.js';
import { adoptPlaces, claimDue, fillOutbox, forgetOld } from '../../../src/content/webhook/outbox.js';
import { sql } from '../../../src/database/sql.js';
import { globalId } from '../../../src/graphql/builder.js';
import { eventually } from '../../support/eventually.js';
import { mutate } from '../../support/mutation.js';
import { type Office, openOffice } from '../../support/office.js';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.js';

let office: Office;
let receiver: Receiver;
beforeAll(async () => {
  office = await openOffice();
  await office.service.load([{ kind: 'partner', slug: 'riac', name: 'RIAC' }]);
});
afterAll(() => office.close());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await office.clear();
});

const told = ({ body }: Received) => JSON.parse(body) as { type: string; data: Record<string, any> };
const typesAt = ({ received }: Receiver) => received.map((request) => told(request).type);
const later = (minutes: number) => (office.service.now = new Date(office.service.now.getTime() + minutes * 60_000));

interface Delivery {
  id: string;
  messageId: string;
  status: string;
  nextAttemptAt: string | null;
  attempts: { status: number | null; problem: string | null }[];
}

async function logOf(webhookId: string) {
  const { data } = await office.service.query(
    `query ($id: ID!) { node(id: $id) { ... on Webhook {
      disabledReason failingSince pausedUntil revision
      deliveries(first: 100) { totalCount nodes { id messageId status nextAttemptAt attempts { status problem } } } } } }`,
    { id: webhookId },
    office.admin,
  );
  const { deliveries, ...webhook } = data.node as { deliveries: { nodes: Delivery[] }; revision: number } & Record<
    string,
    unknown
  >;
  return { webhook, deliveries: deliveries.nodes };
}

it('tells what happens to a piece, in order and signed, and nothing of its words once it is retracted', async () => {
  const { service, hand } = office;
  const { secret } = await office.webhook({ url: `${receiver.url}/hook`, content: 'FULL' });
  office.start();
  const articleId = await office.publish('The boats sail');
  const target = { articleId, expectedRevision: 1 };
  await eventually(() => receiver.received.length === 1);
  await correctArticle(service.db, service.site, hand(), { ...target, note: 'They sail on Sundays.' });
  await eventually(() => receiver.received.length === 2);
  await retractArticle(service.db, hand(), { ...target, reason: 'They do not sail.' });
  await eventually(() => receiver.received.length === 3);

  expect(typesAt(receiver)).toEqual(['article.published', 'article.corrected', 'article.retracted']);
  for (const { headers, body, method, path } of receiver.received) {
    expect([method, path, headers['content-type']]).toEqual(['POST', '/hook', 'application/json']);
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  }
  const [published, corrected, retracted] = receiver.received.map(told);
  const id = globalId('Article', articleId);
  expect(published?.data).toMatchObject({
    articleId: id,
    reason: null,
    article: { id: `urn:uuid:${articleId}`, title: 'The boats sail', content_html: '<p>The boats sail, in full.</p>' },
  });
  expect(corrected?.data).toMatchObject({ reason: 'They sail on Sundays.', article: { title: 'The boats sail' } });
  expect(retracted?.data).toMatchObject({ articleId: id, reason: 'They do not sail.', article: null });
  expect(receiver.received[2]?.body).not.toContain('boats sail');
});

it('sends as much of a piece as it is set to, and of the changes it is set to', async () => {
  const { service, hand } = office;
  await office.webhook({ url: `${receiver.url}/teaser` });
  await office.webhook({ url: `${receiver.url}/nothing`, content: 'NOTHING' });
  await office.webhook({ url: `${receiver.url}/withdrawn`, kinds: ['WITHDRAWN', 'RETRACTED'] });
  office.start();
  const articleId = await office.publish('Half of it');
  await unpublishArticle(service.db, hand(), { articleId, expectedRevision: 1, reason: 'Too early.' });
  await eventually(() => receiver.received.length === 5);
  const at = (path: string) => receiver.received.filter((request) => request.path === path).map(told);
  const teaser = at('/teaser').find(({ type }) => type === 'article.published');
  // Sent before or after the withdrawal, which decides what of the piece there is.
  expect(teaser?.data['article']?.['content_html']).toBeUndefined();
  expect(at('/nothing').map(({ type, data }) => [type, data['article']])).toEqual([
    ['article.published', null],
    ['article.withdrawn', null],
  ]);
  expect(at('/withdrawn').map(({ type }) => type)).toEqual(['article.withdrawn']);
});

it('tries again under the same id, signed anew, and keeps the order of one piece meanwhile', async () => {
  const { service, hand } = office;
  const { id, secret } = await office.webhook({ url: receiver.url });
  receiver.answer = (_request, response) => void response.writeHead(receiver.received.length === 1 ? 500 : 204).end();
  const articleId = await office.publish('Late');
  await retractArticle(service.db, hand(), { articleId, expectedRevision: 1, reason: 'Wrong.' });
  office.start();
  await eventually(async () => (await logOf(id)).deliveries.some(({ attempts }) => attempts.length === 1));
  const before = await logOf(id);
  expect(before.deliveries.map(({ status }) => status)).toEqual(['PENDING', 'PENDING']);
  expect(before.webhook['failingSince']).not.toBeNull();
  expect(receiver.received).toHaveLength(1);

  later(1);
  await eventually(() => receiver.received.length === 3);
  expect(typesAt(receiver)).toEqual(['article.published', 'article.published', 'article.retracted']);
  const [first, second, third] = receiver.received.map(({ headers }) => headers);
  expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  expect(third?.['webhook-id']).not.toBe(first?.['webhook-id']);
  expect(Number(second?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 60);
  expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature']);
  const [, again] = receiver.received;
  expect(() => new Webhook(secret).verify(again!.body, again!.headers as Record<string, string>)).not.toThrow();
  // What comes late holds nothing that was withdrawn meanwhile.
  expect(told(again!).data['article']).toBeNull();
  await eventually(async () => (await logOf(id)).deliveries.every(({ status }) => status === 'DELIVERED'));
  expect((await logOf(id)).webhook).toMatchObject({ failingSince: null, pausedUntil: null });
});

it('waits as long as the receiver asks to', async () => {
  const { id } = await office.webhook({ url: receiver.url });
  receiver.answer = (_request, response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
  office.start();
  await office.publish('Not now');
  await eventually(async () => (await logOf(id)).deliveries[0]?.attempts.length === 1);
  const { deliveries, webhook } = await logOf(id);
  const inAnHour = new Date(office.service.now.getTime() + 3_600_000).toISOString();
  expect([deliveries[0]?.nextAttemptAt, webhook['pausedUntil']]).toEqual([inAnHour, inAnHour]);
  receiver.answer = (_request, response) => void response.writeHead(204).end();
  later(61);
  await eventually(() => receiver.received.length === 2);
});

it('stops at 410, and sends what has happened since when it is enabled again', async () => {
  const { service, admin } = office;
  const { id } = await office.webhook({ url: receiver.url });
  receiver.answer = (_request, response) => void response.writeHead(410).end();
  office.start();
  await office.publish('Gone');
  await eventually(async () => (await logOf(id)).webhook['disabledReason'] !== null);
  expect((await logOf(id)).webhook['disabledReason']).toBe('It answered 410 Gone.');
  await office.publish('Meanwhile');
  later(600);
  const again = await mutate(service, 'redeliver', { webhook: id }, 'count', admin);
  expect(again).toMatchObject({ __typename: 'ValidationError' });
  expect(receiver.received).toHaveLength(1);

  receiver.answer = (_request, response) => void response.writeHead(200).end();
  const input = { id, expectedRevision: 1, disabled: false };
  await mutate(service, 'updateWebhook', input, 'webhook { disabledReason }', admin);
  await eventually(() => receiver.received.length === 3);
  const titles = receiver.received.slice(1).map((request) => told(request).data['article']['title']);
  expect(titles.sort()).toEqual(['Gone', 'Meanwhile']);
});

it('signs with both secrets while one follows the other, and then with the new one alone', async () => {
  const { service, admin } = office;
  const { id, secret: old } = await office.webhook({ url: receiver.url });
  const input = { id, expectedRevision: 1, overlapHours: 1 };
  const { secret } = await mutate(service, 'rotateWebhookSecret', input, 'secret', admin);
  office.start();
  await office.publish('Both');
  await eventually(() => receiver.received.length === 1);
  const verifies = (key: string, { body, headers }: Received) => {
    try {
      return Boolean(new Webhook(key).verify(body, headers as Record<string, string>));
    } catch {
      return false;
    }
  };
  expect([old, secret].map((key) => verifies(key, receiver.received[0]!))).toEqual([true, true]);
  await service.db.rows(sql`update webhook set previous_secret_until = now() - interval '1 hour'`);
  await office.publish('One');
  await eventually(() => receiver.received.length === 2);
  expect([old, secret].map((key) => verifies(key, receiver.received[1]!))).toEqual([false, true]);
});

it('keeps nobody waiting for an endpoint that does not answer', async () => {
  const slow = await startReceiver();
  slow.answer = () => undefined;
  await office.webhook({ url: slow.url });
  await office.webhook({ url: receiver.url });
  office.start();
  try {
    for (let count = 0; count < 12; count += 1) await office.publish(`Piece ${count}`);
    await eventually(() => receiver.received.length === 12, 5000);
    expect(slow.received).toHaveLength(4);
  } finally {
    await slow.close();
  }
});

it('is sent once however many instances send', async () => {
  await office.webhook({ url: receiver.url });
  for (let count = 0; count < 20; count += 1) await office.publish(`Piece ${count}`);
  for (let instance = 0; instance < 4; instance += 1) office.start();
  await eventually(() => receiver.received.length >= 20);
  const { db } = office.service;
  await eventually(async () => (await db.prisma.webhookDelivery.count({ where: { status: 'DELIVERED' } })) === 20);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
  expect(receiver.received).toHaveLength(20);
});

it('is sent again, under its id, when whoever was to send it died', async () => {
  const { service } = office;
  const { id } = await office.webhook({ url: receiver.url });
  await office.publish('Left behind');
  // What is settled waits for every transaction on the server, of other databases too.
  await eventually(async () => {
    await fillOutbox(service.db, service.now);
    return (await claimDue(service.db, new Map(), service.now)).length === 1;
  });
  expect(await claimDue(service.db, new Map(), service.now)).toHaveLength(0);
  office.start();
  later(2);
  await eventually(() => receiver.received.length === 1);
  const [delivery] = (await logOf(id)).deliveries;
  expect(receiver.received[0]?.headers['webhook-id']).toBe(delivery?.messageId);
});

it('loses nothing of a log that was loaded into another server, whose transactions have lower numbers', async () => {
  const { db } = office.service;
  await office.webhook({ url: receiver.url });
  office.start();
  await office.publish('Before');
  await eventually(() => receiver.received.length === 1);
  await db.rows(sql`update webhook set disabled_at = now()`);
  await office.publish('Unsent');
  await db.rows(sql`update change set xid = xid + 1000000000`);
  await db.rows(sql`update webhook set cursor_xid = cursor_xid + 1000000000, disabled_at = null`);
  await adoptPlaces(db);
  await adoptLog(db);
  await eventually(() => receiver.received.length === 2);
  expect(told(receiver.received[1]!).data['article']['title']).toBe('Unsent');
});

it('tells a partner’s webhook what that partner may have, and to let go of what it may not have any more', async () => {
  const { service, admin } = office;
  await office.publish('Before it was added');
  const { data } = await service.query('{ partner(by: { slug: "riac" }) { id } }');
  const partner = data.partner.id as string;
  const entitle = (values: object) =>
    mutate(service, 'setEntitlement', { partner, depth: 'TEASER', ...values }, '__typename', admin);
  expect(await entitle({})).toMatchObject({ __typename: 'SetEntitlementSuccess' });
  await office.webhook({ url: receiver.url, content: 'FULL', partner });
  office.start();
  await office.publish('Granted');
  await eventually(() => receiver.received.length === 1);
  expect(told(receiver.received[0]!)).toMatchObject({
    type: 'article.published',
    data: { article: { title: 'Granted' } },
  });
  await entitle({ languages: ['fr'], expectedRevision: 1 });
  await eventually(() => receiver.received.length === 3);
  expect(typesAt(receiver).slice(1)).toEqual(['article.withdrawn', 'article.withdrawn']);
  expect(receiver.received[2]?.body).not.toContain('Granted');
});

it('sends again what is asked for, once more under the same id', async () => {
  const { service, admin } = office;
  const { id } = await office.webhook({ url: receiver.url });
  office.start();
  await office.publish('Again');
  await eventually(async () => (await logOf(id)).deliveries[0]?.status === 'DELIVERED');
  const [delivery] = (await logOf(id)).deliveries;
  const done = await mutate(service, 'redeliver', { delivery: delivery?.id }, 'count', admin);
  expect(done).toEqual({ __typename: 'RedeliverSuccess', count: 1 });
  await eventually(() => receiver.received.length === 2);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
    new Set([delivery?.messageId]),
  );
  await eventually(async () => (await logOf(id)).deliveries[0]?.attempts.length === 2);
});

it('does not follow a redirect, since a signed message is for one receiver', async () => {
  const trap = await startReceiver();
  receiver.answer = (_request, response) => void response.writeHead(307, { location: trap.url }).end();
  const { id } = await office.webhook({ url: receiver.url });
  office.start();
  await office.publish('Elsewhere');
  await eventually(async () => (await logOf(id)).deliveries[0]?.attempts.length === 1);
  expect((await logOf(id)).deliveries[0]?.attempts).toEqual([{ status: 307, problem: 'It answered 307.' }]);
  expect(trap.received).toEqual([]);
  await trap.close();
});

describe('an address inside the network', () => {
  let strict: Office;
  beforeAll(async () => {
    strict = await openOffice('10.0.0.0/8');
  });
  afterAll(() => strict.close());

  it('is refused when it is given', async () => {
    for (const url of ['http://127.0.0.1:4000/', 'http://[::1]/', 'http://localhost/', 'https://me@example.org/']) {
      const answer = await mutate(strict.service, 'createWebhook', { url }, 'secret', strict.admin);
      expect(answer).toMatchObject({ __typename: 'ValidationError', fields: [{ path: 'url' }] });
    }
  });

  it('is not sent to when one stands there all the same, and the log says so', async () => {
    const { db } = strict.service;
    await strict.webhook({ url: 'https://example.org/hook' });
    await db.rows(sql`update webhook set url = ${receiver.url}`);
    strict.start();
    await strict.publish('Inside');
    await eventually(async () => (await db.prisma.webhookAttempt.count()) === 1);
    const attempt = await db.prisma.webhookAttempt.findFirst();
    expect(attempt?.problem).toContain('must be on the public internet');
    expect(receiver.received).toEqual([]);
  });
});

it('what was sent or given up long ago is forgotten, so many at a time, and what is still to be sent never', async () => {
  const { db } = office.service;
  const { id } = await office.webhook({ url: receiver.url });
  const webhookId = (await db.rows<{ id: string }>(sql`select id from webhook`))[0]!.id;
  const articleId = await office.publish('The boats sail');
  const add = (status: string, days: number, count: number) =>
    db.rows(sql`
      with d as (
        insert into webhook_delivery (id, webhook_id, article_id, kind, path, at, due_at, created_at, status)
        select gen_random_uuid(), ${webhookId}::uuid, ${articleId}::uuid, 'UPDATED', '/p', x.at, x.at, x.at, ${status}::webhook_delivery_status
        from generate_series(1, ${count}::int) g,
          lateral (select ${office.service.now.toISOString()}::timestamptz - ${days}::int * interval '1 day' as at) x returning id
      )
      insert into webhook_attempt (delivery_id, number, at, took_ms) select id, 1, now(), 1 from d`);
  await add('DELIVERED', 40, 8);
  await add('FAILED', 40, 4);
  await add('PENDING', 40, 2);
  await add('DELIVERED', 20, 3);
  const before = new Date(office.service.now.getTime() - 30 * 86_400_000);
  const rounds: boolean[] = [];
  do rounds.push(await forgetOld(db, before, 5));
  while (rounds.at(-1));
  expect(rounds).toEqual([true, true, false]);
  const left = await db.rows<{ status: string; count: number }>(
    sql`select status::text, count(*)::int as count from webhook_delivery group by status order by status`,
  );
  expect(left).toEqual([
    { status: 'DELIVERED', count: 3 },
    { status: 'PENDING', count: 2 },
  ]);
  expect(await db.prisma.webhookAttempt.count()).toBe(5);
  expect((await logOf(id)).deliveries).toHaveLength(5);
});
