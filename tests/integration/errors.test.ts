import { pino } from 'pino';
import { type GraphQLArgument, type GraphQLInputType, getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { type App, makeApp } from '../../src/app.js';
import { makeGraph } from '../../src/content/graph.js';
import { cursorOf } from '../../src/graphql/connection.js';
import { globalId } from '../../src/graphql/builder.js';
import { anArticle, anAuthor, aSection } from '../support/records.js';
import { aMoment, type Answer, startService, type TestService } from '../support/service.js';

const nobody = '018f4b7e-0000-7000-8000-000000000000';

let service: TestService;
let ids: Record<'article' | 'section' | 'author' | 'tag' | 'partner' | 'collection' | 'comment', string>;

beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection(),
    anAuthor(),
    { kind: 'tag', slug: 'trade', name: 'Trade' },
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
    anArticle({
      slug: 'one',
      authors: ['ann-lee'],
      tags: ['trade'],
      partner: 'riac',
      comments: [{ id: '1', author: 'Bo', text: 'Well said.', at: aMoment.toISOString(), status: 'APPROVED' }],
    }),
    anArticle({ slug: 'two' }),
    { kind: 'collection', slug: 'set', collectionKind: 'SERIES', title: 'Set', articles: ['one', 'two'] },
  ]);
  const { data } = await service.query(`{
    article(by: { slug: "one" }) { id section { id } bylines { author { id } } tags { id } source { partner { id } } comments { nodes { id } } }
    collection(by: { slug: "set" }) { id }
  }`);
  const { article, collection } = data;
  ids = {
    article: article.id,
    section: article.section.id,
    author: article.bylines[0].author.id,
    tag: article.tags[0].id,
    partner: article.source.partner.id,
    collection: collection.id,
    comment: article.comments.nodes[0].id,
  };
});
afterAll(() => service.close());

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions?.['code']);

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
  ['Collection.articles', (args) => `collection(by: { slug: "set" }) { articles${args} { nodes { slug } } }`, 'onwards'],
];

describe.each(lists)('%s', (_name, ask, ways) => {
  it.each([0, -1, 101, 100_000])('refuses first: %i and says what may be asked', async (first) => {
    const answer = await service.query(`{ ${ask(`(first: ${first})`)} }`);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.message).toBe(`\`first\` is ${first}; it must be from 1 to 100.`);
  });

  it('takes first: 1 and first: 100', async () => {
    for (const first of [1, 100]) expect(await service.query(`{ ${ask(`(first: ${first})`)} }`)).not.toHaveProperty('errors');
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
      const answer = await service.query(`query ($cursor: String) { articles(orderBy: ${order}, after: $cursor) { nodes { id } } }`, { cursor });
      expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
    }
  });

  it('that was cut is refused, wherever it was cut', async () => {
    const [cursor = ''] = await cursorsOf('articles');
    for (let length = 1; length < cursor.length; length += 3) {
      const answer = await service.query('query ($cursor: String) { articles(after: $cursor) { nodes { id } } }', { cursor: cursor.slice(0, length) });
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
    const answer = await service.query(`query ($cursor: String) { ${field} { nodes { id } } }`, { cursor: cursorOf(list, [value, nobody]) });
    expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
    expect(service.statements()).toEqual([]);
  });

  it.each([0.5, 2 ** 31, '1'])('made up for a collection with the position %p is refused', async (position) => {
    const list = `collection:${Buffer.from(ids.collection, 'base64url').toString().split(':')[1]}`;
    const answer = await service.query('query ($cursor: String) { collection(by: { slug: "set" }) { articles(after: $cursor) { nodes { id } } } }', {
      cursor: cursorOf(list, [position, nobody]),
    });
    expect(codesOf(answer)).toEqual(['BAD_CURSOR']);
  });

  it('of the feed that is not one is refused by newerThan', async () => {
    const [cursor] = await cursorsOf('articles');
    for (const bad of [cursor, '', 'x']) {
      expect(codesOf(await service.query('query ($cursor: String!) { latestFeed { newerThan(cursor: $cursor) } }', { cursor: bad }))).toEqual(['BAD_CURSOR']);
    }
  });
});

