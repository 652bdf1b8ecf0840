import { cursorOf } from '../../src/graphql/connection.js';
import { codesOf, type IdsOfOneOfEach, nobody, oneOfEach } from '../support/one-of-each.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;
let ids: IdsOfOneOfEach;
beforeAll(async () => {
  service = await startService();
  ids = await oneOfEach(service);
});
afterAll(() => service.close());

/** Every list that pages, as a field with `%` where its arguments stand. */
const lists: [string, (args: string) => string, 'both ways' | 'onwards'][] = [
  ['articles', (args) => `articles${args} { nodes { slug } }`, 'both ways'],
  ['authors', (args) => `authors${args} { nodes { slug } }`, 'both ways'],
  ['Section.articles', (args) => `section(by: { slug: "world" }) { articles${args} { nodes { slug } } }`, 'both ways'],
  ['Author.articles', (args) => `author(by: { slug: "ann-lee" }) { articles${args} { nodes { slug } } }`, 'both ways'],
  ['Tag.articles', (args) => `tag(by: { slug: "trade" }) { articles${args} { nodes { slug } } }`, 'both ways'],
  ['Partner.articles', (args) => `partner(by: { slug: "riac" }) { articles${args} { nodes { slug } } }`, 'both ways'],
  ['LatestFeed.entries', (args) => `latestFeed { entries${args} { nodes { headline } } }`, 'both ways'],
  ['Article.comments', (args) => `article(by: { slug: "one" }) { comments${args} { nodes { text } } }`, 'both ways'],
  ['collections', (args) => `collections${args} { nodes { slug } }`, 'onwards'],
  [
    'Collection.articles',
    (args) => `collection(by: { slug: "set" }) { articles${args} { nodes { slug } } }`,
    'onwards',
  ],
];

describe.each(lists)('%s', (_name, ask, ways) => {
  it.each([0, -1, 101, 100_000])('refuses first: %i and says what may be asked', async (first) => {
    const answer = await service.query(`{ ${ask(`(first: ${first})`)} }`);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.message).toBe(`\`first\` is ${first}; it must be from 1 to 100.`);
  });

  it('takes first: 1 and first: 100', async () => {
    for (const first of [1, 100])
      expect(await service.query(`{ ${ask(`(first: ${first})`)} }`)).not.toHaveProperty('errors');
  });

  if (ways === 'both ways') {
    it.each([0, -1, 101])('refuses last: %i', async (last) => {
      const answer = await service.query(`{ ${ask(`(last: ${last})`)} }`);
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      expect(answer.errors?.[0]?.message).toBe(`\`last\` is ${last}; it must be from 1 to 100.`);
    });

    it('refuses first and last together', async () => {
      const answer = await service.query(`{ ${ask('(first: 1, last: 1)')} }`);
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      expect(answer.errors?.[0]?.message).toBe('Both `first` and `last` are given; use one of them.');
    });
  }

  const foreign: [string, string][] = [
    ['empty', ''],
    ['garbage', 'garbage'],
    ['not base64', '!!!'],
    ['JSON of another shape', Buffer.from('{"list":"articles"}').toString('base64url')],
    ['too long', 'A'.repeat(10_000)],
    ['of another list', cursorOf('elsewhere', [aMoment.getTime(), nobody])],
    ['with an id that is no id', cursorOf('articles:PUBLISHED_AT_DESC', [aMoment.getTime(), 'x'])],
  ];
  it.each(foreign)('refuses a cursor that is %s as BAD_CURSOR', async (_kind, cursor) => {
    for (const argument of ways === 'both ways' ? ['after', 'before'] : ['after']) {
      const answer = await service.query(`query ($cursor: String!) { ${ask(`(${argument}: $cursor)`)} }`, { cursor });
      expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
      expect(answer.errors?.[0]?.message).toContain('Use a cursor from the same field');
    }
  });
});

