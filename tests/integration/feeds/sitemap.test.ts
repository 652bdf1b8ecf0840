import { sql } from '../../../src/database/sql.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { all, only, parsedXml } from '../../support/xml.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection(),
    anArticle({
      slug: 'new',
      headline: 'Salt & “light”',
      publishedAt: minutesAgo(60),
      updatedAt: minutesAgo(30),
      language: 'pt-BR',
    }),
    anArticle({ slug: 'moved-up', publishedAt: minutesAgo(90), firstPublishedAt: minutesAgo(5 * 1440) }),
    anArticle({ slug: 'in-taiwan', publishedAt: minutesAgo(100), language: 'zh-Hant' }),
    anArticle({ slug: 'old', publishedAt: minutesAgo(3 * 1440), updatedAt: minutesAgo(2.5 * 1440) }),
    anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
    anArticle({ slug: 'later', status: 'SCHEDULED', publishedAt: minutesAgo(-0.5), updatedAt: minutesAgo(500) }),
    anArticle({ slug: 'gone', status: 'RETRACTED', publishedAt: minutesAgo(70), reason: 'Wrong.' }),
  ]);
}, 120_000);
beforeEach(() => {
  service.now = aMoment;
});
afterAll(() => service.close());

const read = async (path: string) => parsedXml(await (await service.request(path)).text());
const rowsOf = async (path: string, item: string) =>
  all(await read(path), item).map((row) => [only(row, 'loc').text, only(row, 'lastmod').text]);
const slugsIn = async (path: string) =>
  all(await read(path), 'url').map((url) => only(url, 'loc').text.split('/').at(-2));

it('the index names the parts, each with its newest change', async () => {
  expect(await rowsOf('/sitemap.xml', 'sitemap')).toEqual([
    ['https://news.example/sitemap-1.xml', '2026-06-15T11:30:00.000Z'],
  ]);
});

it('a part holds what readers can read, oldest first, each with its own change', async () => {
  expect(await rowsOf('/sitemap-1.xml', 'url')).toEqual([
    ['https://news.example/2026/06/12/old/', '2026-06-13T00:00:00.000Z'],
    ['https://news.example/2026/06/15/in-taiwan/', minutesAgo(100)],
    ['https://news.example/2026/06/10/moved-up/', minutesAgo(90)],
    ['https://news.example/2026/06/15/new/', minutesAgo(30)],
  ]);
});

it('a part changed when a piece left it, too', async () => {
  const [before] = await rowsOf('/sitemap.xml', 'sitemap');
  await service.db.rows(sql`
    update article set status = 'UNPUBLISHED', withdrawn_at = ${minutesAgo(1)}::timestamptz, withdrawn_reason = 'Later.' where slug = 'in-taiwan'`);
  const [after] = await rowsOf('/sitemap.xml', 'sitemap');
  await service.db.rows(
    sql`update article set status = 'PUBLISHED', withdrawn_at = null, withdrawn_reason = null where slug = 'in-taiwan'`,
  );
  expect([before, after].map((row) => row?.[1])).toEqual([minutesAgo(30), minutesAgo(1)]);
});

it('a part in which nothing is readable is none', async () => {
  await service.db.rows(sql`update article set serial = serial + 20000 where status <> 'PUBLISHED'`);
  expect((await rowsOf('/sitemap.xml', 'sitemap')).length).toBe(1);
  expect((await service.request('/sitemap-3.xml')).status).toBe(404);
  await service.db.rows(sql`update article set serial = serial - 20000 where status <> 'PUBLISHED'`);
});

it('a scheduled piece changed when it appeared, and no cache hides it then', async () => {
  expect((await service.request('/sitemap-1.xml')).headers.get('cache-control')).toBe(
    'public, max-age=29, stale-if-error=3600',
  );
  service.now = new Date(aMoment.getTime() + 30_000);
  const rows = await rowsOf('/sitemap-1.xml', 'url');
  expect(rows.at(-1)).toEqual(['https://news.example/2026/06/15/later/', minutesAgo(-0.5)]);
  expect(await slugsIn('/sitemap-news.xml')).toContain('later');
});

it('the news map holds what was first published in two days', async () => {
  const urls = all(await read('/sitemap-news.xml'), 'url');
  expect(urls.map((url) => only(url, 'loc').text)).toEqual([
    'https://news.example/2026/06/15/new/',
    'https://news.example/2026/06/15/in-taiwan/',
  ]);
  const [first, second] = urls.map((url) => only(url, 'news:news'));
  if (!first || !second) throw new Error('two are missing');
  expect(only(first, 'news:title').text).toBe('Salt & “light”');
  expect(only(first, 'news:publication_date').text).toBe(minutesAgo(60));
  expect(only(first, 'news:publication').children.map(({ text }) => text)).toEqual(['The Test', 'pt']);
  expect(only(only(second, 'news:publication'), 'news:language').text).toBe('zh-tw');
});

it('a map is 304 for who has it, and 404 where there is no such part', async () => {
  const etag = (await service.request('/sitemap.xml')).headers.get('etag') ?? '';
  expect((await service.request('/sitemap.xml', { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await service.request('/sitemap-2.xml')).status).toBe(404);
  expect((await service.request('/sitemap-0.xml')).status).toBe(404);
});

it('robots are told where the maps are', async () => {
  const text = await (await service.request('/robots.txt')).text();
  expect(text).toContain('Sitemap: https://news.example/sitemap.xml\n');
  expect(text).toContain('Sitemap: https://news.example/sitemap-news.xml\n');
});

it('more pieces than one map may hold make a second part, and the news map stops at 1,000', async () => {
  await service.db.transaction(
    async (tx) => {
      await tx.rows(sql`
        insert into article (id, slug, path, headline, section_id, language, status, published_at, first_published_at, updated_at)
        select gen_random_uuid(), 'many-' || n, '/many/' || n || '/', 'Many', (select id from section), 'en', 'PUBLISHED', at, at, at
        from generate_series(1, 9997) n
        cross join lateral (select ${aMoment.toISOString()}::timestamptz - n * interval '100 s' as at) x`);
      await tx.rows(sql`
        insert into article_revision (article_id, number, headline, html, tree, word_count, opening, details)
        select id, 1, headline, '', '{"type":"root","children":[]}', 0, '', '{}' from article where slug like 'many-%'`);
    },
    { timeoutMs: 60_000 },
  );
  expect((await rowsOf('/sitemap.xml', 'sitemap')).map(([address]) => address)).toEqual([
    'https://news.example/sitemap-1.xml',
    'https://news.example/sitemap-2.xml',
  ]);
  // Of the first 10,000 that were begun, three are nothing that readers can read.
  const [first, second] = [await slugsIn('/sitemap-1.xml'), await slugsIn('/sitemap-2.xml')];
  expect([first.length, second]).toEqual([9997, ['9997', '9996', '9995', '9994']]);
  expect(new Set([...first, ...second]).size).toBe(10_001);
  // Of 1,728 in two days, the newest thousand; one of them was first published long before.
  expect((await slugsIn('/sitemap-news.xml')).length).toBe(999);
}, 120_000);
