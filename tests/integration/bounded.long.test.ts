import { type Sql, sql } from '../../src/database/sql.js';
import { fillArchive } from '../support/archive.js';
import { type Reading, readingOf } from '../../src/database/explain.js';
import { aPartner } from '../support/partners.js';
import { aMoment, startService, type TestService } from '../support/service.js';

const articles = 20_000;
const large = 15_000;

/** Rows and pages that a page of 20 may cost, at any size of archive. */
const most = { rows: 500, pages: 1500 };

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await fillArchive(service.db, { articles, large });
}, 120_000);
afterAll(() => service.close());

/** The statements that a document asks, each with what it reads. */
async function readingsOf(
  document: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<{ statement: Sql; reading: Reading }[]> {
  return readingsBy(async () => {
    const { errors } = await service.query(document, variables, headers);
    expect(errors).toBeUndefined();
  });
}

async function readingsBy(ask: () => Promise<unknown>): Promise<{ statement: Sql; reading: Reading }[]> {
  service.asked();
  await ask();
  const readings: { statement: Sql; reading: Reading }[] = [];
  for (const statement of service.asked())
    readings.push({ statement, reading: await readingOf(service.db, statement) });
  return readings;
}

async function expectBounded(
  document: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<void> {
  const readings = await readingsOf(document, variables, headers);
  expect(readings.length).toBeGreaterThan(0);
  const beyond = readings.filter(({ reading }) => reading.rows > most.rows || reading.pages > most.pages);
  expect(beyond.map(({ statement, reading }) => ({ ...reading, text: statement.text }))).toEqual([]);
}

const page = '{ nodes { slug } pageInfo { endCursor hasNextPage } }';

const lists: [string, (args: string) => string][] = [
  ['the whole paper', (args) => `articles(${args}) ${page}`],
  ['the whole paper, oldest first', (args) => `articles(orderBy: PUBLISHED_AT_ASC, ${args}) ${page}`],
  ['the whole paper, last changed first', (args) => `articles(orderBy: UPDATED_AT_DESC, ${args}) ${page}`],
  ['a section by filter', (args) => `articles(filter: { sections: ["big"] }, ${args}) ${page}`],
  [
    'a section, last changed first',
    (args) => `articles(filter: { sections: ["big"] }, orderBy: UPDATED_AT_DESC, ${args}) ${page}`,
  ],
  ['an author by filter', (args) => `articles(filter: { authors: ["big"] }, ${args}) ${page}`],
  [
    'an author, last changed first',
    (args) => `articles(filter: { authors: ["big"] }, orderBy: UPDATED_AT_DESC, ${args}) ${page}`,
  ],
  [
    'an author, oldest first',
    (args) => `articles(filter: { authors: ["big"] }, orderBy: PUBLISHED_AT_ASC, ${args}) ${page}`,
  ],
  ['a tag by filter', (args) => `articles(filter: { tags: ["big"] }, ${args}) ${page}`],
  [
    'a tag, last changed first',
    (args) => `articles(filter: { tags: ["big"] }, orderBy: UPDATED_AT_DESC, ${args}) ${page}`,
  ],
  ['a partner by filter', (args) => `articles(filter: { partners: ["big"] }, ${args}) ${page}`],
  ['a language', (args) => `articles(filter: { language: "fr" }, ${args}) ${page}`],
  [
    'two sections and two authors',
    (args) => `articles(filter: { authors: ["big", "author-1"], sections: ["big", "section-1"] }, ${args}) ${page}`,
  ],
  ['an author on a tag', (args) => `articles(filter: { authors: ["big"], tags: ["big"] }, ${args}) ${page}`],
  ['an author in a language', (args) => `articles(filter: { authors: ["big"], language: "fr" }, ${args}) ${page}`],
  ['a section in a language', (args) => `articles(filter: { sections: ["big"], language: "fr" }, ${args}) ${page}`],
  [
    'a partner, last changed first',
    (args) => `articles(filter: { partners: ["big"] }, orderBy: UPDATED_AT_DESC, ${args}) ${page}`,
  ],
  [
    'a language, last changed first',
    (args) => `articles(filter: { language: "fr" }, orderBy: UPDATED_AT_DESC, ${args}) ${page}`,
  ],
  ['Section.articles', (args) => `section(by: { slug: "big" }) { articles(${args}) ${page} }`],
  ['Author.articles', (args) => `author(by: { slug: "big" }) { articles(${args}) ${page} }`],
  ['Tag.articles', (args) => `tag(by: { slug: "big" }) { articles(${args}) ${page} }`],
  ['Partner.articles', (args) => `partner(by: { slug: "big" }) { articles(${args}) ${page} }`],
  ['Collection.articles', (args) => `collection(by: { slug: "big" }) { articles(${args}) ${page} }`],
  [
    'the latest feed',
    (args) => `latestFeed { updatedAt entries(${args}) { nodes { headline } pageInfo { endCursor } } }`,
  ],
  [
    'the latest feed of a section',
    (args) => `latestFeed(sections: ["big"]) { entries(${args}) { nodes { headline } pageInfo { endCursor } } }`,
  ],
  [
    'comments',
    (args) =>
      `article(by: { slug: "piece-${articles - 1}" }) { comments(${args}) { nodes { text } pageInfo { endCursor } } }`,
  ],
  ['authors', (args) => `authors(${args}) ${page}`],
];

describe.each(lists)('a page of %s', (_name, list) => {
  it('reads about as many rows as it shows, whoever asks', async () => {
    for (const headers of [{}, await service.signIn('contributor'), await service.signIn('editor')])
      await expectBounded(`{ ${list('first: 20')} }`, {}, headers);
  });

  it('reads as few deep in the archive', async () => {
    // Eight pages of a hundred down, where a list that counts rows from its beginning has read 800 of them.
    let cursor: string | null = null;
    for (let step = 0; step < 8; step += 1) {
      const { data } = await service.query(`query ($after: String) { ${list('first: 100, after: $after')} }`, {
        after: cursor,
      });
      cursor = endCursorIn(data) ?? cursor;
    }
    await expectBounded(`query ($after: String) { ${list('first: 20, after: $after')} }`, { after: cursor });
  });
});

describe('a database that takes each section, partner, author and tag for half of the archive', () => {
  // Then the whole paper in order of time, with the rest thrown away, looks as near as the list of one of them.
  const owners = ['article.section_id', 'article.partner_id', 'byline.author_id', 'article_tag.tag_id'];
  const believe = async (change: string) => {
    for (const owner of owners) {
      const [table, column] = owner.split('.');
      await service.db.prisma.$executeRawUnsafe(`alter table ${table} alter ${column} ${change}`);
    }
    await service.db.rows(sql`analyze`);
  };
  beforeAll(() => believe('set (n_distinct = 2)'), 60_000);
  afterAll(() => believe('reset (n_distinct)'), 60_000);

  it.each(lists)('reads about as many rows of %s as it shows', async (_name, list) => {
    for (const headers of [{}, await service.signIn('contributor'), await service.signIn('editor')])
      await expectBounded(`{ ${list('first: 20')} }`, {}, headers);
  });

  it('reads one piece on each side', () =>
    expectBounded('{ article(by: { slug: "piece-10000" }) { next { slug } previous { slug } related { slug } } }'));
});

function endCursorIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null;
  if ('endCursor' in data) return data.endCursor as string | null;
  for (const part of Object.values(data)) {
    const found = endCursorIn(part);
    if (found !== null) return found;
  }
  return null;
}

it.each([
  'author(by: { slug: "big" })',
  'section(by: { slug: "big" })',
  'tag(by: { slug: "big" })',
  'partner(by: { slug: "big" })',
])('the last page of %s is as near as the first', (field) =>
  expectBounded(`{ ${field} { articles(last: 20) { nodes { slug } } } }`),
);

describe('a count', () => {
  const owners = ['author', 'section', 'tag', 'partner'];
  const counts: [string, string][] = [
    ['of the whole paper', '{ articles { totalCount } }'],
    ['of the latest feed', '{ latestFeed { entries { totalCount } } }'],
    ...owners.flatMap((owner): [string, string][] => [
      [`of ${owner}`, `{ ${owner}(by: { slug: "big" }) { articles { totalCount } } }`],
      [`of ${owner} by filter`, `{ articles(filter: { ${owner}s: ["big"] }) { totalCount } }`],
    ]),
    ['beside the name of an author', '{ author(by: { slug: "big" }) { articleCount } }'],
    ['beside the name of a section', '{ section(by: { slug: "big" }) { articleCount } }'],
  ];

  it.each(counts)('%s reads no piece, whoever asks', async (_name, document) => {
    for (const headers of [{}, await service.signIn('contributor'), await service.signIn('editor')])
      await expectBounded(document, {}, headers);
  });

  it('beside each of a hundred names costs a few pages each, and no piece', async () => {
    const readings = await readingsOf('{ sections { articleCount } authors(first: 50) { nodes { articleCount } } }');
    const beyond = readings.filter(
      ({ reading: { pages, scans } }) =>
        pages > 10 * 51 || scans.some((scan) => / (article|byline) /.test(scan) && Number.parseFloat(scan) > 10),
    );
    expect(beyond.map(({ statement, reading }) => ({ ...reading, text: statement.text }))).toEqual([]);
  });

  it('of one standing, for editors, neither', async () => {
    const headers = await service.signIn('editor');
    for (const status of ['PUBLISHED', 'SCHEDULED', 'DRAFT'])
      await expectBounded(
        `{ articles(filter: { sections: ["big"], status: [${status}] }) { totalCount } }`,
        {},
        headers,
      );
  });

  it('is right', async () => {
    const { data } = await service.query(
      '{ articles { totalCount } author(by: { slug: "big" }) { articleCount articles { totalCount } } }',
    );
    // One in ten thousand is scheduled; both are by `big`.
    expect(data).toEqual({
      articles: { totalCount: articles - 2 },
      author: { articleCount: large - 2, articles: { totalCount: large - 2 } },
    });
  });
});

it.each(['piece-1', `piece-${articles / 2}`, `piece-${articles - 1}`])(
  'what surrounds %s is found without reading the archive',
  async (slug) => {
    for (const field of [
      'next',
      'next(within: EVERYWHERE)',
      'previous',
      'previous(within: EVERYWHERE)',
      'related(first: 20)',
    ]) {
      await expectBounded(`query ($slug: String!) { article(by: { slug: $slug }) { ${field} { slug } } }`, { slug });
    }
  },
);

it('fronts of all fifty sections read five pieces and one for each', async () => {
  const readings = await readingsOf('{ sections { articles(first: 5) { nodes { slug } } } }');
  const ofArticles = readings.flatMap(({ reading }) => reading.scans.filter((scan) => / article( |$)/.test(scan)));
  const rows = ofArticles.map((scan) => Number.parseInt(scan, 10));
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(51 * 6);
});

it('newerThan stops counting at a hundred', async () => {
  const { data } = await service.query(
    '{ articles(last: 1) { nodes { id } } latestFeed { entries(last: 1) { pageInfo { startCursor } } } }',
  );
  const cursor = data.latestFeed.entries.pageInfo.startCursor;
  const ask = 'query ($cursor: String!) { latestFeed { newerThan(cursor: $cursor) } }';
  expect((await service.query(ask, { cursor })).data.latestFeed.newerThan).toBe(100);
  await expectBounded(ask, { cursor });
});

describe('the sitemap', () => {
  const rowsRead = async (path: string, headers = {}) => {
    const readings = await readingsBy(async () => {
      expect((await service.request(path, { headers })).status).toBe(200);
    });
    return readings.reduce((sum, { reading }) => sum + reading.rows, 0);
  };

  it('has an index that reads as few rows as it has parts, for a partner too', async () => {
    const partner = await aPartner(service, 'mapped');
    await partner.grant({ tags: ['tag-7'] });
    for (const headers of [{}, partner.headers]) {
      const rows = await rowsRead('/sitemap.xml', headers);
      expect([rows, rows >= 2, rows < 50]).toEqual([rows, true, true]);
    }
  });

  it.each([1, 2])('has a part %s that reads its own pieces', async (part) => {
    const rows = await rowsRead(`/sitemap-${part}.xml`);
    expect([rows, rows >= 9_900, rows < 10_050]).toEqual([rows, true, true]);
  });
});

describe('a feed, of an archive of which much was withdrawn long ago', () => {
  const now = new Date(aMoment.getTime() + 60 * 86_400_000);
  beforeAll(async () => {
    await service.db.rows(sql`
      update article set status = 'UNPUBLISHED', withdrawn_at = ordered_at + interval '1 hour', withdrawn_reason = 'Old.'
      where substr(slug, 7)::int % 7 = 5`);
    await service.db.rows(sql`analyze`);
    service.now = now;
  }, 120_000);
  afterAll(() => {
    service.now = aMoment;
  });

  it.each([
    'latest',
    'sections/big',
    'sections/section-7',
    'authors/big',
    'authors/author-7',
    'tags/big',
    'tags/tag-7',
  ])('%s tells of withdrawals without reading them all, at its head and deep in the archive', async (feed) => {
    let path = `/feeds/${feed}.json`;
    for (let page = 0; page < 3; page += 1) {
      let shown = { items: [] as unknown[], next_url: '', _dateline: { deleted: [] as unknown[] } };
      const readings = await readingsBy(async () => {
        shown = (await (await service.request(path)).json()) as typeof shown;
      });
      expect(shown.items).toHaveLength(20);
      const told = shown._dateline.deleted.length;
      expect([page, told > 0 && told < 10]).toEqual([page, true]);
      const beyond = readings.filter(({ reading }) => reading.rows > most.rows);
      expect(beyond.map(({ reading, statement }) => ({ page, ...reading, text: statement.text }))).toEqual([]);
      path = shown.next_url.replace(/^https?:\/\/[^/]+/, '');
    }
  });
});

describe('the measure', () => {
  it('sees a statement that reads the archive to show twenty rows', async () => {
    const bad = [
      sql`select slug from article order by headline limit ${20}`,
      sql`select slug from article where status = 'PUBLISHED' and headline like ${'%9999'} limit ${20}`,
      sql`select a.slug from byline b join article a on a.id = b.article_id join author u on u.id = b.author_id
        where u.slug = ${'big'} order by a.published_at desc, a.id desc limit ${20}`,
      sql`select slug from article where status = 'PUBLISHED' order by ordered_at desc, id desc offset ${10_000} limit ${20}`,
    ];
    for (const statement of bad) expect((await readingOf(service.db, statement)).rows).toBeGreaterThan(most.rows);
  });

  it('counts what a count reads that looks at each piece', async () => {
    const [counting] = (await readingsOf('{ articles(filter: { language: "fr" }) { totalCount } }')).filter(
      ({ statement }) => statement.text.includes('count('),
    );
    expect(counting?.reading.rows).toBeGreaterThanOrEqual(large - 10);
  });
});
