import { sql } from '../../../src/database/sql.js';
import { globalId } from '../../../src/graphql/builder.js';
import { leastReaders, mostOfSpan } from '../../../src/content/trending/rules.js';
import { addViews, forgetReaders } from '../../../src/content/trending/store.js';
import { openViews } from '../../../src/content/trending/views.js';
import { openReaders } from '../../../src/access/readers.js';
import { pino } from 'pino';
import { eventually } from '../../support/eventually.js';
import { readingOf } from '../../../src/database/explain.js';
import { operation } from '../../support/operations.js';
import { aPartner } from '../../support/partners.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { browser, recordView, type Sender } from '../../support/views.js';

const minute = 60_000;
let service: TestService;
let idOf: Record<string, string>;

beforeAll(async () => {
  service = await startService({ environment: { TRUSTED_PROXIES: '10.0.0.0/8' } });
  await service.load([
    aSection(),
    aSection({ slug: 'asia', name: 'Asia', parent: 'world' }),
    aSection({ slug: 'arts', name: 'Arts' }),
    anArticle({ slug: 'one', publishedAt: minutesAgo(3000), section: 'asia' }),
    anArticle({ slug: 'two', publishedAt: minutesAgo(2000) }),
    anArticle({ slug: 'three', publishedAt: minutesAgo(1000), section: 'arts' }),
    anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
  ]);
  const rows = await service.db.rows<{ slug: string; id: string }>(sql`select slug, id from article`);
  idOf = Object.fromEntries(rows.map(({ slug, id }) => [slug, id]));
});
afterAll(() => service.close());
beforeEach(async () => {
  service.now = aMoment;
  for (const table of ['reader_seen', 'readership']) await service.db.send(`delete from ${table}`, []);
});

const addresses = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `198.51.100.${from + index}`);

async function read(slug: string, readers: readonly string[], sender: Sender = {}): Promise<void> {
  for (const address of readers) await recordView(service, idOf[slug]!, { ...sender, address });
  await service.counters.views.flush();
}

async function ranking(variables: Record<string, unknown> = {}, headers = {}): Promise<[string, number][]> {
  const asked = `query ($window: TrendingWindow, $section: String, $first: Int) {
    trending(window: $window, section: $section, first: $first) { rank views score article { slug } } }`;
  const { data, errors } = await service.query(asked, variables, headers);
  expect(errors).toBeUndefined();
  expect(data.trending.map(({ rank }: { rank: number }) => rank)).toEqual(
    data.trending.map((_: unknown, i: number) => i + 1),
  );
  return data.trending.map(({ article, views }: any) => [article.slug, views]);
}

