import { pino } from 'pino';
import type { Viewer } from '../../src/access/viewer.js';
import {
  cancelSchedule,
  correctArticle,
  publishArticle,
  scheduleArticle,
  submitArticle,
  unpublishArticle,
} from '../../src/content/article/editing/moves.js';
import { createArticle, updateArticle } from '../../src/content/article/editing/save.js';
import { announceDue, announcements, overdueSchedules } from '../../src/content/change/announce.js';
import type { Database } from '../../src/database/database.js';
import { name, sql } from '../../src/database/sql.js';
import { globalId } from '../../src/graphql/builder.js';
import { type Jobs, type JobsOptions, startJobs } from '../../src/jobs/jobs.js';
import { fillArchive } from '../support/archive.js';
import { eventually } from '../support/eventually.js';
import { readingOf } from '../../src/database/explain.js';
import { anArticle, aSection, minutesAgo } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;
const editor = {
  role: 'editor',
  userId: '01900000-0000-7000-8000-0000000000ab',
  name: 'Edda',
} as const satisfies Viewer;
const hand = (now = service.now) => ({ viewer: editor, now, requestId: null });
const after = (minutes: number, from = aMoment) => new Date(from.getTime() + minutes * 60_000);

beforeAll(async () => {
  service = await startService();
  await service.db.prisma.user.create({ data: { id: editor.userId, name: editor.name, role: 'EDITOR' } });
  await service.load([aSection()]);
});
afterAll(() => service.close());
beforeEach(async () => {
  service.now = aMoment;
  await service.db.rows(sql`delete from article`);
});

/** A piece in review, and what names it in a move. */
async function aPiece(headline = 'What comes') {
  const { db, site } = service;
  const articleId = await createArticle(db, site, hand(), { headline, section: 'world' });
  await submitArticle(db, hand(), { articleId, expectedRevision: 1 });
  return { articleId, expectedRevision: 1 };
}

async function aSchedule(at: Date, headline?: string) {
  const piece = await aPiece(headline);
  await scheduleArticle(service.db, service.site, hand(), { ...piece, at });
  return piece;
}

const changes = () =>
  service.db.rows<{ kind: string; at: Date; articleId: string }>(
    sql`select kind, at, article_id as "articleId" from change order by id`,
  );

describe('a scheduled piece', () => {
  it('is told of once when its moment has come, with that moment, and not before', async () => {
    const { articleId } = await aSchedule(after(10));
    expect(await announceDue(service.db, new Date(after(10).getTime() - 1))).toBe(0);
    expect(await announceDue(service.db, after(11))).toBe(1);
    expect(await announceDue(service.db, after(12))).toBe(0);
    expect(await changes()).toEqual([{ kind: 'PUBLISHED', at: after(10), articleId }]);
  });

  it('is public without anybody having told of it, as the revision that was pinned', async () => {
    const piece = await aSchedule(after(10), 'Pinned');
    await updateArticle(service.db, service.site, hand(), {
      ...piece,
      changes: { headline: 'Saved later' },
      note: null,
      isAutosave: false,
    });
    service.now = after(10);
    const { data } = await service.query('query ($id: ID!) { article(by: { id: $id }) { headline status } }', {
      id: globalId('Article', piece.articleId),
    });
    expect(data).toEqual({ article: { headline: 'Pinned', status: 'PUBLISHED' } });
    expect(await changes()).toEqual([]);
  });

  it('is told of once however many tell at the same time, in the order of their moments', async () => {
    const pieces = [];
    for (const minutes of [5, 3, 9, 1, 7]) pieces.push({ minutes, ...(await aSchedule(after(minutes))) });
    const told = await Promise.all(Array.from({ length: 8 }, () => announceDue(service.db, after(60))));
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(5);
    const expected = pieces.sort((one, other) => one.minutes - other.minutes);
    expect((await changes()).map(({ articleId }) => articleId).sort()).toEqual(
      expected.map(({ articleId }) => articleId).sort(),
    );
    const together = await aSchedule(after(70));
    const later = await aSchedule(after(80));
    await announceDue(service.db, after(90));
    expect((await changes()).slice(-2).map(({ articleId }) => articleId)).toEqual([
      together.articleId,
      later.articleId,
    ]);
  });

  it('whose schedule was taken back, moved or overtaken is told of by what then happens alone', async () => {
    const { db, site } = service;
    const back = await aSchedule(after(10));
    const moved = await aSchedule(after(10));
    const overtaken = await aSchedule(after(10));
    await cancelSchedule(db, hand(), back);
    await scheduleArticle(db, site, hand(), { ...moved, at: after(30) });
    await publishArticle(db, site, hand(after(1)), { ...overtaken, at: null });
    expect(await announceDue(db, after(20))).toBe(0);
    expect(await announceDue(db, after(40))).toBe(1);
    expect(await changes()).toEqual([
      { kind: 'PUBLISHED', at: after(1), articleId: overtaken.articleId },
      { kind: 'PUBLISHED', at: after(30), articleId: moved.articleId },
    ]);
  });

  it('that an editor moves on before it was told of is told of first', async () => {
    const { db, site } = service;
    const withdrawn = await aSchedule(after(10));
    await unpublishArticle(db, hand(after(11)), { ...withdrawn, reason: 'A lawyer called.' });
    const corrected = await aSchedule(after(20));
    await correctArticle(db, site, hand(after(21)), { ...corrected, note: 'A name.' });
    expect(await announceDue(db, after(30))).toBe(0);
    expect(await changes()).toEqual([
      { kind: 'PUBLISHED', at: after(10), articleId: withdrawn.articleId },
      { kind: 'WITHDRAWN', at: after(11), articleId: withdrawn.articleId },
      { kind: 'PUBLISHED', at: after(20), articleId: corrected.articleId },
      { kind: 'CORRECTED', at: after(21), articleId: corrected.articleId },
    ]);
  });

  it('that is under an editor’s hand holds up no other', async () => {
    // The embedded database has one connection: there nobody can be in the middle of anything.
    if (service.db.kind !== 'postgres') return;
    const held = await aSchedule(after(10));
    const free = await aSchedule(after(10));
    await service.db.transaction(async (tx) => {
      await tx.rows(sql`select 1 from article where id = ${held.articleId}::uuid for update`);
      expect(await announceDue(service.db, after(20))).toBe(1);
    });
    expect((await changes()).map(({ articleId }) => articleId)).toEqual([free.articleId]);
    expect(await announceDue(service.db, after(20))).toBe(1);
  });
});

