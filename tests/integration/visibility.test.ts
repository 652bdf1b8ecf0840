import { globalId } from '../../src/graphql/builder.js';
import type { ContentRecord } from '../../src/importing/records.js';
import { sql } from '../../src/database/sql.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

const ahead = (minutes: number) => minutesAgo(-minutes);
const comments = [{ id: '1', author: 'Bo', text: 'Well said.', at: minutesAgo(1), status: 'APPROVED' as const }];
const around = { authors: ['ann-lee'], tags: ['trade'], partner: 'riac', comments, standfirst: 'Secret words.' };

/** One piece of every standing, all of them with everything that leads to a piece. */
const pieces = {
  older: anArticle({ ...around, slug: 'older', publishedAt: minutesAgo(50) }),
  draft: anArticle({ ...around, slug: 'draft', status: 'DRAFT', publishedAt: null, createdAt: minutesAgo(40) }),
  'dated-draft': anArticle({ ...around, slug: 'dated-draft', status: 'DRAFT', publishedAt: minutesAgo(39) }),
  review: anArticle({ ...around, slug: 'review', status: 'IN_REVIEW', publishedAt: minutesAgo(38) }),
  unpublished: anArticle({
    ...around,
    slug: 'unpublished',
    status: 'UNPUBLISHED',
    publishedAt: minutesAgo(37),
    reason: 'A lawyer wrote.',
    withdrawnAt: minutesAgo(5),
  }),
  retracted: anArticle({
    ...around,
    slug: 'retracted',
    status: 'RETRACTED',
    publishedAt: minutesAgo(36),
    reason: 'It was made up.',
    withdrawnAt: minutesAgo(4),
  }),
  newer: anArticle({ ...around, slug: 'newer', publishedAt: minutesAgo(30) }),
  scheduled: anArticle({ ...around, slug: 'scheduled', status: 'SCHEDULED', publishedAt: ahead(10) }),
  'never-public': anArticle({
    ...around,
    slug: 'never-public',
    status: 'UNPUBLISHED',
    publishedAt: ahead(5),
    reason: 'Stopped before it ran.',
    withdrawnAt: minutesAgo(3),
  }),
} as const;
const hidden = ['draft', 'dated-draft', 'review', 'unpublished', 'retracted', 'scheduled', 'never-public'] as const;
const visible = ['newer', 'older'];

let service: TestService;
/** Id, address and comment of each piece, read past the graph. */
let known: Map<string, { id: string; path: string; comment: string }>;

beforeAll(async () => {
  service = await startService();
  const slugs = Object.keys(pieces);
  const records: ContentRecord[] = [
    aSection(),
    anAuthor(),
    { kind: 'tag', slug: 'trade', name: 'Trade' },
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
    ...Object.values(pieces),
    { kind: 'collection', slug: 'set', collectionKind: 'SERIES', title: 'Set', articles: slugs },
  ];
  await service.load(records);
  const rows = await service.db.rows<{ slug: string; id: string; path: string; comment: string }>(
    sql`select a.slug, a.id, a.path, c.id as comment from article a join comment c on c.article_id = a.id`,
  );
  known = new Map(rows.map(({ slug, ...row }) => [slug, row]));
  expect([...known.keys()].sort()).toEqual([...slugs].sort());
});
afterAll(() => service.close());
beforeEach(() => {
  service.now = aMoment;
});

const factsOf = (slug: string) => {
  const facts = known.get(slug);
  if (!facts) throw new Error(`no piece ${slug}`);
  return facts;
};

/** Every list an anonymous reader can reach a piece by, with what it counts. */
const everyList = `{
  articles { totalCount nodes { slug } edges { node { slug } } }
  ascending: articles(orderBy: PUBLISHED_AT_ASC) { totalCount nodes { slug } }
  changed: articles(orderBy: UPDATED_AT_DESC) { totalCount nodes { slug } }
  fromTheEnd: articles(last: 100) { totalCount nodes { slug } }
  bySection: articles(filter: { sections: ["world"] }) { totalCount nodes { slug } }
  byAuthor: articles(filter: { authors: ["ann-lee"] }) { totalCount nodes { slug } }
  byTag: articles(filter: { tags: ["trade"] }) { totalCount nodes { slug } }
  byPartner: articles(filter: { partners: ["riac"] }) { totalCount nodes { slug } }
  byLanguage: articles(filter: { language: "en" }) { totalCount nodes { slug } }
  byDate: articles(filter: { publishedAfter: "2000-01-01T00:00:00Z", publishedBefore: "2100-01-01T00:00:00Z" }) { totalCount nodes { slug } }
  section(by: { slug: "world" }) { count: articleCount articles { totalCount nodes { slug } } }
  sections { count: articleCount articles { totalCount nodes { slug } } }
  author(by: { slug: "ann-lee" }) { count: articleCount articles { totalCount nodes { slug } } }
  authors { nodes { count: articleCount articles { totalCount nodes { slug } } } }
  tag(by: { slug: "trade" }) { articles { totalCount nodes { slug } } }
  partner(by: { slug: "riac" }) { articles { totalCount nodes { slug } } }
  collection(by: { slug: "set" }) { articles { totalCount nodes { slug } } }
  collections { nodes { articles { totalCount nodes { slug } } } }
  latestFeed { entries { totalCount nodes { article { slug } } } }
  inSections: latestFeed(sections: ["world"], language: "en") { entries { totalCount nodes { article { slug } } } }
}`;

