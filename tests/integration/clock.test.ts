import { countedIn } from '../../src/access/counting.js';
import { forgetSalts } from '../../src/access/readers.js';
import { scheduleArticle, submitArticle } from '../../src/content/article/editing/moves.js';
import { createArticle, updateArticle } from '../../src/content/article/editing/save.js';
import { announceDue } from '../../src/content/change/announce.js';
import { sql } from '../../src/database/sql.js';
import { uuidv7 } from '../../src/identifiers.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { watchClock } from '../../src/jobs/clock.js';
import { questionsOf } from '../support/answers.js';
import { eventually } from '../support/eventually.js';
import { type Office, openOffice } from '../support/office.js';
import { insertPieces } from '../support/pieces.js';
import { startReceiver } from '../support/receiver.js';
import { anArticle } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

const minute = 60_000;
const hour = 60 * minute;
const year = 365 * 24 * hour;

let office: Office;
let service: TestService;
let began: Date;
beforeAll(async () => {
  office = await openOffice();
  ({ service } = office);
});
afterAll(() => office?.close());
beforeEach(() => {
  began = service.now = new Date();
});
afterEach(() => office.clear());

const at = (ms: number) => new Date(began.getTime() + ms);
/** Puts the clock so far from where it was when the test began, in ms. */
const jump = (ms: number) => void (service.now = at(ms));

/** A piece that is to be public so many ms after the test began. Answers its id. */
async function aSchedule(headline: string, ms: number): Promise<string> {
  const { db, site } = service;
  const articleId = await createArticle(db, site, office.hand(), { headline, section: 'world' });
  await submitArticle(db, office.hand(), { articleId, expectedRevision: 1 });
  await scheduleArticle(db, site, office.hand(), { articleId, expectedRevision: 1, at: at(ms) });
  return articleId;
}

/** The pieces that the change log tells of, in its order. */
async function told(): Promise<string[]> {
  const { data } = await service.query(
    '{ changes(first: 100) { nodes { kind articleId article { headline } path } } }',
  );
  return (data.changes.nodes as { path: string }[]).map(({ path }) => path.split('/').at(-2) ?? '');
}

it('answers that are kept are those that would be made anew, wherever the clock jumps', async () => {
  const truth = await startService();
  const keeping = await startService({ answers: true, beside: truth });
  const section = 'asia';
  truth.now = keeping.now = began;
  await loadSampleNewsroom(truth.db, truth.site, began);
  await truth.load([anArticle({ slug: 'under-embargo', section, publishedAt: at(30 * minute).toISOString() })]);
  const names = ['latest', 'all', 'fronts', 'trending by HOUR'];
  const questions = (await questionsOf(truth)).filter(({ name }) => names.includes(name));
  questions.push({ name: 'embargoed', document: '{ article(by: { slug: "under-embargo" }) { headline } }' });
  const shown: boolean[] = [];
  for (const ms of [0, hour, 0, year, -hour, 0, 31 * minute]) {
    truth.now = keeping.now = at(ms);
    for (const { name, document, variables } of questions) {
      // Twice: what was kept before, and what was kept now.
      const [fresh, first, second] = [
        await truth.query(document, variables),
        await keeping.query(document, variables),
        await keeping.query(document, variables),
      ];
      const what = { ms, name };
      expect({ ...what, ...first }).toEqual({ ...what, ...fresh });
      expect({ ...what, ...second }).toEqual({ ...what, ...fresh });
      if (name === 'embargoed') shown.push(first.data.article !== null);
    }
  }
  expect(shown).toEqual([false, true, false, true, false, false, true]);
  await keeping.close();
  await truth.close();
});