describe('a view', () => {
  it('counts once for a reader, an article and a half hour', async () => {
    const readers = addresses(3);
    await read('one', [...readers, ...readers]);
    await read('one', readers);
    expect(await ranking()).toEqual([['one', 3]]);
    service.now = new Date(aMoment.getTime() + 30 * minute);
    await read('one', readers.slice(0, 2));
    expect(await ranking()).toEqual([['one', 5]]);
  });

  it('of another agent at one address is another reader’s, up to a number that no household has', async () => {
    const views = service.counters.views;
    for (let index = 0; index < 10_000; index += 1) {
      const client = { address: '203.0.113.9', agent: `${browser} Build/${index}` };
      await views.record(idOf['one']!, { viewer: { role: 'anyone' }, client, now: service.now });
    }
    await views.flush();
    expect(await ranking()).toEqual([['one', 31]]);
  });

  it('of an IPv6 host is that of its network, which it may fill as it likes', async () => {
    await read('one', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1', '2001:db8:9:3::1']);
    expect(await ranking()).toEqual([['one', 3]]);
  });

  it.each([
    ['of a crawler', { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['of a program', { agent: 'curl/8.5.0' }],
    ['that says nothing of its sender', { agent: null }],
  ])('%s does not count, and is told so', async (_name, sender) => {
    expect(await recordView(service, idOf['one']!, sender)).toEqual({ counted: false });
    await read('one', addresses(5), sender);
    expect(await ranking()).toEqual([]);
  });

  it('of the newsroom does not count', async () => {
    const headers = await service.signIn('contributor');
    expect(await recordView(service, idOf['one']!, { headers })).toEqual({ counted: false });
  });

  it.each(['draft', 'nothing'])('of %s counts nowhere, and the answer does not tell', async (slug) => {
    const id = idOf[slug] ?? '018f4b7e-0000-7000-8000-000000000000';
    expect(await recordView(service, id)).toEqual(await recordView(service, idOf['one']!));
    await service.counters.views.flush();
    const [row] = await service.db.rows<{ count: number }>(
      sql`select count(*)::int as count from readership where article_id = ${id}::uuid`,
    );
    expect(row?.count).toBe(0);
  });

  it('of something that is no article is refused', async () => {
    const { data } = await service.query(operation('record-view'), { article: globalId('Section', idOf['one']!) });
    expect(data.recordView).toEqual({ message: 'There is no such article.' });
  });

  it('is of the client that a proxy of ours names, and not of one that a client makes up', async () => {
    const forwarded = (last: string) => ({ 'x-forwarded-for': `192.0.2.${Math.floor(Math.random() * 200)}, ${last}` });
    for (const client of ['198.51.100.1', '198.51.100.2', '198.51.100.2, 10.0.0.7']) {
      await recordView(service, idOf['one']!, { address: '10.1.2.3', headers: forwarded(client) });
    }
    for (let index = 0; index < 4; index += 1) {
      await recordView(service, idOf['one']!, {
        address: '203.0.113.5',
        headers: forwarded(`198.51.100.${100 + index}`),
      });
    }
    await service.counters.views.flush();
    expect(await ranking()).toEqual([['one', 3]]);
  });

  it('sends no statement of its own; a thousand of them send one', async () => {
    await recordView(service, idOf['one']!, { address: '198.51.100.1' });
    service.statements();
    for (let index = 0; index < 1000; index += 1) {
      const client = { address: `10.9.${index >> 8}.${index & 255}`, agent: browser };
      await service.counters.views.record(idOf['one']!, { viewer: { role: 'anyone' }, client, now: service.now });
    }
    expect(await recordView(service, idOf['two']!, { address: '198.51.100.2' })).toEqual({ counted: true });
    expect(service.statements()).toEqual([]);
    await service.counters.views.flush();
    expect(service.statements()).toHaveLength(1);
    expect(await ranking()).toEqual([['one', 1001]]);
    expect(service.statements()).toHaveLength(1);
  });

  it('is written within a second by itself', async () => {
    const began = performance.now();
    for (const address of addresses(3)) await recordView(service, idOf['one']!, { address });
    await eventually(async () => (await ranking()).length === 1);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('waits while the database does not answer, and is lost only when too many do', async () => {
    let isDown = true;
    const db = {
      ...service.db,
      rows: (statement: never) => (isDown ? Promise.reject(new Error('down')) : service.db.rows(statement)),
    };
    const readers = openReaders({ db: service.db });
    const log = pino({ level: 'silent' });
    const views = openViews({ db: db as never, readers, log, clock: () => service.now, writtenAfterMs: 60_000 });
    for (const address of addresses(4)) {
      await views.record(idOf['one']!, {
        viewer: { role: 'anyone' },
        client: { address, agent: browser },
        now: service.now,
      });
    }
    await expect(views.flush()).rejects.toThrow('down');
    isDown = false;
    await views.flush();
    await views.flush();
    expect(await ranking()).toEqual([['one', 4]]);
  });

  it('is counted once on two instances, which hold one salt', async () => {
    const other = await startService({ beside: service });
    for (const address of addresses(3)) {
      await Promise.all([service, other].map((instance) => recordView(instance, idOf['one']!, { address })));
    }
    await Promise.all([service.counters.views.flush(), other.counters.views.flush()]);
    expect(await ranking()).toEqual([['one', 3]]);
    await other.close();
  });
});

describe('a ranking', () => {
  it(`has only pieces with ${leastReaders} readers: one who returns is one reader`, async () => {
    for (let halfHours = 3; halfHours >= 0; halfHours -= 1) {
      service.now = new Date(aMoment.getTime() - halfHours * 30 * minute);
      await read('one', addresses(2));
    }
    expect(await ranking()).toEqual([]);
    await read('one', addresses(1, 9));
    expect(await ranking()).toEqual([['one', 9]]);
  });

  it('weighs what was read lately more, by the half-life of its window', async () => {
    service.now = new Date(aMoment.getTime() - 12 * 60 * minute);
    await read('one', addresses(15));
    service.now = aMoment;
    await read('two', addresses(4));
    // After 12 hours, which is two half-lives of a day, 15 views weigh 3.75.
    expect(await ranking()).toEqual([
      ['two', 4],
      ['one', 15],
    ]);
    expect(await ranking({ window: 'WEEK' })).toEqual([
      ['one', 15],
      ['two', 4],
    ]);
    expect(await ranking({ window: 'HOUR' })).toEqual([['two', 4]]);
  });

  it('puts the piece published later before its equal', async () => {
    await read('one', addresses(3));
    await read('two', addresses(3));
    expect(await ranking()).toEqual([
      ['two', 3],
      ['one', 3],
    ]);
  });

  it('is not moved by ten thousand views of one client', async () => {
    await read('two', addresses(5));
    await read('one', addresses(4));
    const before = await ranking();
    for (let index = 0; index < 10_000; index += 1) {
      const client = { address: '198.51.100.1', agent: browser };
      await service.counters.views.record(idOf['one']!, { viewer: { role: 'anyone' }, client, now: service.now });
    }
    await service.counters.views.flush();
    expect(await ranking()).toEqual(before);
  });

  it('of a section has what stands in it and below it', async () => {
    for (const slug of ['one', 'two', 'three']) await read(slug, addresses(3));
    expect(await ranking({ section: 'world' })).toEqual([
      ['two', 3],
      ['one', 3],
    ]);
    expect(await ranking({ section: 'arts' })).toEqual([['three', 3]]);
    expect(await ranking({ section: 'nowhere' })).toEqual([]);
    expect(await ranking({ first: 1 })).toHaveLength(1);
  });

  it('shows a partner what it may have, and the newsroom what readers get', async () => {
    for (const slug of ['one', 'three']) await read(slug, addresses(3));
    const partner = await aPartner(service, 'riac');
    await partner.grant({ sections: ['arts'] });
    expect(await ranking({}, partner.headers)).toEqual([['three', 3]]);
    await service.db.rows(
      sql`update article set status = 'UNPUBLISHED', withdrawn_at = now(), withdrawn_reason = 'x' where slug = 'three'`,
    );
    expect(await ranking({}, partner.headers)).toEqual([]);
    expect(await ranking({}, await service.signIn('editor'))).toEqual([['one', 3]]);
    await service.db.rows(
      sql`update article set status = 'PUBLISHED', withdrawn_at = null, withdrawn_reason = null where slug = 'three'`,
    );
  });

  it.each([0, 101])('of %s pieces is refused', async (first) => {
    const { errors } = await service.query(`{ trending(first: ${first}) { rank } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it(`reads at most ${mostOfSpan} pieces of each half hour, by an index`, async () => {
    const halfHours = 48;
    const pieces = 1500;
    await service.db.rows(sql`
      insert into readership (minutes, begins, article_id, count)
      select 30, ${aMoment.toISOString()}::timestamptz - t * interval '30 minutes', md5(p::text)::uuid, 1 + (p * 7919 + t * 104729) % 997
      from generate_series(0, ${halfHours - 1}::int) t, generate_series(1, ${pieces}::int) p`);
    await service.db.send('analyze readership', []);
    service.asked();
    await ranking();
    const [statement] = service.asked().filter(({ text }) => text.includes('readership'));
    const { scans, rows } = await readingOf(service.db, statement!);
    expect(scans.filter((scan) => scan.includes('Seq Scan readership'))).toEqual([]);
    // Of the pieces themselves, each once by its key.
    expect(rows).toBeLessThanOrEqual(halfHours * (mostOfSpan + 1) + pieces + 100);
  });
});

describe('an answer that is kept', () => {
  it('is made anew after five seconds, and at once when a piece in it is taken back', async () => {
    const kept = await startService({ answers: true, beside: service });
    const slugs = async () =>
      (await kept.query('{ trending { article { slug } } }')).data.trending.map((entry: any) => entry.article.slug);
    await read('one', addresses(3));
    expect(await slugs()).toEqual(['one']);
    await read('two', addresses(4));
    kept.now = new Date(aMoment.getTime() + 4999);
    expect(await slugs()).toEqual(['one']);
    kept.now = new Date(aMoment.getTime() + 5000);
    expect(await slugs()).toEqual(['two', 'one']);
    await service.db.rows(
      sql`update article set status = 'UNPUBLISHED', withdrawn_at = now(), withdrawn_reason = 'x' where slug = 'two'`,
    );
    await kept.answers?.caughtUp();
    expect(await slugs()).toEqual(['one']);
    await service.db.rows(
      sql`update article set status = 'PUBLISHED', withdrawn_at = null, withdrawn_reason = null where slug = 'two'`,
    );
    await kept.answers?.caughtUp();
    expect(await slugs()).toEqual(['two', 'one']);
    await kept.close();
  });

  it('tells caches on the way to keep it no longer', async () => {
    const kept = await startService({ answers: true, beside: service });
    const ask = `/graphql?query=${encodeURIComponent('{ trending { rank } }')}`;
    const response = await kept.request(ask, { headers: { accept: 'application/json' } });
    expect(response.headers.get('cache-control')).toMatch(/^public, max-age=4, s-maxage=4, stale-while-revalidate=0/);
    await kept.close();
  });
});

describe('what is kept of readers', () => {
  const counts = async () => {
    const count = async (table: string) => (await service.db.send(`select 1 from ${table}`, [])).length;
    return [await count('reader_salt'), await count('reader_seen'), await count('readership')];
  };

  it('is their hash, which goes with its half hour and its day; the salt goes with the day', async () => {
    await read('one', addresses(3));
    await openReaders({ db: service.db }).markOf({ address: null, agent: null }, aMoment);
    expect(await counts()).toEqual([1, 6, 3]);
    await forgetReaders(service.db, new Date(aMoment.getTime() + 41 * minute));
    expect(await counts()).toEqual([1, 3, 3]);
    await forgetReaders(service.db, new Date(aMoment.getTime() + 13 * 60 * minute));
    expect(await counts()).toEqual([0, 0, 3]);
    await forgetReaders(service.db, new Date(aMoment.getTime() + 10 * 1440 * minute));
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('says another thing of the same reader on another day', async () => {
    const readers = openReaders({ db: service.db });
    const client = { address: '198.51.100.1', agent: browser };
    const marks = [0, 1, 1440].map((later) => readers.markOf(client, new Date(aMoment.getTime() + later * minute)));
    const [now, soon, tomorrow] = await Promise.all(marks);
    expect(soon).toEqual(now);
    expect(tomorrow?.reader).not.toBe(now?.reader);
    expect(tomorrow?.network).not.toBe(now?.network);
  });

  it('is deleted so much at a time', async () => {
    const views = Array.from({ length: 6000 }, (_, index) => ({
      articleId: idOf['one']!,
      reader: index.toString(16).padStart(32, '0'),
      halfHour: aMoment.getTime(),
    }));
    await addViews(service.db, views, aMoment);
    service.statements();
    await forgetReaders(service.db, new Date(aMoment.getTime() + 13 * 60 * minute));
    // Two for each of the two spans, one for each kind of count, and the salts.
    expect(service.statements()).toHaveLength(8);
    expect((await counts()).slice(1)).toEqual([0, 3]);
  });
});