/** Every list and every count anywhere in an answer, with the way to it. */
function listsIn(value: unknown, way = ''): { way: string; slugs?: string[]; count?: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const here = `${way}.${key}`;
    if (key === 'totalCount' || key === 'count') return [{ way: here, count: part as number }];
    if (key === 'nodes' || key === 'edges') {
      const rows = part as Record<string, { slug?: string } | string>[];
      const slugs = rows.map(
        (row) => row['slug'] ?? (row['article'] as { slug?: string })?.slug ?? (row['node'] as { slug?: string })?.slug,
      );
      if (slugs.some((slug) => typeof slug === 'string')) return [{ way: here, slugs: slugs as string[] }];
    }
    return listsIn(part, here);
  });
}

describe('to anyone', () => {
  it('every list and every count holds what is published now, and nothing else', async () => {
    const { data, errors } = await service.query(everyList);
    expect(errors).toBeUndefined();
    const lists = listsIn(data);
    expect(lists).toHaveLength(45);
    for (const { way, slugs, count } of lists) {
      if (slugs) expect([way, [...slugs].sort()]).toEqual([way, visible]);
      else expect([way, count]).toEqual([way, 2]);
    }
  });

  it.each(hidden)('the %s piece cannot be told from one that does not exist, by id, slug or address', async (slug) => {
    const { id, path } = factsOf(slug);
    const { data, errors } = await service.query(
      `query ($id: ID!, $slug: String!, $path: String!) {
        byId: article(by: { id: $id }) { headline } bySlug: article(by: { slug: $slug }) { headline } byPath: article(by: { path: $path }) { headline }
        node(id: $id) { id } nodes(ids: [$id]) { id }
      }`,
      { id: globalId('Article', id), slug, path },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ byId: null, bySlug: null, byPath: null, node: null, nodes: [null] });
  });

  it.each(hidden)('a comment under the %s piece is as hidden as the piece', async (slug) => {
    const { comment } = factsOf(slug);
    const { data } = await service.query('query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }', {
      id: globalId('Comment', comment),
    });
    expect(data).toEqual({ node: null, nodes: [null] });
  });

  it('a comment under a published piece is there', async () => {
    const { comment } = factsOf('newer');
    const { data } = await service.query('query ($id: ID!) { node(id: $id) { ... on Comment { text } } }', {
      id: globalId('Comment', comment),
    });
    expect(data).toEqual({ node: { text: 'Well said.' } });
  });

  it('next, previous and related pass over what is hidden', async () => {
    const { data } = await service.query(`{ articles { nodes { slug
      next { slug } previous { slug } nextAnywhere: next(within: EVERYWHERE) { slug } previousAnywhere: previous(within: EVERYWHERE) { slug }
      related(first: 20) { slug }
    } } }`);
    expect(data.articles.nodes).toEqual([
      {
        slug: 'newer',
        next: { slug: 'older' },
        previous: null,
        nextAnywhere: { slug: 'older' },
        previousAnywhere: null,
        related: [{ slug: 'older' }],
      },
      {
        slug: 'older',
        next: null,
        previous: { slug: 'newer' },
        nextAnywhere: null,
        previousAnywhere: { slug: 'newer' },
        related: [{ slug: 'newer' }],
      },
    ]);
  });

  it('the feed counts as newer only what can be read', async () => {
    const { data } = await service.query('{ latestFeed { updatedAt entries { edges { cursor } } } }');
    const cursors = (data.latestFeed.entries.edges as { cursor: string }[]).map(({ cursor }) => cursor);
    const newerThan = async (cursor: string | undefined) =>
      (await service.query('query ($cursor: String!) { latestFeed { newerThan(cursor: $cursor) } }', { cursor })).data
        .latestFeed.newerThan;
    expect([await newerThan(cursors[0]), await newerThan(cursors[1])]).toEqual([0, 1]);
    expect(data.latestFeed.updatedAt).toBe(minutesAgo(30));
  });

  it.each([
    ['draft', null],
    ['dated-draft', null],
    ['review', null],
    ['scheduled', null],
    ['never-public', null],
    ['unpublished', { __typename: 'Gone', at: minutesAgo(5), reason: 'A lawyer wrote.' }],
    ['retracted', { __typename: 'Gone', at: minutesAgo(4), reason: 'It was made up.' }],
    ['newer', { __typename: 'Article', slug: 'newer' }],
  ])('the address of the %s piece resolves to %j', async (slug, expected) => {
    const ask =
      'query ($path: String!) { resolvePath(path: $path) { __typename ... on Gone { at reason } ... on Article { slug } ... on Redirect { to } } }';
    expect((await service.query(ask, { path: factsOf(slug).path })).data).toEqual({ resolvePath: expected });
  });

  it('no answer holds a word of a hidden piece', async () => {
    const response = await service.query(
      '{ articles { nodes { slug headline standfirst scheduledFor status } } latestFeed { entries { nodes { headline teaser } } } }',
    );
    expect(new Set(response.data.articles.nodes.map(({ status }: { status: string }) => status))).toEqual(
      new Set(['PUBLISHED']),
    );
    expect(
      new Set(response.data.articles.nodes.map(({ scheduledFor }: { scheduledFor: unknown }) => scheduledFor)),
    ).toEqual(new Set([null]));
    for (const slug of hidden) expect(JSON.stringify(response)).not.toContain(pieces[slug].headline + '"');
  });

  it.each(['DRAFT', 'SCHEDULED', 'PUBLISHED'])('a filter by the status %s is refused, not ignored', async (status) => {
    const { data, errors } = await service.query(
      'query ($status: [ArticleStatus!]) { articles(filter: { status: $status }) { totalCount } }',
      { status: [status] },
    );
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { path: ['articles'], extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining('Only editors') },
    ]);
  });

  it('an empty filter by status is refused as well, and none at all is not', async () => {
    expect(
      (await service.query('{ articles(filter: { status: [] }) { totalCount } }')).errors?.[0]?.extensions,
    ).toEqual({ code: 'FORBIDDEN' });
    expect(
      (await service.query('{ articles(filter: { status: null }) { totalCount } }')).data.articles.totalCount,
    ).toBe(2);
  });
});

