import {
  buildSchema,
  getIntrospectionQuery,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type NonNullTypeNode,
  type OperationDefinitionNode,
  parse,
  typeFromAST,
} from 'graphql';
import { makeGraph } from '../../../src/content/graph.js';
import { readKnownDocuments } from '../../../src/graphql/documents.js';
import { costOf } from '../../../src/graphql/limits/costs.js';
import { measuring, mostOf, mostTokens, operationsOf, refuseTooLarge } from '../../../src/graphql/limits/extent.js';
import { usualCostLimit, usualPrice } from '../../../src/graphql/limits/prices.js';

const schema = makeGraph();

const priceOf = (text: string, variableValues: Record<string, unknown> = {}, operationName?: string) =>
  costOf({ schema, document: parse(text), operationName, variableValues });

/** Something that an input of `type` takes. */
function sample(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [sample(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(needed.map((field) => [field.name, sample(field.type)]));
  }
  const ofScalar: Record<string, unknown> = { Int: 1, Boolean: true, DateTime: '2026-06-15T12:00:00.000Z' };
  return ofScalar[type.name] ?? 'x';
}

const tokensIn = (text: string): number => {
  let count = 0;
  for (let token = parse(text).loc?.startToken; token; token = token.next ?? undefined) count += 1;
  return count;
};

describe('a price', () => {
  it.each([
    ['values cost nothing, a thing one', '{ publication { name url } }', 1],
    [
      'a page is what is in it as often as it is asked for',
      '{ articles(first: 10) { nodes { id section { name } } } }',
      21,
    ],
    ['20 when nothing is said', '{ articles { nodes { id } } }', 21],
    ['the same by edges', '{ articles(last: 10) { edges { cursor node { id } } pageInfo { hasNextPage } } }', 11],
    ['counting costs about a page', '{ articles(first: 10) { totalCount } }', 11],
    ['pages in pages multiply', '{ authors(first: 10) { nodes { articles(first: 10) { nodes { id } } } } }', 121],
    ['a list without a page has a length of its own', '{ sections { name } }', 10],
    ['in a fragment it is the same', '{ ...F } fragment F on Query { articles(first: 10) { nodes { id } } }', 11],
    ['the words of a piece cost ten in each form', '{ articles(first: 10) { nodes { body { html text } } } }', 221],
    ['some of them one', '{ articles(first: 10) { nodes { excerpt again: excerpt(maxLength: 900) } } }', 31],
    ['whatever is skipped', '{ articles(first: 10) @skip(if: true) { nodes { id } } }', 11],
    ['finding costs besides', '{ search(query: "x", first: 10) { nodes { score } } }', 20],
    ['several by their ids cost as many', '{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    [
      'a page of another size than there can be is priced as the nearest',
      '{ articles(first: 100000) { nodes { id } } }',
      101,
    ],
    ['writing costs besides', 'mutation { recordView(input: { article: "x" }) { __typename } }', 12],
    ['the schema', '{ __schema { types { name } } }', 101],
  ])('%s', (_name, text, price) => {
    expect(priceOf(text)).toBe(price);
  });

  it('is the same by variables, in whichever form they come', () => {
    const text = 'query Q($n: Int = 30) { articles(first: $n) { nodes { id } } } query Other { publication { name } }';
    const document = parse(text);
    const price = (variableValues: Record<string, unknown>, operationName = 'Q') =>
      costOf({ schema, document, operationName, variableValues });
    expect([price({}), price({ n: 50 }), price({ n: 50 }), price({ n: null }), price({}, 'Other')]).toEqual([
      31, 51, 51, 21, 1,
    ]);
    expect(price({ n: 'many' })).toBeNull();
    expect(price({}, 'Nobody')).toBeNull();
  });

  it('multiplies through fragments without walking them again and again', () => {
    const rounds = 28;
    const fragments = Array.from(
      { length: rounds },
      (_each, n) => `fragment F${n} on Article { a: next { ...F${n + 1} } b: previous { ...F${n + 1} } }`,
    );
    const text = `{ articles(first: 1) { nodes { ...F0 } } } ${fragments.join('\n')} fragment F${rounds} on Article { id }`;
    expect(priceOf(text)).toBe(1 + 1 + (2 ** (rounds + 1) - 2));
  });

  it('has to be declared by a list of things that has no pages', () => {
    const undeclared = buildSchema('type Query { things: [Thing!]! words: [String!]! } type Thing { name: String }');
    const { things, words } = undeclared.getQueryType()?.getFields() ?? {};
    const price = (field = things) => field && usualPrice({}, {}, field);
    expect(() => price()).toThrow('The list things has no price: say `complexity: about(…)`.');
    expect(price(words)).toEqual({ field: 0, multiplier: 1 });
  });
});

describe('what a service is asked every day', () => {
  const shipped = async (): Promise<[string, string][]> => [
    ...Array.from((await readKnownDocuments()).values(), (text): [string, string] => [
      /(query|mutation|subscription) \w+/.exec(text)?.[0] ?? '',
      text,
    ]),
    [
      'introspection',
      getIntrospectionQuery({
        inputValueDeprecation: true,
        schemaDescription: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
      }),
    ],
  ];
  /** What an operation needs to be priced. */
  const given = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
    Object.fromEntries(
      variableDefinitions.flatMap(({ variable, type, defaultValue }) => {
        const declared = typeFromAST(schema, type as NonNullTypeNode) as GraphQLInputType | undefined;
        return isNonNullType(declared) && !defaultValue ? [[variable.name.value, sample(declared)]] : [];
      }),
    );

  it('stays well within every limit', async () => {
    const rows = (await shipped()).map(([name, text]) => {
      refuseTooLarge(parse(text));
      const document = parse(text);
      const [operation] = operationsOf(document);
      if (!operation) throw new Error(`${name} has no operation`);
      const { depth, aliases, directives, roots } = measuring(document)(operation);
      const cost = costOf({ schema, document, operationName: operation.name?.value, variableValues: given(operation) });
      return { name, cost, tokens: tokensIn(text), depth, aliases, directives, roots };
    });
    console.table(rows);
    const pressed = rows.filter(
      ({ cost, tokens, depth, aliases, directives, roots }) =>
        cost === null ||
        cost > usualCostLimit / 5 ||
        tokens > mostTokens / 2 ||
        depth > mostOf.depth * 0.8 ||
        aliases > mostOf.aliases / 2 ||
        directives > mostOf.directives / 2 ||
        roots > mostOf.roots / 2,
    );
    expect(pressed).toEqual([]);
  });
});
