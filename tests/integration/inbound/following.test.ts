import { updateArticle } from '../../../src/content/article/editing/save.js';
import { sql } from '../../../src/database/sql.js';
import { openReader } from '../../../src/importing/format.js';
import { importFrom } from '../../../src/importing/import.js';
import { openSource } from '../../../src/importing/source.js';
import { eventually } from '../../support/eventually.js';
import { mutate } from '../../support/mutation.js';
import { type Office, openOffice } from '../../support/office.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';

interface Item {
  id: string;
  title: string;
  words: string;
}

let office: Office;
let partner: Receiver;
/** What the partner's feed holds, and how it is answered. */
let items: Item[];
let deleted: string[];
let status: number;
let pages: Record<string, number>;

beforeAll(async () => {
  office = await openOffice();
  await office.service.load([{ kind: 'partner', slug: 'riac', name: 'RIAC', license: 'CC BY 4.0' }]);
});
afterAll(() => office.close());
beforeEach(async () => {
  [items, deleted, status, pages] = [[{ id: '1', title: 'One', words: 'First words.' }], [], 200, {}];
  partner = await startReceiver();
  partner.answer = ({ path, headers }, response) => {
    if (path === '/old') return void response.writeHead(301, { location: '/feed' }).end();
    if (path !== '/feed') return void response.writeHead(pages[path] ?? 200).end();
    if (status !== 200) return void response.writeHead(status, { 'retry-after': '7200' }).end();
    const body = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'RIAC',
      _dateline: { deleted: deleted.map((id) => ({ id })) },
      items: items.map(({ id, title, words }) => ({
        id,
        title,
        url: `${partner.url}/${id}`,
        content_html: `<p>${words}</p>`,
        date_published: new Date(Date.UTC(2026, 5, 15, 20 - Number(id))).toISOString(),
        authors: [{ name: 'Ann Lee' }],
        tags: ['Trade'],
      })),
    });
    const etag = `"${Buffer.from(body).toString('base64').length}-${items.map(({ words }) => words.length).join('-')}"`;
    if (headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag, 'content-type': 'application/feed+json' }).end(body);
  };
});
afterEach(async () => {
  await partner.close();
  await office.clear();
});

const fields =
  'partnerFeed { id revision url answered problem created updated withdrawn disabledReason conflicts { conflict article { headline } } }';

async function follow(input: object = {}): Promise<string> {
  const given = { partner: 'riac', section: 'world', url: `${partner.url}/feed`, ...input };
  const answer = await mutate(office.service, 'createPartnerFeed', given, fields, office.admin);
  if (answer.__typename !== 'CreatePartnerFeedSuccess') throw new Error(answer.message);
  office.start();
  await eventually(async () => (await feed()).answered !== null, 15_000);
  return answer.partnerFeed.id;
}

async function feed() {
  const { data } = await office.service.query(
    `{ partnerFeeds { nodes { ${fields.slice('partnerFeed { '.length, -2)} nextPollAt } } }`,
    {},
    office.admin,
  );
  return data.partnerFeeds.nodes[0];
}

/** Lets the feed be looked at again, and waits until it was. */
async function look() {
  office.service.now = new Date(office.service.now.getTime() + 16 * 60_000);
  const { now } = office.service;
  await eventually(
    async () => (await office.service.db.prisma.partnerFeed.count({ where: { polledAt: { gte: now } } })) === 1,
  );
}

const pieces = () =>
  office.service.db.rows<{ id: string; headline: string; status: string; revision: number }>(
    sql`select id, headline, status, revision from article order by headline`,
  );

it('takes over what is new as drafts, with where it came from and on what terms', async () => {
  await follow();
  const { data } = await office.service.query(
    `{ articles(filter: { status: [DRAFT] }) { nodes { headline byline canonicalUrl section { slug } tags { name } status
      body { text } source { attribution originalUrl license partner { slug } } } } }`,
    {},
    office.admin,
  );
  expect(data.articles.nodes).toEqual([
    {
      headline: 'One',
      byline: 'Ann Lee',
      canonicalUrl: `${partner.url}/1`,
      section: { slug: 'world' },
      tags: [{ name: 'Trade' }],
      status: 'DRAFT',
      body: { text: 'First words.' },
      source: {
        attribution: 'From our partner RIAC',
        originalUrl: `${partner.url}/1`,
        license: 'CC BY 4.0',
        partner: { slug: 'riac' },
      },
    },
  ]);
  expect(await feed()).toMatchObject({ answered: 200, problem: null, created: 1, updated: 0 });
});

it('follows what changes, comes and goes there, and tells of it', async () => {
  await follow({ status: 'PUBLISHED' });
  items = [
    { id: '1', title: 'One again', words: 'Other words.' },
    { id: '2', title: 'Two', words: 'More.' },
  ];
  await look();
  expect((await pieces()).map(({ headline, status }) => [headline, status])).toEqual([
    ['One again', 'PUBLISHED'],
    ['Two', 'PUBLISHED'],
  ]);
  await look();
  expect(await feed()).toMatchObject({ answered: 304, created: 2, updated: 1 });
  [items, deleted] = [items.slice(1), ['1']];
  await look();
  expect((await pieces()).map(({ headline, status }) => [headline, status])).toEqual([
    ['One again', 'UNPUBLISHED'],
    ['Two', 'PUBLISHED'],
  ]);
  const told = await office.service.db.rows<{ kind: string }>(sql`select kind from change order by xid, id`);
  expect(told.map(({ kind }) => kind)).toEqual(['PUBLISHED', 'PUBLISHED', 'UPDATED', 'WITHDRAWN']);
});