describe('a scheduled piece', () => {
  const slugsIn = async () => {
    const { data } = await service.query(everyList);
    return listsIn(data);
  };

  it('appears everywhere at its moment, with no write, and not a millisecond before', async () => {
    const before = await service.db.rows(sql`select * from article order by id`);
    const at = new Date(ahead(10)).getTime();

    service.now = new Date(at - 1);
    for (const { slugs, count } of await slugsIn()) expect(slugs?.length ?? count).toBe(2);

    service.now = new Date(at);
    for (const { way, slugs, count } of await slugsIn()) {
      if (slugs) expect([way, [...slugs].sort()]).toEqual([way, ['newer', 'older', 'scheduled']]);
      else expect([way, count]).toEqual([way, 3]);
    }
    const { id, path, comment } = factsOf('scheduled');
    const { data } = await service.query(
      `query ($id: ID!, $comment: ID!, $path: String!) {
        article(by: { path: $path }) { slug status next { slug } } node(id: $id) { id } comment: node(id: $comment) { id }
        resolvePath(path: $path) { __typename } neighbour: article(by: { slug: "newer" }) { previous { slug } related { slug } }
      }`,
      { id: globalId('Article', id), comment: globalId('Comment', comment), path },
    );
    expect(data).toEqual({
      article: { slug: 'scheduled', status: 'PUBLISHED', next: { slug: 'newer' } },
      node: { id: globalId('Article', id) },
      comment: { id: globalId('Comment', comment) },
      resolvePath: { __typename: 'Article' },
      neighbour: { previous: { slug: 'scheduled' }, related: [{ slug: 'scheduled' }, { slug: 'older' }] },
    });
    expect(await service.db.rows(sql`select * from article order by id`)).toEqual(before);
  });

  it('is counted as newer once it is there', async () => {
    const { data } = await service.query('{ latestFeed { entries { pageInfo { startCursor } } } }');
    const cursor = data.latestFeed.entries.pageInfo.startCursor;
    const ask = 'query ($cursor: String!) { latestFeed { newerThan(cursor: $cursor) } }';
    expect((await service.query(ask, { cursor })).data.latestFeed.newerThan).toBe(0);
    service.now = new Date(ahead(10));
    expect((await service.query(ask, { cursor })).data.latestFeed.newerThan).toBe(1);
  });

  it('that was withdrawn before its moment was never public, and does not become Gone when the moment passes', async () => {
    const ask = 'query ($path: String!) { resolvePath(path: $path) { __typename } }';
    service.now = new Date(ahead(60));
    expect((await service.query(ask, { path: factsOf('never-public').path })).data).toEqual({ resolvePath: null });
    expect((await service.query(ask, { path: factsOf('retracted').path })).data).toEqual({
      resolvePath: { __typename: 'Gone' },
    });
  });
});
