import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { makeGraph } from '../../src/content/graph.js';
import { globalId } from '../../src/graphql/builder.js';
import { codesOf, type IdsOfOneOfEach, nobody, oneOfEach } from '../support/one-of-each.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let ids: IdsOfOneOfEach;
beforeAll(async () => {
  service = await startService();
  ids = await oneOfEach(service);
});
afterAll(() => service.close());

describe('an id', () => {
  const byId = ['article', 'section', 'author', 'tag', 'partner', 'collection'] as const;
  const notIds = [
    '',
    'x',
    '42',
    'Article:1',
    Buffer.from('Article:1').toString('base64url'),
    '🙂',
    `${globalId('Article', nobody)}x`,
  ];

  it.each(byId)(
    'that this service did not give out is refused by %s, which says where ids come from',
    async (field) => {
      for (const id of notIds) {
        const answer = await service.query(`query ($id: ID!) { ${field}(by: { id: $id }) { id } }`, { id });
        expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
        expect(answer.errors?.[0]?.message).toContain('ids come from the `id` field of an object');
      }
    },
  );

  it.each(byId)('of another type is nothing to %s', async (field) => {
    for (const [kind, id] of Object.entries(ids)) {
      const { data } = await service.query(`query ($id: ID!) { ${field}(by: { id: $id }) { id } }`, { id });
      expect(data[field]).toEqual(kind === field ? { id } : null);
    }
  });

  it('is refused by node when it is none, and is null when nothing has it', async () => {
    for (const id of notIds) {
      expect(codesOf(await service.query('query ($id: ID!) { node(id: $id) { id } }', { id }))).toEqual([
        'BAD_USER_INPUT',
      ]);
    }
    for (const typename of ['Article', 'Section', 'Author', 'Tag', 'Partner', 'Collection', 'Comment']) {
      const { data } = await service.query('query ($id: ID!) { node(id: $id) { id } }', {
        id: globalId(typename, nobody),
      });
      expect(data).toEqual({ node: null });
    }
  });

  it('of a type that is no node, or that does not exist, is refused without a fault', async () => {
    for (const typename of ['Byline', 'Query', 'Nothing', 'String', '__Schema']) {
      const answer = await service.query('query ($id: ID!) { node(id: $id) { id } }', {
        id: globalId(typename, nobody),
      });
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('of each type comes back from node and nodes, in the order asked', async () => {
    const asked = [...Object.values(ids), globalId('Article', nobody), ids.article];
    const { data } = await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: asked });
    expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
      ...Object.values(ids),
      null,
      ids.article,
    ]);
  });

  it('is taken a hundred times at once by nodes, and not a hundred and one times', async () => {
    const many = (count: number) => ({ ids: Array.from({ length: count }, () => ids.article) });
    expect(
      (await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', many(100))).data.nodes,
    ).toHaveLength(100);
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
          const others = field.args.filter(
            (other) => other !== argument && isNonNullType(other.type) && other.defaultValue === undefined,
          );
          const fine = others.map((other) => `${other.name}: ${anyValueOf(other)}`).join(', ');
          const selection =
            'getFields' in getNamedType(field.type)
              ? '{ __typename }'
              : getNamedType(field.type).name === 'PathResolution'
                ? '{ __typename }'
                : '';
          const document = `query ($value: ${String(argument.type)}) { ${field.name}(${argument.name}: $value${fine && `, ${fine}`}) ${selection} }`;
          yield [`${field.name}(${argument.name}${where})`, document, value];
        }
      }
    }
  }

  function* placesForText(type: GraphQLInputType): Generator<[string, (text: string) => unknown]> {
    if (isNonNullType(type)) yield* placesForText(type.ofType);
    else if (isListType(type))
      for (const [where, put] of placesForText(type.ofType)) yield [`[]${where}`, (text) => [put(text)]];
    else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        for (const [where, put] of placesForText(field.type))
          yield [`.${field.name}${where}`, (text) => ({ [field.name]: put(text) })];
      }
    } else if (type.name === 'String' || type.name === 'ID') yield ['', (text) => text];
  }

  const anyValueOf = ({ type }: GraphQLArgument) =>
    isInputObjectType(getNamedType(type)) ? '{ slug: "x" }' : String(type).startsWith('String') ? '"x"' : '1';

  const places = [...everyArgument()] as [string, string, (text: string) => unknown][];

  it('has every place it can stand in asked', () => {
    expect(places.map(([where]) => where)).toEqual(
      expect.arrayContaining([
        'article(by.id)',
        'article(by.slug)',
        'article(by.path)',
        'articles(after)',
        'articles(filter.sections[])',
        'articles(filter.authors[])',
        'articles(filter.tags[])',
        'articles(filter.partners[])',
        'articles(filter.language)',
        'latestFeed(language)',
        'latestFeed(sections[])',
        'node(id)',
        'nodes(ids[])',
        'resolvePath(path)',
        'section(by.slug)',
      ]),
    );
  });

  it.each(places)(
    '%s answers U+0000 with a clean refusal, or as text that nothing has',
    async (_where, document, put) => {
      for (const text of ['\0', '/a\0b/']) {
        const answer = await service.query(document, { value: put(text) });
        expect(answer.status).toBeLessThan(500);
        for (const code of codesOf(answer))
          expect(['BAD_USER_INPUT', 'BAD_CURSOR', 'FORBIDDEN', 'NOT_FOUND']).toContain(code);
      }
    },
  );

  it.each(places)(
    '%s takes quotes, patterns, lone surrogates and ten kilobytes without a fault',
    async (_where, document, put) => {
      const began = performance.now();
      const hostile = [
        ...[
          "' OR 1=1 --",
          "'; select pg_sleep(20)--",
          '%_\\',
          '& | ! <-> :* !(a',
          '"unclosed or -',
          '(a+)+$',
          '\ud800',
        ],
        ...['{"a\u202e', '🙂'.repeat(2500), '/%00%c0%ae', 'http://', '__proto__'],
      ];
      for (const text of hostile) {
        const answer = await service.query(document, { value: put(text) });
        for (const code of codesOf(answer))
          expect(['BAD_USER_INPUT', 'BAD_CURSOR', 'FORBIDDEN', 'NOT_FOUND']).toContain(code);
      }
      // Nothing that was sent has been run.
      expect(performance.now() - began).toBeLessThan(20_000);
    },
  );

  it('with U+0000 is refused in words, at the field that took it', async () => {
    const { errors, data } = await service.query(String.raw`{ article(by: { slug: "a\u0000" }) { id } }`);
    expect(errors).toMatchObject([
      {
        message: 'Text must not contain the character U+0000.',
        path: ['article'],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(data).toEqual({ article: null });
  });

  it('with one half of a pair of surrogates is no fault where it is written', async () => {
    const editor = await service.signIn('editor');
    for (const [document, variables] of [
      [
        'mutation ($id: ID!, $text: String!) { retractArticle(input: { id: $id, expectedRevision: 1, reason: $text }) { __typename } }',
        { id: ids.article },
      ],
      ['mutation ($text: String!) { createArticle(input: { headline: $text, section: "world" }) { __typename } }', {}],
      ['mutation ($text: String!) { createTag(input: { name: $text }) { __typename } }', {}],
      ['mutation ($text: String!) { createAuthor(input: { name: "A", bio: $text }) { __typename } }', {}],
    ] as const) {
      const answer = await service.query(document, { ...variables, text: 'a\ud800b' }, editor);
      expect([document, answer.status < 500, codesOf(answer).filter((code) => code !== 'BAD_USER_INPUT')]).toEqual([
        document,
        true,
        [],
      ]);
    }
  });
});