describe('a cursor', () => {
  const cursorsOf = async (list: string) => {
    const { data } = await service.query(`{ ${list} { edges { cursor } } }`);
    return (data.articles.edges as { cursor: string }[]).map(({ cursor }) => cursor);
  };

  it('of one order is refused by another', async () => {
    const [cursor] = await cursorsOf('articles(orderBy: PUBLISHED_AT_DESC)');
    for (const order of ['PUBLISHED_AT_ASC', 'UPDATED_AT_DESC']) {
      const answer = await service.query(
        `query ($cursor: String) { articles(orderBy: ${order}, after: $cursor) { nodes { id } } }`,
        { cursor },
      );
      expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
    }
  });

  it('that was cut is refused, wherever it was cut', async () => {
    const [cursor = ''] = await cursorsOf('articles');
    for (let length = 1; length < cursor.length; length += 3) {
      const answer = await service.query('query ($cursor: String) { articles(after: $cursor) { nodes { id } } }', {
        cursor: cursor.slice(0, length),
      });
      expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
    }
  });

  const madeUp: [string, string, string | number][] = [
    ['articles(after: $cursor)', 'articles:PUBLISHED_AT_DESC', 'yesterday'],
    ['articles(after: $cursor)', 'articles:PUBLISHED_AT_DESC', 8.64e15],
    ['articles(after: $cursor)', 'articles:PUBLISHED_AT_DESC', -8.64e15],
    ['articles(after: $cursor)', 'articles:PUBLISHED_AT_DESC', 0.5],
    ['authors(after: $cursor)', 'authors', 7],
    ['authors(after: $cursor)', 'authors', 'a\0b'],
    ['collections(after: $cursor)', 'collections:', 7],
  ];
  it.each(madeUp)('made up for %s of %s with %p is refused before the database sees it', async (field, list, value) => {
    service.statements();
    const answer = await service.query(`query ($cursor: String) { ${field} { nodes { id } } }`, {
      cursor: cursorOf(list, [value, nobody]),
    });
    expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
    expect(service.statements()).toEqual([]);
  });

  it.each([0.5, 2 ** 31, '1'])('made up for a collection with the position %p is refused', async (position) => {
    const list = `collection:${Buffer.from(ids.collection, 'base64url').toString().split(':')[1]}`;
    const answer = await service.query(
      'query ($cursor: String) { collection(by: { slug: "set" }) { articles(after: $cursor) { nodes { id } } } }',
      {
        cursor: cursorOf(list, [position, nobody]),
      },
    );
    expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
  });

  it('of the feed that is not one is refused by newerThan', async () => {
    const [cursor] = await cursorsOf('articles');
    for (const bad of [cursor, '', 'x']) {
      expect(
        codesOf(
          await service.query('query ($cursor: String!) { latestFeed { newerThan(cursor: $cursor) } }', {
            cursor: bad,
          }),
        ),
      ).toEqual(['BAD_CURSOR']);
    }
  });
});

describe('a moment', () => {
  const ask = 'query ($at: DateTime) { articles(filter: { publishedAfter: $at }) { totalCount } }';

  it.each([
    '',
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    '2026-01-01T25:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-14:00',
    0,
    true,
  ])('%p is refused as a DateTime before anything runs', async (at) => {
    service.statements();
    const answer = await service.query(ask, { at });
    expect(answer.status).toBe(400);
    expect(answer.errors?.[0]?.message).toMatch(/DateTime/);
    expect(service.statements()).toEqual([]);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-06-15T14:00:00+02:00'])(
    '%s is taken',
    async (at) => {
      expect(await service.query(ask, { at })).toMatchObject({ status: 200, data: { articles: {} } });
    },
  );

  it('may be written in the document as well', async () => {
    const answer = await service.query(
      '{ articles(filter: { publishedBefore: "0000-01-01T00:00:00Z" }) { totalCount } }',
    );
    expect(answer.status).toBe(400);
  });
});

describe('by', () => {
  it.each(['{}', '{ slug: "one", id: "x" }', '{ slug: null }', '{ slug: "one", path: null }'])(
    'refuses %s: exactly one of its fields names a thing',
    async (by) => {
      const answer = await service.query(`{ article(by: ${by}) { id } }`);
      expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
      expect(answer.errors?.[0]?.message).toMatch(/exactly one key|must be non-null/);
    },
  );

  it.each([{}, { slug: 'one', id: 'x' }, { slug: null }])('refuses %j as a variable too', async (by) => {
    const answer = await service.query('query ($by: ArticleBy!) { article(by: $by) { id } }', { by });
    expect(answer.status).toBe(400);
  });
});

describe('a length', () => {
  it.each([0, -1, 1001, 2 ** 31 - 1])('of %i is refused for excerpts and teasers', async (maxLength) => {
    const excerpt = await service.query(
      'query ($n: Int!) { article(by: { slug: "one" }) { excerpt(maxLength: $n) } }',
      { n: maxLength },
    );
    const teaser = await service.query(
      'query ($n: Int!) { latestFeed { entries { nodes { teaser(maxLength: $n) } } } }',
      { n: maxLength },
    );
    for (const answer of [excerpt, teaser]) {
      expect(answer.errors?.[0]).toMatchObject({
        message: `\`maxLength\` is ${maxLength}; it must be from 1 to 1000.`,
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
  });

  it('that is null is the one the field has by itself', async () => {
    const { errors, data } = await service.query(
      `query ($n: Int) {
      article(by: { slug: "one" }) { excerpt(maxLength: $n) related(first: $n) { id } }
      latestFeed { entries { nodes { teaser(maxLength: $n) } } }
    }`,
      { n: null },
    );
    expect(errors).toBeUndefined();
    expect(data.article.excerpt).toBe('Something happened.');
  });

  it.each([0, 21])('of %i is refused for related', async (first) => {
    const answer = await service.query(
      'query ($n: Int!) { article(by: { slug: "one" }) { related(first: $n) { id } } }',
      { n: first },
    );
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  });
});

it('more than fifty slugs in one filter are refused', async () => {
  const sections = Array.from({ length: 51 }, (_, index) => `s${index}`);
  const answer = await service.query(
    'query ($sections: [String!]) { articles(filter: { sections: $sections }) { totalCount } }',
    { sections },
  );
  expect(answer.errors?.[0]).toMatchObject({
    message: '`filter.sections` names 51 slugs; at most 50 can be asked for at once.',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

it('an address of more than 2,048 characters is refused', async () => {
  const answer = await service.query('query ($path: String!) { resolvePath(path: $path) { __typename } }', {
    path: `/${'a'.repeat(2048)}`,
  });
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
});
