import type { ContentRecord } from '../../../src/importing/records.js';
import { sql } from '../../../src/database/sql.js';
import { aPartner } from '../../support/partners.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };

const day = 24 * 60;
const paper: ContentRecord[] = [
  aSection({ slug: 'world', name: 'World' }),
  aSection({ slug: 'asia', name: 'Asia', parent: 'world' }),
  anAuthor({ slug: 'ines', name: 'Inés Óskarsdóttir' }),
  { kind: 'tag', slug: 'harbours', name: 'Harbours' },
  anArticle({ slug: 'headline', headline: 'Lighthouses of the coast', publishedAt: minutesAgo(40) }),
  anArticle({ slug: 'standfirst', headline: 'One', standfirst: 'A lighthouse at sea.', publishedAt: minutesAgo(30) }),
  anArticle({ slug: 'byline', headline: 'Two', authors: [{ name: 'Ann Lighthouse' }], publishedAt: minutesAgo(20) }),
  anArticle({
    slug: 'body',
    headline: 'Three',
    body: '<p>“Lighthouses” <em>&lt;b&gt;burn</em> at night &amp; day.</p>',
    publishedAt: minutesAgo(10),
  }),
  anArticle({ slug: 'old', headline: 'Lanterns', publishedAt: minutesAgo(365 * 6 * day) }),
  anArticle({ slug: 'new', headline: 'Lanterns', publishedAt: minutesAgo(5) }),
  anArticle({
    slug: 'de',
    headline: 'Die Häuser am Fluss',
    language: 'de',
    section: 'asia',
    publishedAt: minutesAgo(9 * day),
  }),
  anArticle({ slug: 'fr', headline: 'Les élections générales', language: 'fr-CA', publishedAt: minutesAgo(8 * day) }),
  anArticle({ slug: 'es', headline: 'Las canciones del año', language: 'es', publishedAt: minutesAgo(7 * day) }),
  anArticle({ slug: 'ru', headline: 'Московские новости', language: 'ru', publishedAt: minutesAgo(6 * day) }),
  anArticle({ slug: 'zh', headline: '金門渡輪時刻表', language: 'zh', publishedAt: minutesAgo(5 * day) }),
  anArticle({
    slug: 'signed',
    headline: 'Nets and/or lines',
    authors: ['ines'],
    tags: ['harbours'],
    section: 'asia',
    publishedAt: minutesAgo(400 * day),
  }),
  anArticle({ slug: 'draft', headline: 'Zirconium found', status: 'DRAFT', publishedAt: null }),
  anArticle({ slug: 'scheduled', headline: 'Promethium found', publishedAt: minutesAgo(-60) }),
  anArticle({ slug: 'withdrawn', headline: 'Quartz found', body: '<p>Quartz.</p>' }),
];

beforeAll(async () => {
  service = await startService();
  await service.load(paper);
  editor = await service.signIn('editor');
}, 60_000);
afterAll(() => service.close());

const SEARCH = `query ($q: String!, $filter: ArticleFilter, $first: Int, $after: String, $orderBy: SearchOrder) {
  search(query: $q, filter: $filter, first: $first, after: $after, orderBy: $orderBy) {
    totalCount correctedQuery isComplete
    edges { cursor node { score snippet article { slug } } }
    facets { counted sections { count section { slug } } authors { count author { slug } } tags { count tag { slug } } years { year count } }
    pageInfo { hasNextPage endCursor }
  }
}`;

async function found(q: string, variables: Record<string, unknown> = {}, headers = {}) {
  const { data, errors } = await service.query(SEARCH, { q, ...variables }, headers);
  expect(errors).toBeUndefined();
  const edges = data.search.edges as { node: { snippet: string; score: number; article: { slug: string } } }[];
  return { ...data.search, slugs: edges.map(({ node }) => node.article.slug), hits: edges.map(({ node }) => node) };
}

it('weighs a headline more than a standfirst, that more than a name, that more than the body', async () => {
  expect((await found('lighthouse')).slugs).toEqual(['headline', 'standfirst', 'byline', 'body']);
});

it('weighs what is new more than what is old, by a score that does not change with the hour', async () => {
  const before = await found('lantern');
  expect(before.slugs).toEqual(['new', 'old']);
  expect(before.hits[0].score - before.hits[1].score).toBeCloseTo((6 * 365) / 730, 3);
  const { now } = service;
  service.now = new Date(now.getTime() + 3_600_000);
  expect((await found('lantern')).hits).toEqual(before.hits);
  service.now = now;
});

it.each([
  ['haus', 'de'],
  ['election', 'fr'],
  ['ELECTIÓNS generales', 'fr'],
  ['cancion', 'es'],
  ['ano', 'es'],
  ['новость', 'ru'],
  ['москва', undefined],
  ['渡輪', 'zh'],
  ['輪渡', undefined],
  ['oskarsdottir', 'signed'],
  ['harbour', 'signed'],
  ['lines', 'signed'],
  ['"nets lines"', undefined],
  ['"burn at night"', 'body'],
  ['"night at burn"', undefined],
  ['night -burning', undefined],
  ['burning or nonesuch', 'body'],
  ['-burning', undefined],
])('%s finds %s first', async (query, slug) => expect((await found(query)).slugs[0]).toBe(slug));

