import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { sql } from '../../../src/database/sql.js';
import { anArticle, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { extensions, idOf, idsIn, paper } from './paper.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.load(paper);
}, 120_000);
beforeEach(() => {
  service.now = aMoment;
});
afterAll(() => service.close());

const get = (path: string, headers: Record<string, string> = {}) => service.request(path, { headers });

describe('a feed', () => {
  it.each(extensions)('in %s holds what the graph shows, in its order', async (extension) => {
    const { data } = await service.query('{ latestFeed { entries(first: 100) { nodes { article { slug } } } } }');
    const slugs = (
      data as { latestFeed: { entries: { nodes: { article: { slug: string } }[] } } }
    ).latestFeed.entries.nodes.map(({ article }) => article.slug);
    const ids = await Promise.all(slugs.map((slug) => idOf(service, slug)));
    const body = await (await get(`/feeds/latest.${extension}?limit=100`)).text();
    expect(slugs).toEqual(['rich', 'plain', 'unsigned', 'name-alone']);
    expect(idsIn(extension, body)).toEqual(ids);
    expect(body).not.toContain('Secret');
  });

  it.each([
    ['sections/world', ['rich', 'plain', 'unsigned', 'name-alone']],
    ['sections/east-asia', ['rich']],
    ['authors/anna-kolotova', ['rich', 'plain']],
    ['authors/pia-lens', ['rich']],
    ['tags/trade', ['rich', 'plain']],
  ])('of %s holds its own pieces, and hides what the graph hides', async (feed, slugs) => {
    const ids = await Promise.all(slugs.map((slug) => idOf(service, slug)));
    for (const extension of extensions) {
      const body = await (await get(`/feeds/${feed}.${extension}`)).text();
      expect(idsIn(extension, body)).toEqual(ids);
      expect(body).not.toContain('Secret');
    }
  });

  it('keeps its ids when slugs, addresses and headlines change', async () => {
    const before = idsIn('atom', await (await get('/feeds/latest.atom')).text());
    await service.db.rows(
      sql`update article set slug = 'plainer', path = '/plainer/', headline = 'Plainer' where slug = 'plain'`,
    );
    const after = await (await get('/feeds/latest.atom')).text();
    expect(after).toContain('https://news.example/plainer/');
    expect(idsIn('atom', after)).toEqual(before);
  });

  it('says in RSS and Atom that its language is that of the paper, and in a piece where it is another', async () => {
    expect(await (await get('/feeds/latest.atom')).text()).toMatch(/<feed [^>]*xml:lang="en">.*<entry xml:lang="fr">/);
    expect(await (await get('/feeds/latest.rss')).text()).toContain('<dc:language>fr</dc:language>');
  });

  it('links in its head to its neighbours and to itself in other formats', async () => {
    const link = (await get('/feeds/tags/trade.rss?limit=1')).headers.get('link') ?? '';
    expect(link).toContain('<https://news.example/feeds/tags/trade.rss?limit=1>; rel="self"');
    expect(link).toMatch(/<https:\/\/news\.example\/feeds\/tags\/trade\.rss\?limit=1&after=[\w-]+>; rel="next"/);
    expect(link).toContain('<https://news.example/tag/trade/>; rel="alternate"; type="text/html"');
    expect(link).toContain(
      '<https://news.example/feeds/tags/trade.json>; rel="alternate"; type="application/feed+json"',
    );
  });

  it('never takes its addresses from the request', async () => {
    const text = await (
      await service.app(new Request('https://evil.example/feeds/latest.json', { headers: { host: 'evil.example' } }))
    ).text();
    expect(text).not.toContain('evil.example');
  });
});