describe('an import', () => {
  it('tells of an archive when it comes, and of a scheduled piece at its moment', async () => {
    const scheduled = anArticle({ status: 'SCHEDULED', publishedAt: minutesAgo(-10) });
    const archive = Array.from({ length: 20 }, () => anArticle());
    await service.load([...archive, scheduled]);
    expect(await announceDue(service.db, after(9))).toBe(0);
    expect(await announceDue(service.db, after(10))).toBe(1);
    const told = await service.db.rows(
      sql`select a.slug, c.at from change c join article a on a.id = c.article_id order by c.id`,
    );
    expect(told).toEqual([
      ...archive.map(({ slug }) => ({ slug, at: aMoment })),
      { slug: scheduled.slug, at: after(10) },
    ]);
  });

  it('that comes again after the moment and before the announcement does not lose it', async () => {
    const scheduled = anArticle({ status: 'SCHEDULED', publishedAt: minutesAgo(-10) });
    await service.load([scheduled]);
    service.now = after(11);
    await service.load([{ ...scheduled, status: 'PUBLISHED', headline: 'Mended' }]);
    expect(await announceDue(service.db, service.now)).toBe(0);
    expect(await changes()).toMatchObject([
      { kind: 'PUBLISHED', at: after(10) },
      { kind: 'UPDATED', at: after(11) },
    ]);
  });
});

describe('the look-up of what is due', () => {
  it('reads as many rows of a large archive as are due', async () => {
    await fillArchive(service.db, { articles: 3000, large: 10 });
    await aSchedule(after(10));
    await service.db.rows(sql`analyze article`);
    service.asked();
    await overdueSchedules(service.db, after(20));
    const [lookUp] = service.asked();
    const { rows, scans } = await readingOf(service.db, lookUp!);
    expect(scans).toEqual([expect.stringContaining('article_to_announce')]);
    expect(rows).toBeLessThanOrEqual(1);
  });
});

