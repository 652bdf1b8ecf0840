import fc from 'fast-check';
import { buildSchema, execute, type ExecutionResult, parse } from 'graphql';
import { planOf } from '../../../src/graphql/execution/plan.js';
import { type Answer, type AnswerPart, run } from '../../../src/graphql/execution/run.js';
import { dataWrittenOf, writtenAhead } from '../../../src/graphql/execution/writing.js';
import { writtenOf } from '../../../src/graphql/written.js';
import { turnsDuring } from '../../support/turns.js';

const schema = buildSchema(`
  type Item { number: Int! words: String must: Int! }
  type Query { items(count: Int!): [Item!]! late(count: Int!): [Item!]! may(count: Int!): [Item] }
  type Mutation { items(count: Int!): [Item!]! }
`);

/** How many items have been looked at. */
let made = 0;
const ms = 0.5;
const words = '“Words” of an item, with a \n in them; '.repeat(20);

const item = (number: number) => ({
  number: () => {
    made += 1;
    const until = performance.now() + ms;
    while (performance.now() < until);
    return number;
  },
  words,
  must: number === 70 ? null : number,
});
const itemsOf = ({ count }: { count: number }) => Array.from({ length: count }, (_, number) => item(number));
const soon = async <Value>(value: Value): Promise<Value> => value;
const rootValue = {
  items: itemsOf,
  late: (args: { count: number }) => itemsOf(args).map(soon),
  may: itemsOf,
};

const argsOf = (text: string) => ({ schema, document: parse(text), rootValue });

async function answered(text: string, mostCharacters = 16_000_000): Promise<Answer> {
  const plan = planOf(schema, parse(text), null, {});
  return run({ schema, plan: plan!, variables: {}, rootValue, context: {}, signal: undefined, mostCharacters });
}

/** As it is sent. */
const sent = (result: ExecutionResult): string => String(writtenOf(result, 'application/graphql-response+json').body);

beforeEach(() => {
  made = 0;
});

it.each([
  ['a list', '{ items(count: 100) { number } }'],
  ['a list of what comes late', '{ late(count: 100) { number } }'],
  ['a list with null in the midst of it', '{ may(count: 100) { number must } }'],
  ['a list that is null for one of its items', '{ items(count: 100) { number must } }'],
  ['two lists, of which one is null', '{ items(count: 60) { number } late(count: 100) { number must } }'],
])('%s is made in several turns, and is what graphql-js makes of it', async (_what, text) => {
  const { turns, result } = await turnsDuring(() => answered(text));
  const expected = await execute(argsOf(text));
  expect(JSON.parse(JSON.stringify(result))).toEqual(JSON.parse(JSON.stringify(expected)));
  // 35 to 80 ms of work: at one go nobody else has a turn.
  expect(turns).toBeGreaterThan(2);
});

it('makes nothing more of a list that is null for one of its items', async () => {
  await answered('{ items(count: 5000) { must number } }');
  expect(made).toBeLessThan(100);
});

it('what is long is written as JSON in several turns, letter for letter as at one go', async () => {
  const text = '{ a: items(count: 40) { words } b: items(count: 3000) { words } c: may(count: 75) { must words } }';
  const { turns, result } = await turnsDuring(async () => (await answered(text)) as ExecutionResult);
  expect(dataWrittenOf(result)?.length).toBeGreaterThan(2_000_000);
  // Compared by hand: what differs would be megabytes to print.
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  expect(isSame(result, await execute(argsOf(text)))).toBe(true);
  expect(sent(result) === JSON.stringify(result)).toBe(true);
  const alone = { data: result.data };
  expect(sent({ ...result, errors: undefined } as never) === JSON.stringify(alone)).toBe(true);
  expect(turns).toBeGreaterThan(1);
  // What a plugin adds is in it, and what it puts in the place of the data.
  expect(sent({ ...result, extensions: { cost: 3 } })).toMatch(
    /^\{"errors":\[.{1,300}\],"extensions":\{"cost":3\},"data":\{"a"/,
  );
  expect(sent({ ...result, data: null })).toMatch(/"data":null\}$/);
});

it('what is big stands between what is small as it does in JSON', () => {
  const big = fc.constantFrom<unknown>(
    'ä'.repeat(60_000),
    { a: 'x'.repeat(60_000), 'b"': 1 },
    Array.from({ length: 9000 }, String),
  );
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, 1, '', 'é\n"', [], {}),
      big,
      fc.array(tie('value'), { maxLength: 6 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c"', 'ü'), tie('value')),
    ),
  })).value;
  return fc.assert(
    fc.asyncProperty(fc.array(value), async (list) => {
      const data = { list };
      const written = dataWrittenOf(await writtenAhead({ data }));
      expect(String(written) === JSON.stringify(data)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('what is longer than answers may be', () => {
  const problem = 'The limit of characters in an answer is 50000 for one operation, and this has more.';

  it('is made no further', async () => {
    const { errors, data } = (await answered('{ items(count: 5000) { number words } }', 50_000)) as ExecutionResult;
    expect([data, errors?.length, errors?.[0]?.message]).toEqual([undefined, 1, expect.stringContaining(problem)]);
    expect(made).toBeLessThan(100);
  });

  it('is said of a mutation in other words', async () => {
    const { errors } = (await answered('mutation { items(count: 5000) { words } }', 50_000)) as ExecutionResult;
    expect(errors?.[0]?.message).toContain(`What was to be written has been written. ${problem}`);
  });

  it('is said of a part in its place, and of no other', async () => {
    const text = '{ a: items(count: 2) { words } ... @defer { b: items(count: 5000) { words } } }';
    const parts: AnswerPart[] = [];
    for await (const part of (await answered(text, 50_000)) as AsyncIterable<AnswerPart>) parts.push(part);
    expect(parts[0]).toEqual({ data: { a: [{ words }, { words }] }, hasNext: true });
    expect(parts[1]?.incremental).toEqual([
      { data: null, path: [], errors: [expect.objectContaining({ message: expect.stringContaining(problem) })] },
    ]);
  });
});