describe('a clock that was ahead, and has gone back', () => {
  it.each([hour, year])('by %i ms, holds back nothing that is told later', async (ahead) => {
    jump(ahead);
    await office.publish('Ahead');
    jump(0);
    await office.publish('Now');
    expect(await told()).toEqual(expect.arrayContaining(['ahead', 'now']));
  });

  it('has what it told of too early announced again when its moment comes, once', async () => {
    await aSchedule('Soon', 30 * minute);
    jump(hour);
    expect(await announceDue(service.db, service.now)).toBe(1);
    jump(0);
    expect(await announceDue(service.db, service.now)).toBe(0);
    jump(29 * minute);
    expect(await announceDue(service.db, service.now)).toBe(0);
    jump(30 * minute);
    expect(await announceDue(service.db, service.now)).toBe(1);
    expect(await announceDue(service.db, service.now)).toBe(0);
  });

  it('keeps no message to a webhook, which is told and tried as ever', async () => {
    const receiver = await startReceiver();
    try {
      receiver.answer = (_request, response) => void response.writeHead(500).end();
      await office.webhook({ url: `${receiver.url}/` });
      jump(year);
      office.start();
      await office.publish('Ahead');
      const failed = sql`select id from webhook where failures > 0`;
      await eventually(async () => (await service.db.rows(failed)).length > 0);
      receiver.answer = (_request, response) => void response.writeHead(204).end();
      jump(0);
      await eventually(() => receiver.received.length === 2);
      await office.publish('Now');
      await eventually(() => receiver.received.some(({ body }) => body.includes('Now')));
    } finally {
      await receiver.close();
    }
  });

  it('keeps no feed from being looked at, and no subscriber from being sent one', async () => {
    const { db, site } = service;
    const receiver = await startReceiver();
    try {
      await service.load([{ kind: 'partner', slug: 'riac', name: 'RIAC' }]);
      const ahead = sql`${at(year).toISOString()}::timestamptz`;
      await db.rows(sql`
        insert into partner_feed (id, partner_id, section_id, url, status, due_at, created_at)
        select ${uuidv7()}::uuid, p.id, s.id, ${`${receiver.url}/feed`}, 'DRAFT', ${ahead}, ${ahead} from partner p, section s
        where p.slug = 'riac' and s.slug = 'world'`);
      await db.rows(sql`
        insert into hub_subscription (id, topic, callback, lease_until, due_at, wanted)
        values (${uuidv7()}::uuid, ${`${site.url}/feeds/latest.rss`}, ${`${receiver.url}/reader`}, ${ahead}, ${ahead}, 1)`);
      office.start();
      await eventually(() => receiver.received.length === 2);
      expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/feed', '/reader']);
    } finally {
      await receiver.close();
    }
  });

  it('locks nobody out: a window is no longer than it is', async () => {
    const limiter = countedIn(service.db, { keyPrefix: 'clock', points: 2, duration: 60 });
    const spend = () => limiter.penalty('somebody');
    expect((await spend()).consumedPoints).toBe(1);
    expect((await spend()).consumedPoints).toBe(2);
    await service.db.rows(sql`update rate_limit set expire = expire + ${hour}::int where key = 'clock:somebody'`);
    expect((await spend()).consumedPoints).toBe(1);
    const { consumedPoints, msBeforeNext } = await spend();
    expect(consumedPoints).toBe(2);
    expect(msBeforeNext).toBeLessThanOrEqual(60_000);
  });

  it('leaves no salt by which readers of a day could be told for a year', async () => {
    const day = (ms: number) => at(ms).toISOString().slice(0, 10);
    for (const each of [day(0), day(24 * hour), day(year)]) {
      await service.db.rows(
        sql`insert into reader_salt (day, salt) values (${each}::date, 'x') on conflict do nothing`,
      );
    }
    await forgetSalts(service.db, began);
    const left = await service.db.rows<{ day: string }>(sql`select day::text from reader_salt order by day`);
    expect(left.map(({ day }) => day)).toEqual([day(0), day(24 * hour)]);
  });

  it('does not fold what is saved automatically into what was saved then', async () => {
    const { db, site } = service;
    const articleId = await createArticle(db, site, office.hand(), { headline: 'A draft', section: 'world' });
    const save = (expectedRevision: number) =>
      updateArticle(db, site, office.hand(), {
        articleId,
        expectedRevision,
        changes: { standfirst: `Saved ${expectedRevision}` },
        note: null,
        isAutosave: true,
      });
    jump(hour);
    await save(1);
    jump(0);
    await save(2);
    await save(3);
    const kept = await db.rows<{ number: number }>(
      sql`select number from article_revision where article_id = ${articleId}::uuid order by number`,
    );
    expect(kept.map(({ number }) => number)).toEqual([1, 2, 4]);
  });
});

it('a clock that is a year behind has nobody told anew of all that was published since', async () => {
  const pieces = Array.from({ length: 501 }, (_, index) => ({
    id: uuidv7(),
    slug: `past-${index}`,
    section: 'world',
    authors: [],
    tags: [],
    partner: null,
    language: 'en',
    status: 'PUBLISHED' as const,
    published: at(-hour - index * 1000),
    updated: began,
    position: null,
  }));
  await insertPieces(service.db, pieces);
  await announceDue(service.db, at(-year));
  expect(await announceDue(service.db, began)).toBe(0);
});

it('what is waited for is due at once after the clock went back, and what no wait is as long as, at the start', () => {
  const lateBy = watchClock(2 * hour);
  const late = (ms: number) => lateBy(at(ms));
  expect([0, 1000, year, year + 1000, year - 1000, hour, hour + 1000].map(late)).toEqual([
    2 * hour,
    null,
    null,
    null,
    null,
    minute,
    null,
  ]);
});

it('identifiers are unique and in their order, wherever the clock jumps', () => {
  const { now } = Date;
  try {
    const ids = [0, hour, 0, -hour, year, -year, 0].flatMap((ms) => {
      Date.now = () => now() + ms;
      return Array.from({ length: 1000 }, () => uuidv7());
    });
    expect(ids).toEqual([...new Set(ids)].sort());
  } finally {
    Date.now = now;
  }
});
