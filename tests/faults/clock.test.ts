import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openScratch } from '../../src/database/scratch.js';
import type { Database } from '../../src/database/database.js';
import { configFrom } from '../../src/config.js';
import { sql } from '../../src/database/sql.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { testServer } from '../support/server.js';

const minute = 60_000;
const hour = 60 * minute;
const year = 365 * 24 * hour;
const host = '127.0.0.3';

/** In the process: its clock is off by what a file says, from when it is told to look. */
const jumping = (file: string) => `import { readFileSync } from 'node:fs'; const Real = Date; let off = 0;
  process.on('SIGUSR2', () => { off = Number(readFileSync(${JSON.stringify(file)}, 'utf8')); });
  globalThis.Date = class Date extends Real {
    constructor(...args) { args.length === 0 ? super(Real.now() + off) : super(...args); }
    static now() { return Real.now() + off; }
  };`;

// A service whose clock jumps, on a server whose clock does not.
let folder: string;
let db: Database;
let service: ServiceProcess;
let receiver: Receiver;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dateline-clock-'));
  receiver = await startReceiver(host);
  db = await openScratch(testServer);
  await db.migrate();
  await loadSampleNewsroom(db, configFrom({}).site, new Date());
  const [{ name }] = (await db.rows<{ name: string }>(sql`select current_database() as name`)) as [{ name: string }];
  const url = new URL(testServer);
  url.pathname = `/${name}`;
  service = await startServiceProcess({
    DATABASE_URL: url.href,
    LOG_LEVEL: 'error',
    WEBHOOK_ALLOW_PRIVATE: `${host}/32`,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jumping(join(folder, 'off')))}`,
  });
}, 120_000);
afterAll(async () => {
  await service?.kill();
  await db?.close();
  await receiver?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Puts the service's clock so far from the real one, in ms; it is so when a reader is answered next. */
async function jump(off: number): Promise<void> {
  await writeFile(join(folder, 'off'), String(off));
  process.kill(service.pid, 'SIGUSR2');
  await pause(200);
}

async function done(mutation: string, input: object, success = 'article { id revision }'): Promise<any> {
  const { data, errors } = await service.query(documentOf(mutation, success), { input });
  if (errors || !String(data[mutation].__typename).endsWith('Success')) {
    throw new Error(`${mutation}: ${JSON.stringify(errors ?? data)}`);
  }
  return data[mutation];
}

async function aPiece(headline: string) {
  const made = await done('createArticle', { headline, section: 'asia', body: { html: `<p>${headline}.</p>` } });
  await done('submitArticle', { id: made.article.id, expectedRevision: made.article.revision });
  return { id: made.article.id as string, expectedRevision: made.article.revision as number };
}
const publish = async (headline: string) => done('publishArticle', await aPiece(headline));

const questions = [
  '{ latestFeed { entries(first: 20) { totalCount nodes { headline publishedAt article { slug } } } } }',
  '{ sections { slug articleCount articles(first: 3) { totalCount nodes { headline next { slug } } } } }',
  '{ articles(first: 10, orderBy: UPDATED_AT_DESC) { totalCount nodes { headline } } }',
  '{ article(by: { slug: "under-embargo" }) { headline } }',
];

/** What anyone is shown; made anew where `anew` makes the question one that nobody has asked. */
async function shown(query: string, anew = ''): Promise<unknown> {
  const asked = anew === '' ? query : query.replace('{', `{ anew${anew}: __typename`);
  const response = await fetch(`${service.url}/graphql?${new URLSearchParams({ query: asked })}`);
  const { data } = (await response.json()) as { data: Record<string, unknown> };
  delete data[`anew${anew}`];
  return data;
}
let asked = 0;
async function expectTrue(when: string): Promise<void> {
  for (const query of questions) {
    const [kept, again] = [await shown(query), await shown(query)];
    const fresh = await shown(query, String((asked += 1)));
    expect({ when, kept, again }).toEqual({ when, kept: fresh, again: fresh });
  }
}

const types = () =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { type: string; data: any }).data.path as string);
const isTold = (slug: string) => () => types().some((path) => path.includes(slug));

it('shows what is true, publishes and tells, wherever its clock jumps', async () => {
  await done('createWebhook', { url: `${receiver.url}/`, content: 'NOTHING' }, 'webhook { id }');
  await done('scheduleArticle', {
    ...(await aPiece('Under embargo')),
    at: new Date(Date.now() + 30 * minute).toISOString(),
  });
  const isShown = async () => ((await shown(questions[3]!)) as { article: unknown }).article !== null;
  const stops: [string, number, boolean][] = [
    ['at first', 0, false],
    ['an hour ahead', hour, true],
    ['back from an hour ahead', 0, false],
    ['an hour behind', -hour, false],
    ['back from an hour behind', 0, false],
    ['a year ahead', year, true],
    ['back from a year ahead', 0, false],
    ['a year behind', -year, false],
    ['back from a year behind', 0, false],
    ['when the embargo is over', 31 * minute, true],
  ];
  for (const [index, [when, off, isPublic]] of stops.entries()) {
    await jump(off);
    await expectTrue(when);
    expect({ when, isShown: await isShown() }).toEqual({ when, isShown: isPublic });
    const headline = `Piece number ${index}`;
    await publish(headline);
    await expectTrue(`${when}, after a publication`);
    // Nobody waits for the year that the clock was ahead.
    await eventually(isTold(`piece-number-${index}`), 20_000);
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    await eventually(async () => (await fetch(`${service.url}/readyz`)).status === 200);
  }
  expect(service.said()).not.toMatch(
    /TimeoutOverflowWarning|TimeoutNegativeWarning|TimeoutNaNWarning|UnhandledPromise/,
  );
}, 240_000);

it('locks nobody out for the time that its clock was ahead', async () => {
  await jump(hour);
  const write = () =>
    fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/5.0 Firefox/140.0' },
      body: JSON.stringify({
        query: documentOf('postComment', 'comment { id }'),
        variables: { input: { article: articleId, author: 'A reader', text: 'A comment.' } },
      }),
    }).then(async (response) => (await response.json()).data.postComment.__typename as string);
  const { data } = await service.query('{ articles(first: 1, orderBy: PUBLISHED_AT_ASC) { nodes { id } } }');
  const articleId = data.articles.nodes[0].id as string;
  const said: string[] = [];
  for (let count = 0; count < 7; count += 1) said.push(await write());
  expect(said.at(-1)).toBe('TooOftenError');
  await jump(0);
  expect(await write()).toBe('PostCommentSuccess');
}, 60_000);