describe('an id', () => {
  const byId = ['article', 'section', 'author', 'tag', 'partner', 'collection'] as const;
  const notIds = ['', 'x', '42', 'Article:1', Buffer.from('Article:1').toString('base64url'), '🙂', `${globalId('Article', nobody)}x`];

  it.each(byId)('that this service did not give out is refused by %s, which says where ids come from', async (field) => {
    for (const id of notIds) {
      const answer = await service.query(`query ($id: ID!) { ${field}(by: { id: $id }) { id } }`, { id });
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      expect(answer.errors?.[0]?.message).toContain('ids come from the `id` field of an object');
    }
  });

  it.each(byId)('of another type is nothing to %s', async (field) => {
    for (const [kind, id] of Object.entries(ids)) {
      const { data } = await service.query(`query ($id: ID!) { ${field}(by: { id: $id }) { id } }`, { id });
      expect(data[field]).toEqual(kind === field ? { id } : null);
    }
  });

  it('is refused by node when it is none, and is null when nothing has it', async () => {
    for (const id of notIds) {
      expect(codesOf(await service.query('query ($id: ID!) { node(id: $id) { id } }', { id }))).toEqual(['BAD_USER_INPUT']);
    }
    for (const typename of ['Article', 'Section', 'Author', 'Tag', 'Partner', 'Collection', 'Comment']) {
      const { data } = await service.query('query ($id: ID!) { node(id: $id) { id } }', { id: globalId(typename, nobody) });
      expect(data).toEqual({ node: null });
    }
  });

  it('of a type that is no node, or that does not exist, is refused without a fault', async () => {
    for (const typename of ['Byline', 'Query', 'Nothing', 'String', '__Schema']) {
      const answer = await service.query('query ($id: ID!) { node(id: $id) { id } }', { id: globalId(typename, nobody) });
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('of each type comes back from node and nodes, in the order asked', async () => {
    const asked = [...Object.values(ids), globalId('Article', nobody), ids.article];
    const { data } = await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: asked });
    expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([...Object.values(ids), null, ids.article]);
  });

  it('is taken a hundred times at once by nodes, and not a hundred and one times', async () => {
    const many = (count: number) => ({ ids: Array.from({ length: count }, () => ids.article) });
    expect((await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', many(100))).data.nodes).toHaveLength(100);
    const answer = await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', many(101));
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.message).toBe('101 ids are given; at most 100 can be asked for at once.');
  });
});

describe('text in an argument', () => {
  /** Documents that put `text` into every String and ID argument of every field of Query, one argument at a time. */
  function* everyArgument(): Generator<[string, string, unknown]> {
    for (const field of Object.values(makeGraph().getQueryType()?.getFields() ?? {})) {
      for (const argument of field.args) {
        for (const [where, value] of placesForText(argument.type)) {
          const others = field.args.filter((other) => other !== argument && isNonNullType(other.type) && other.defaultValue === undefined);
          const fine = others.map((other) => `${other.name}: ${anyValueOf(other)}`).join(', ');
          const selection = 'getFields' in getNamedType(field.type) ? '{ __typename }' : getNamedType(field.type).name === 'PathResolution' ? '{ __typename }' : '';
          const document = `query ($value: ${String(argument.type)}) { ${field.name}(${argument.name}: $value${fine && `, ${fine}`}) ${selection} }`;
          yield [`${field.name}(${argument.name}${where})`, document, value];
        }
      }
    }
  }

  function* placesForText(type: GraphQLInputType): Generator<[string, (text: string) => unknown]> {
    if (isNonNullType(type)) yield* placesForText(type.ofType as GraphQLInputType);
    else if (isListType(type)) for (const [where, put] of placesForText(type.ofType as GraphQLInputType)) yield [`[]${where}`, (text) => [put(text)]];
    else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        for (const [where, put] of placesForText(field.type)) yield [`.${field.name}${where}`, (text) => ({ [field.name]: put(text) })];
      }
    } else if (type.name === 'String' || type.name === 'ID') yield ['', (text) => text];
  }

  const anyValueOf = ({ type }: GraphQLArgument) => (String(type).startsWith('String') ? '"x"' : '1');

  const places = [...everyArgument()] as [string, string, (text: string) => unknown][];

  it('has every place it can stand in asked', () => {
    expect(places.map(([where]) => where)).toEqual(
      expect.arrayContaining([
        'article(by.id)', 'article(by.slug)', 'article(by.path)', 'articles(after)', 'articles(filter.sections[])',
        'articles(filter.authors[])', 'articles(filter.tags[])', 'articles(filter.partners[])', 'articles(filter.language)',
        'latestFeed(language)', 'latestFeed(sections[])', 'node(id)', 'nodes(ids[])', 'resolvePath(path)', 'section(by.slug)',
      ]),
    );
  });

  it.each(places)('%s answers U+0000 with a clean refusal, or as text that nothing has', async (_where, document, put) => {
    for (const text of ['\0', '/a\0b/']) {
      const answer = await service.query(document, { value: put(text) });
      expect(answer.status).toBeLessThan(500);
      for (const code of codesOf(answer)) expect(['BAD_USER_INPUT', 'BAD_CURSOR', 'FORBIDDEN']).toContain(code);
    }
  });

  it.each(places)('%s takes quotes, patterns, lone surrogates and ten kilobytes without a fault', async (_where, document, put) => {
    const hostile = ["' OR 1=1 --", '%_\\', '\ud800', '{"a\u202e', '🙂'.repeat(2500), '/%00%c0%ae', 'http://'];
    for (const text of hostile) {
      const answer = await service.query(document, { value: put(text) });
      for (const code of codesOf(answer)) expect(['BAD_USER_INPUT', 'BAD_CURSOR', 'FORBIDDEN']).toContain(code);
    }
  });

  it('with U+0000 is refused in words, at the field that took it', async () => {
    const { errors, data } = await service.query(String.raw`{ article(by: { slug: "a\u0000" }) { id } }`);
    expect(errors).toMatchObject([{ message: 'Text must not contain the character U+0000.', path: ['article'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(data).toEqual({ article: null });
  });
});

describe('a moment', () => {
  const ask = 'query ($at: DateTime) { articles(filter: { publishedAfter: $at }) { totalCount } }';

  it.each(['', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T25:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00', 0, true])(
    '%p is refused as a DateTime before anything runs',
    async (at) => {
      service.statements();
      const answer = await service.query(ask, { at });
      expect(answer.status).toBe(400);
      expect(answer.errors?.[0]?.message).toMatch(/DateTime/);
      expect(service.statements()).toEqual([]);
    },
  );

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-06-15T14:00:00+02:00'])('%s is taken', async (at) => {
    expect(await service.query(ask, { at })).toMatchObject({ status: 200, data: { articles: {} } });
  });

  it('may be written in the document as well', async () => {
    const answer = await service.query('{ articles(filter: { publishedBefore: "0000-01-01T00:00:00Z" }) { totalCount } }');
    expect(answer.status).toBe(400);
  });
});

describe('by', () => {
  it.each(['{}', '{ slug: "one", id: "x" }', '{ slug: null }', '{ slug: "one", path: null }'])('refuses %s: exactly one of its fields names a thing', async (by) => {
    const answer = await service.query(`{ article(by: ${by}) { id } }`);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    expect(answer.errors?.[0]?.message).toMatch(/exactly one key|must be non-null/);
  });

  it.each([{}, { slug: 'one', id: 'x' }, { slug: null }])('refuses %j as a variable too', async (by) => {
    const answer = await service.query('query ($by: ArticleBy!) { article(by: $by) { id } }', { by });
    expect(answer.status).toBe(400);
  });
});

describe('a length', () => {
  it.each([0, -1, 1001, 2 ** 31 - 1])('of %i is refused for excerpts and teasers', async (maxLength) => {
    const excerpt = await service.query('query ($n: Int!) { article(by: { slug: "one" }) { excerpt(maxLength: $n) } }', { n: maxLength });
    const teaser = await service.query('query ($n: Int!) { latestFeed { entries { nodes { teaser(maxLength: $n) } } } }', { n: maxLength });
    for (const answer of [excerpt, teaser]) {
      expect(answer.errors?.[0]).toMatchObject({ message: `\`maxLength\` is ${maxLength}; it must be from 1 to 1000.`, extensions: { code: 'BAD_USER_INPUT' } });
    }
  });

  it('that is null is the one the field has by itself', async () => {
    const { errors, data } = await service.query(`query ($n: Int) {
      article(by: { slug: "one" }) { excerpt(maxLength: $n) related(first: $n) { id } }
      latestFeed { entries { nodes { teaser(maxLength: $n) } } }
    }`, { n: null });
    expect(errors).toBeUndefined();
    expect(data.article.excerpt).toBe('Something happened.');
  });

  it.each([0, 21])('of %i is refused for related', async (first) => {
    const answer = await service.query('query ($n: Int!) { article(by: { slug: "one" }) { related(first: $n) { id } } }', { n: first });
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  });
});

it('more than fifty slugs in one filter are refused', async () => {
  const sections = Array.from({ length: 51 }, (_, index) => `s${index}`);
  const answer = await service.query('query ($sections: [String!]) { articles(filter: { sections: $sections }) { totalCount } }', { sections });
  expect(answer.errors?.[0]).toMatchObject({ message: '`filter.sections` names 51 slugs; at most 50 can be asked for at once.', extensions: { code: 'BAD_USER_INPUT' } });
});

it('an address of more than 2,048 characters is refused', async () => {
  const answer = await service.query('query ($path: String!) { resolvePath(path: $path) { __typename } }', { path: `/${'a'.repeat(2048)}` });
  expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
});

describe('over HTTP', () => {
  const body = JSON.stringify({ query: '{ publication { name } }' });
  const send = (type: string | null, text: string | FormData = body) =>
    service.request('/graphql', { method: 'POST', body: text, headers: { ...(type === null ? {} : { 'content-type': type }), accept: 'application/json' } });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'application/jsonx', ''])(
    'a body of type “%s” is 415, and is not run',
    async (type) => {
      service.statements();
      const response = await send(type, type.includes('urlencoded') ? 'query=%7Bpublication%7Bname%7D%7D' : body);
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-post')).toBe('application/json');
      expect(service.statements()).toEqual([]);
    },
  );

  it('a body without a type is 415', async () => {
    const request = new Request(new URL('/graphql', service.site.url), { method: 'POST', body: new TextEncoder().encode(body) });
    expect(request.headers.get('content-type')).toBeNull();
    expect((await service.app(request)).status).toBe(415);
  });

  it('JSON is read whatever the case of its type and with a charset', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) expect((await send(type)).status).toBe(200);
  });

  it('a mutation by GET is 405 and says how it may be sent', async () => {
    const response = await service.request(`/graphql?query=${encodeURIComponent('mutation { __typename }')}`, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it.each(['[', '{ a', '{a(b:[', 'query($a:[[[[['])('“%s” repeated 20,000 times is 400, never a fault', async (part) => {
    const answer = await service.query(part.repeat(20_000));
    expect(answer.status).toBe(400);
    expect(answer.errors).toHaveLength(1);
    expect(codesOf(answer)).not.toContain('INTERNAL_SERVER_ERROR');
  });

  it.each(['', 'null', '[]', '"x"', '{', '{"query":1}', '{"query":"{__typename}","variables":[]}', '{"query":"{__typename}","operationName":5}'])(
    'the body %s is 400',
    async (text) => {
      const response = await send('application/json', text);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
    },
  );
});

describe('a fault', () => {
  const secret = 'relation "article" of host db-7 is on fire';
  let clock: () => Date;
  let app: App;
  beforeAll(() => {
    app = makeApp(
      {
        db: { ...service.db, rows: () => Promise.reject(new Error(secret)) },
        site: service.site,
        log: pino({ level: 'silent' }),
        clock: () => clock(),
      },
      { deskFolder: '/nowhere' },
    );
  });
  beforeEach(() => {
    clock = () => aMoment;
  });
  const ask = (query: string, requestId: string) =>
    app(
      new Request('https://news.example/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', 'x-request-id': requestId },
        body: JSON.stringify({ query }),
      }),
    );

  it.each([
    ['{ articles { nodes { id } } }', 'articles'],
    ['{ article(by: { slug: "one" }) { id } }', 'article'],
    ['{ sections { id } }', 'sections'],
    ['{ resolvePath(path: "/x/") { __typename } }', 'resolvePath'],
    [`{ node(id: "${globalId('Tag', nobody)}") { id } }`, 'node'],
  ])('in %s is masked: the answer names the place and a request id, and nothing of what went wrong', async (query, place) => {
    const response = await ask(query, 'test-request.1');
    const text = await response.text();
    expect(response.headers.get('x-request-id')).toBe('test-request.1');
    expect(text).not.toMatch(/fire|relation|db-7|stack|\.ts/);
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ message: 'Unexpected error.', path: [place], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'test-request.1' } }],
    });
  });

  it.each(['', 'with space', 'x'.repeat(65), '<script>'])('gets a request id of its own where the client’s is “%s”', async (given) => {
    const response = await ask('{ sections { id } }', given);
    const requestId = response.headers.get('x-request-id') ?? '';
    expect(requestId).toMatch(/^[\da-f-]{36}$/);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId } }] });
  });

  it('before anything is run is a masked 500 with the request id', async () => {
    clock = () => {
      throw new Error(secret);
    };
    const response = await ask('{ __typename }', 'test-request.2');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('fire');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ message: 'Unexpected error.', extensions: { requestId: 'test-request.2' } }] });
  });
});