describe('overdue schedules', () => {
  const readiness = async () => {
    const response = await service.request('/readyz');
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const metrics = async () => (await service.request('/metrics')).text();

  it('are counted a minute after their moment, in /readyz and /metrics, and make nothing unready', async () => {
    await aSchedule(after(10));
    service.now = after(11);
    expect(await readiness()).toEqual({ status: 200, body: { ready: true, overdueSchedules: 0 } });
    expect(await metrics()).toMatch(/^dateline_schedules_overdue 0$/m);
    service.now = new Date(after(11).getTime() + 1);
    expect(await readiness()).toEqual({ status: 200, body: { ready: true, overdueSchedules: 1 } });
    expect(await metrics()).toMatch(/^dateline_schedules_overdue 1$/m);
    await announceDue(service.db, service.now);
    expect(await readiness()).toEqual({ status: 200, body: { ready: true, overdueSchedules: 0 } });
  });

  it('are not a number while the database does not answer; the rest is still measured', async () => {
    const { makeApp } = await import('../../src/app.js');
    const db = { ...service.db, rows: () => Promise.reject(new Error('away')) };
    const app = makeApp(
      { db, site: service.site, log: pino({ level: 'silent' }), outgoing: service.outgoing, clock: () => aMoment },
      { deskFolder: '.' },
    );
    await app(new Request('https://news.example/healthz'));
    const response = await app(new Request('https://news.example/metrics'));
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^dateline_schedules_overdue Nan$/m);
    expect(text).toMatch(/^dateline_http_requests_total\{method="GET",status="200"\} 1$/m);
  });
});

describe('the worker', () => {
  let jobs: Jobs | undefined;
  const start = (options: Partial<JobsOptions> = {}) => {
    const log = pino({ level: 'silent' });
    const work = { [announcements]: async () => void (await announceDue(service.db, service.now)) };
    jobs = startJobs({ db: service.db, log, work, pollEveryMs: 20, ...options });
    return jobs;
  };
  const pgboss = (table: string) =>
    service.db.rows<{ count: number }>(sql`select count(*)::int as count from ${name(table)}`);
  const isThere = async (table: string) =>
    (await service.db.rows<{ there: boolean }>(sql`select to_regclass(${table}) is not null as there`))[0]?.there;
  const isOpen = () =>
    eventually(async () => Boolean(await isThere('pgboss.queue')) && (await pgboss('pgboss.queue'))[0]?.count === 1);

  afterEach(async () => {
    await jobs?.stop();
    jobs = undefined;
  });

  it('tells what was missed while nothing ran', async () => {
    await aSchedule(after(10));
    service.now = after(60);
    start();
    await eventually(async () => (await changes()).length === 1);
  });

  it('keeps one request for pieces of one moment, which is gone when the schedule is not kept', async () => {
    start();
    await isOpen();
    // pg-boss goes by the clock of the database, pieces by the test’s: its moment is to be in the future of both.
    const at = new Date(Date.now() + 3_600_000);
    service.now = new Date();
    const pieces = [await aPiece(), await aPiece()];
    for (const piece of pieces) await scheduleArticle(service.db, service.site, hand(), { ...piece, at }, jobs);
    expect(await pgboss('pgboss.job')).toEqual([{ count: 1 }]);
    const refused = scheduleArticle(
      service.db,
      service.site,
      hand(),
      { ...(await aPiece()), expectedRevision: 9, at: after(1, at) },
      jobs,
    );
    await expect(refused).rejects.toThrow();
    expect(await pgboss('pgboss.job')).toEqual([{ count: 1 }]);
  });

  it('tells at the moment, without waiting for a sweep', async () => {
    start();
    await isOpen();
    service.now = new Date();
    const at = new Date(Date.now() + 300);
    const piece = await aPiece();
    await scheduleArticle(service.db, service.site, hand(), { ...piece, at }, jobs);
    service.now = after(1, at);
    await eventually(async () => (await changes()).length === 1);
    expect(await changes()).toEqual([{ kind: 'PUBLISHED', at, articleId: piece.articleId }]);
  });

  it('leaves the schema as current as it was', async () => {
    start();
    await isOpen();
    expect(await service.db.standing()).toEqual({ state: 'current' });
  });

  it('leaves nothing running of tries to open the queue that failed', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    let tries = 0;
    const withoutQueues: Database = {
      ...service.db,
      async send(text, values) {
        if (!/^\s*select \S+create_queue/i.test(text)) return await service.db.send(text, values);
        tries += 1;
        throw new Error('There is no room for a queue.');
      },
    };
    start({ db: withoutQueues, sweepEveryMs: 20 });
    await eventually(() => tries >= 5);
    await jobs?.stop();
    await eventually(() => timers() <= before);
  });

  it('fails no schedule when its own tables are gone; the sweep tells', async () => {
    start({ sweepEveryMs: 100 });
    await isOpen();
    await service.db.rows(sql`drop schema pgboss cascade`);
    service.now = new Date();
    const at = after(1, service.now);
    await scheduleArticle(service.db, service.site, hand(), { ...(await aPiece()), at }, jobs);
    service.now = after(2, service.now);
    await eventually(async () => (await changes()).length === 1);
  });
});