it('marks the words that were found, and leaves no markup of the text', async () => {
  const { hits } = await found('burns lighthouse', { filter: { sections: ['world'] } });
  expect(hits[0].snippet).toBe('“<mark>Lighthouses</mark>” &lt;b&gt;<mark>burn</mark> at night &amp; day.');
});

it('narrows by filters, and counts what there is by section, author, tag and year', async () => {
  const { facets, totalCount, isComplete } = await found('oskarsdottir or haus or lantern');
  expect({ totalCount, isComplete }).toEqual({ totalCount: 4, isComplete: true });
  expect(facets).toEqual({
    counted: 4,
    sections: expect.arrayContaining([
      { count: 4, section: { slug: 'world' } },
      { count: 2, section: { slug: 'asia' } },
    ]),
    authors: [{ count: 1, author: { slug: 'ines' } }],
    tags: [{ count: 1, tag: { slug: 'harbours' } }],
    years: [
      { year: 2026, count: 2 },
      { year: 2025, count: 1 },
      { year: 2020, count: 1 },
    ],
  });
  const slugs = async (filter: object) => (await found('oskarsdottir or haus or lantern', { filter })).slugs.sort();
  expect(await slugs({ sections: ['asia'] })).toEqual(['de', 'signed']);
  expect(await slugs({ authors: ['ines'] })).toEqual(['signed']);
  expect(await slugs({ tags: ['harbours'], language: 'de' })).toEqual([]);
  expect(await slugs({ publishedAfter: minutesAgo(20 * day) })).toEqual(['de', 'new']);
  expect(await slugs({ publishedBefore: minutesAgo(20 * day) })).toEqual(['old', 'signed']);
});

it('says what it searched for when nothing has a word as it was given', async () => {
  const { slugs, correctedQuery } = await found('lightouse -burn');
  expect(slugs).toEqual(['headline', 'standfirst', 'byline']);
  expect(correctedQuery).toMatch(/^lighthouses? -burn$/);
  expect((await found('lighthouse')).correctedQuery).toBeNull();
});

describe('what a viewer may not see', () => {
  const hidden = ['zirconium', 'promethium', 'zirconiun', 'promethiun', 'zirconium or promethium'];

  it.each(hidden)('%s finds nothing, counts nothing, corrects nothing, suggests nothing', async (query) => {
    expect(await found(query)).toMatchObject({
      slugs: [],
      totalCount: 0,
      correctedQuery: null,
      facets: { counted: 0, sections: [], years: [] },
    });
    const { data } = await service.query('query ($q: String!) { suggest(prefix: $q) { text } }', { q: query });
    expect(data.suggest).toEqual([]);
  });

  it('is found by an editor, and by anyone once its moment has come', async () => {
    expect((await found('zirconium or promethium', {}, editor)).slugs.sort()).toEqual(['draft', 'scheduled']);
    const { now } = service;
    service.now = new Date(now.getTime() + 61 * 60_000);
    expect((await found('promethium')).slugs).toEqual(['scheduled']);
    service.now = now;
  });

  it('is nobody’s once it is retracted', async () => {
    expect((await found('quartz')).slugs).toEqual(['withdrawn']);
    await service.db.rows(
      sql`update article set status = 'RETRACTED', withdrawn_at = now(), withdrawn_reason = 'Wrong.' where slug = 'withdrawn'`,
    );
    expect((await found('quartz')).slugs).toEqual([]);
    expect((await found('quartz', {}, editor)).slugs).toEqual([]);
  });
});

describe('words of a body, to a partner that gets teasers', () => {
  const pair = (slug: string, body: string) =>
    anArticle({ slug, headline: 'Ferries', standfirst: 'They sail.', body, publishedAt: minutesAgo(90) });

  it('find nothing, exclude nothing and weigh nothing, as if they were not there', async () => {
    await service.load([
      pair('plain', '<p>On Sundays.</p>'),
      pair('telling', '<p>Ytterbium, says Ferriby, on Sundays too.</p>'),
    ]);
    const partner = await aPartner(service, 'reader');
    const asked = (query: string) => found(query, {}, partner.headers);
    await partner.grant({});
    expect((await asked('ytterbium')).slugs).toEqual(['telling']);
    expect((await asked('ferries -ytterbium')).slugs).toEqual(['plain']);
    const weights = async () =>
      new Set((await asked('ferries or ytterbium')).hits.map(({ score }: { score: number }) => score)).size;
    expect(await weights()).toBe(2);
    expect(await asked('ferriby')).toMatchObject({ slugs: ['telling'], correctedQuery: null });

    await partner.grant({ depth: 'TEASER' });
    expect(await asked('ytterbium')).toMatchObject({ slugs: [], totalCount: 0, facets: { counted: 0, years: [] } });
    const less = await asked('ferries -ytterbium');
    expect(less).toMatchObject({ totalCount: 2, facets: { counted: 2 } });
    expect(JSON.stringify(less)).not.toMatch(/Sundays/);
    expect(await weights()).toBe(1);
    expect(await asked('ferriby')).toMatchObject({ totalCount: 2, correctedQuery: 'ferries' });
  });
});