it('takes a piece for withdrawn that the feed lacks and whose own page is gone, and no other', async () => {
  items = ['1', '2', '3'].map((id) => ({ id, title: `Piece ${id}`, words: 'Words.' }));
  await follow({ status: 'PUBLISHED' });
  items = items.filter(({ id }) => id === '3');
  items.push(
    { id: '0', title: 'Piece 0', words: 'Older.' },
    { id: '9', title: 'Piece 9', words: 'Oldest.' },
    { id: '8', title: 'Piece 8', words: 'Oldest of all.' },
  );
  pages = { '/1': 410 };
  await look();
  const standing = Object.fromEntries((await pieces()).map(({ headline, status }) => [headline, status]));
  expect(standing).toMatchObject({ 'Piece 1': 'UNPUBLISHED', 'Piece 2': 'PUBLISHED', 'Piece 3': 'PUBLISHED' });
});

it('leaves a piece that an editor has changed here as it is, and says so', async () => {
  const { db, site } = office.service;
  await follow({ status: 'PUBLISHED' });
  const [piece] = await pieces();
  const changes = { headline: 'Ours now' };
  const target = { articleId: piece!.id, expectedRevision: piece!.revision };
  await updateArticle(db, site, office.hand(), { ...target, changes, note: null, isAutosave: false });
  items = [{ id: '1', title: 'Theirs', words: 'Other words.' }];
  await look();
  expect(await feed()).toMatchObject({
    updated: 0,
    conflicts: [{ conflict: 'CHANGED', article: { headline: expect.any(String) } }],
  });
  [items, deleted] = [[{ id: '2', title: 'Two', words: 'More.' }], ['1']];
  await look();
  expect(await feed()).toMatchObject({ withdrawn: 0, conflicts: [{ conflict: 'REMOVED' }] });
  expect((await pieces()).find(({ id }) => id === piece!.id)?.status).toBe('PUBLISHED');
});

it('lets an editor publish what came as a draft, and keeps it published when it changes there', async () => {
  const { db } = office.service;
  await follow();
  await db.rows(
    sql`update article set status = 'PUBLISHED', published_at = created_at, first_published_at = created_at`,
  );
  items = [{ id: '1', title: 'One again', words: 'Other words.' }];
  await look();
  expect(await pieces()).toMatchObject([{ headline: 'One again', status: 'PUBLISHED' }]);
});

it('remembers a lasting redirect, waits as it is asked to, and stops at 410', async () => {
  await follow({ url: `${partner.url}/old` });
  expect((await feed()).url).toBe(`${partner.url}/feed`);
  status = 503;
  await look();
  const { problem, nextPollAt } = await feed();
  expect(problem).toBe('It answered 503.');
  expect(new Date(nextPollAt).getTime() - office.service.now.getTime()).toBe(7_200_000);
  status = 410;
  office.service.now = new Date(office.service.now.getTime() + 7_200_000);
  await eventually(async () => (await feed()).disabledReason !== null);
  expect(await feed()).toMatchObject({ disabledReason: 'It answered 410 Gone.', nextPollAt: null });
});

it('keeps the address that a feed was given while it was read at the one before', async () => {
  let letGo = (): void => undefined;
  const usual = partner.answer;
  partner.answer = (asked, response) => {
    if (asked.path !== '/slow') return usual(asked, response);
    letGo = () => usual({ ...asked, path: '/feed' }, response);
  };
  const given = { partner: 'riac', section: 'world', url: `${partner.url}/slow` };
  const { partnerFeed } = await mutate(office.service, 'createPartnerFeed', given, fields, office.admin);
  office.start();
  await eventually(() => partner.received.some(({ path }) => path === '/slow'), 15_000);
  const changed = { id: partnerFeed.id, expectedRevision: 1, url: `${partner.url}/feed` };
  const answer = await mutate(office.service, 'updatePartnerFeed', changed, fields, office.admin);
  expect(answer.__typename).toBe('UpdatePartnerFeedSuccess');
  await eventually(async () => (await feed()).answered === 200);
  letGo();
  await office.stop();
  expect(await feed()).toMatchObject({ url: `${partner.url}/feed`, created: 1, updated: 0 });
});

it('refuses an address inside the network, and a partner or section that is not there', async () => {
  const refusal = async (input: object) => {
    const given = { partner: 'riac', section: 'world', url: 'https://example.org/feed', ...input };
    const answer = await mutate(office.service, 'createPartnerFeed', given, fields, office.admin);
    return answer.fields?.map(({ path }: { path: string }) => path);
  };
  expect(await refusal({ partner: 'nobody' })).toEqual(['partner']);
  expect(await refusal({ section: 'nowhere' })).toEqual(['section']);
  expect(await refusal({ everyMinutes: 1 })).toEqual(['everyMinutes']);
  expect(await refusal({ url: 'http://example.org:22/' })).toEqual(['url']);
});

it('an address is imported like a file, once', async () => {
  const { db, site, outgoing, now } = office.service;
  const run = async () => {
    const source = await openSource(`${partner.url}/feed`, { outgoing });
    const reader = await openReader(source, { section: 'world' });
    const outcomes = [];
    for await (const { kind, outcome } of importFrom(reader, db, { site, now }))
      if (kind === 'article') outcomes.push(outcome);
    await source.close();
    return outcomes;
  };
  expect([await run(), await run()]).toEqual([['created'], ['unchanged']]);
  await expect(
    openSource(`${partner.url}/missing`, { outgoing: office.service.outgoing }).then((s) => s.close()),
  ).resolves.toBeUndefined();
  pages = { '/gone': 404 };
  await expect(openSource(`${partner.url}/gone`, { outgoing })).rejects.toThrow('answers 404');
});