describe('paging', () => {
  const nextIn = (body: string) => (JSON.parse(body) as { next_url?: string }).next_url;

  it('by next goes through everything once, though the piece at the border goes', async () => {
    const all = idsIn('json', await (await get('/feeds/latest.json')).text());
    const seen: string[] = [];
    const pages = new Set<string>();
    let address: string | undefined = 'https://news.example/feeds/latest.json?limit=1';
    while (address) {
      expect(pages.has(address)).toBe(false);
      pages.add(address);
      const body = await (await get(address)).text();
      seen.push(...idsIn('json', body));
      address = nextIn(body);
      if (seen.length === 1)
        await service.db.rows(sql`update article set status = 'DRAFT' where id = ${seen[0]}::uuid`);
    }
    await service.db.rows(sql`update article set status = 'PUBLISHED' where id = ${seen[0]}::uuid`);
    expect(seen).toEqual(all);
  });

  it('leads back by previous to what stands before', async () => {
    const first = await (await get('/feeds/latest.atom?limit=2')).text();
    const hrefOf = (rel: string, body: string) =>
      new RegExp(`rel="${rel}"[^>]*href="([^"]+)"`).exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(hrefOf('previous', first)).toBe('');
    const second = await (await get(hrefOf('next', first))).text();
    expect(idsIn('atom', second)).toHaveLength(2);
    expect(idsIn('atom', await (await get(hrefOf('previous', second))).text())).toEqual(idsIn('atom', first));
    expect(hrefOf('first', second)).toBe('https://news.example/feeds/latest.atom?limit=2');
  });

  it('takes the cursors of the graph', async () => {
    const { data } = await service.query('{ latestFeed { entries(first: 1) { edges { cursor } } } }');
    const { cursor } = (data as { latestFeed: { entries: { edges: { cursor: string }[] } } }).latestFeed.entries
      .edges[0] ?? { cursor: '' };
    const rest = idsIn('rss', await (await get(`/feeds/latest.rss?after=${cursor}`)).text());
    expect(rest).toEqual(idsIn('rss', await (await get('/feeds/latest.rss')).text()).slice(1));
  });

  it.each([
    ['limit=0', '`limit` is “0”; it must be a number from 1 to 100.'],
    ['limit=101', '`limit` is “101”; it must be a number from 1 to 100.'],
    ['limit=ten', '`limit` is “ten”; it must be a number from 1 to 100.'],
    ['content=all', '`content` is “all”; it must be full or teaser.'],
    [
      'after=x',
      'This cursor does not belong to this list. Use a cursor from the same field with the same order, or none.',
    ],
    ['after=x&before=y', 'Both `after` and `before` are given; use one of them.'],
  ])('with %s is refused with what would be right', async (query, message) => {
    const response = await get(`/feeds/latest.rss?${query}`);
    expect([response.status, await response.text()]).toEqual([400, `${message}\n`]);
  });
});