it('knows a name from the moment it is changed, beside the one that was printed', async () => {
  expect((await found('quays')).slugs).toEqual([]);
  await service.db.rows(sql`update tag set name = 'Quays' where slug = 'harbours'`);
  await service.db.rows(sql`update author set name = 'Inés Nightingale' where slug = 'ines'`);
  expect((await found('quays')).slugs).toEqual(['signed']);
  expect((await found('nightingale')).slugs).toEqual(['signed']);
  expect((await found('oskarsdottir')).slugs).toEqual(['signed']);
});

it.each([
  ['lant', ['Lanterns', 'Lanterns']],
  ['gen', ['Les élections générales']],
  ['ines nig', ['Inés Nightingale']],
  ['élections gé', ['Les élections générales']],
  ['asi', ['Asia']],
  ['l', []],
  ['qua', ['Quays']],
  ['金', []],
  ['金門', ['金門渡輪時刻表']],
])('suggests for %s', async (prefix, texts) => {
  const { data, errors } = await service.query('query ($q: String!) { suggest(prefix: $q) { text node { id } } }', {
    q: prefix,
  });
  expect(errors).toBeUndefined();
  expect(data.suggest.map(({ text }: { text: string }) => text)).toEqual(texts);
  expect(data.suggest.every(({ node }: { node: unknown }) => node !== null)).toBe(true);
});

const hostile = [
  '',
  ' ',
  '"',
  '"""',
  "'",
  "' OR 1=1 --",
  '<->',
  '& | ! <-> :*',
  '()',
  '-',
  '--',
  'or',
  'or or or',
  '\\',
  '%',
  '_',
  ':*',
  "a':*",
  '😀',
  '👨‍👩‍👧‍👦'.repeat(20),
  '\ud800',
  '\u202eabc',
  '<b>lighthouse</b>',
  '{}',
  '$1',
  '(a+)+$',
  'x'.repeat(300),
  'a '.repeat(150),
  '"a" '.repeat(75),
  '-a '.repeat(100),
  '金'.repeat(300),
  'the of and',
  'http://example.org/a?b=c',
  'user@example.org',
];

it.each(hostile)('%j is answered, by search and by suggest', async (query) => {
  const { errors, data } = await service.query(
    'query ($q: String!) { search(query: $q) { totalCount nodes { snippet } facets { counted } } suggest(prefix: $q) { text } }',
    { q: query },
  );
  expect(errors).toBeUndefined();
  expect(data.search.totalCount).toBeGreaterThanOrEqual(0);
});

it('refuses what is longer than a query may be, and a character that no database keeps', async () => {
  for (const field of ['search(query: $q) { totalCount }', 'suggest(prefix: $q) { text }']) {
    const { errors } = await service.query(`query ($q: String!) { ${field} }`, { q: 'x'.repeat(301) });
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    const nul = await service.query(`query ($q: String!) { ${field} }`, { q: 'ab\0cd' });
    expect(nul.errors?.[0]?.extensions?.['code'] ?? 'answered').toMatch(/BAD_USER_INPUT|answered/);
  }
});

const cursor = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
const id = '00000000-0000-7000-8000-000000000000';
it.each([
  ['nonsense', 'x'],
  ['of another list', cursor(['articles:PUBLISHED_AT_DESC', 1, id])],
  ['of another order', cursor(['search:PUBLISHED_AT_DESC', 1, id, null, null])],
  ['without its parts', cursor(['search:RELEVANCE', 1, id])],
  ['with a text for a score', cursor(['search:RELEVANCE', '1', id, null, null])],
  ['with a floor that is none', cursor(['search:RELEVANCE', 1, id, [1], null])],
  ['with a floor of something else', cursor(['search:RELEVANCE', 1, id, ['x', id], null])],
  ['with words that are too long', cursor(['search:RELEVANCE', 1, id, null, 'x'.repeat(301)])],
])('refuses a cursor %s', async (_name, after) => {
  const { errors } = await service.query(SEARCH, { q: 'lighthouse', after });
  expect(errors?.[0]?.extensions?.['code']).toBe('BAD_CURSOR');
});

it.each(['RELEVANCE', 'PUBLISHED_AT_DESC'])('pages through by %s, each piece once', async (orderBy) => {
  const whole = await found('lightouse', { orderBy });
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof found>> = await found('lightouse', { orderBy, first: 1, after });
    seen.push(...page.slugs);
    expect(page).toMatchObject({ totalCount: 4, correctedQuery: whole.correctedQuery });
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(seen).toEqual(whole.slugs);
});