describe('over HTTP', () => {
  it.each([
    ['rss', 'application/rss+xml; charset=utf-8'],
    ['atom', 'application/atom+xml; charset=utf-8'],
    ['json', 'application/feed+json'],
    ['ninjs', 'application/json'],
  ])('%s is sent as %s', async (extension, type) => {
    const { headers } = await get(`/feeds/latest.${extension}`);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('vary')).toBe('Accept-Encoding');
  });

  it('answers 304 to who has it, by tag or by date', async () => {
    const { headers } = await get('/feeds/latest.rss');
    const [etag, date] = [headers.get('etag') ?? '', headers.get('last-modified') ?? ''];
    expect(date).toBe('Mon, 15 Jun 2026 11:55:00 GMT');
    const fresh = await get('/feeds/latest.rss', { 'if-none-match': etag });
    expect([fresh.status, await fresh.text(), fresh.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get('/feeds/latest.rss', { 'if-modified-since': date })).status).toBe(304);
    expect((await get('/feeds/latest.rss', { 'if-modified-since': date, 'if-none-match': '"other"' })).status).toBe(
      200,
    );
  });

  it('has the same tag at another moment, and another tag for other content', async () => {
    const tagAt = async (path: string) => (await get(path)).headers.get('etag');
    const before = await tagAt('/feeds/latest.atom');
    service.now = new Date(aMoment.getTime() + 10_000);
    expect(await tagAt('/feeds/latest.atom')).toBe(before);
    expect(await tagAt('/feeds/latest.atom?limit=1')).not.toBe(before);
  });

  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('is compressed with %s, under a tag of its own', async (coding, undo) => {
    const plain = await get('/feeds/latest.json');
    const response = await get('/feeds/latest.json', { 'accept-encoding': coding });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(response.headers.get('etag')).toBe(plain.headers.get('etag')?.replace(/"$/, `-${coding}"`));
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(undo(bytes).toString()).toBe(await plain.text());
  });

  it('answers HEAD with the head of GET', async () => {
    const [head, whole] = [
      await service.request('/feeds/latest.rss', { method: 'HEAD' }),
      await get('/feeds/latest.rss'),
    ];
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'link'])
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
  });

  it('is kept by caches no longer than until the next piece appears in it', async () => {
    const lifeOf = async (feed: string) => (await get(`/feeds/${feed}.rss`)).headers.get('cache-control');
    for (const feed of ['latest', 'sections/world', 'sections/east-asia', 'authors/anna-kolotova', 'tags/trade']) {
      expect(await lifeOf(feed)).toBe('public, max-age=29, stale-if-error=3600');
    }
    expect(await lifeOf('tags/ports')).toBe('public, max-age=60, stale-if-error=3600');
    service.now = new Date(aMoment.getTime() + 30_000);
    expect(await lifeOf('latest')).toBe('public, max-age=60, stale-if-error=3600');
    expect(await (await get('/feeds/latest.rss')).text()).toContain('Secret later');
  });

  it('follows a section, author or tag to its present slug', async () => {
    await service.db.rows(sql`
      with renamed as (update tag set slug = 'harbours' where slug = 'ports' returning id)
      insert into old_address (path, tag_id) select '/tag/ports/', id from renamed`);
    const response = await get('/feeds/tags/ports.json?limit=5');
    expect([response.status, response.headers.get('location')]).toEqual([
      301,
      'https://news.example/feeds/tags/harbours.json?limit=5',
    ]);
  });

  it.each([
    '/feeds/latest',
    '/feeds/latest.xml',
    '/feeds/sections/none.rss',
    '/feeds/tags/%00.rss',
    '/feeds/tags/%c0%ae.rss',
    '/feeds/tags/a/b.rss',
    '/feeds/partners/riac.rss',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('refuses to be written to', async () => {
    const response = await service.request('/feeds/latest.rss', { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is what the graph says of the publication', async () => {
    const { data } = await service.query('{ publication { feeds { url mediaType } } }');
    for (const { url, mediaType } of (data as { publication: { feeds: { url: string; mediaType: string }[] } })
      .publication.feeds) {
      const response = await get(url);
      expect(response.headers.get('content-type')?.startsWith(mediaType)).toBe(true);
    }
  });
});

it('a feed costs the same number of statements for two entries as for a hundred', async () => {
  const more = Array.from({ length: 100 }, (_, index) =>
    anArticle({
      section: index % 2 === 0 ? 'world' : 'east-asia',
      authors: ['anna-kolotova', { name: `Guest ${index}` }],
      tags: ['trade'],
      partner: 'riac',
      leadImage: { url: `https://img.example/${index}.png`, alt: '', caption: null, credit: null },
      publishedAt: minutesAgo(1000 + index),
    }),
  );
  await service.load(more);
  const costOf = async (path: string) => {
    service.statements();
    const body = await (await get(path)).text();
    return [idsIn('ninjs', body).length, service.statements().length];
  };
  for (const feed of ['latest', 'sections/world', 'authors/anna-kolotova', 'tags/trade']) {
    const [, cost = 0] = await costOf(`/feeds/${feed}.ninjs?limit=2`);
    expect(await costOf(`/feeds/${feed}.ninjs?limit=100`)).toEqual([100, cost]);
    expect(cost).toBeLessThanOrEqual(13);
  }
}, 60_000);
