import { buildSchema, execute, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { planOf, plannedOperation } from '../../../src/graphql/execution/plan.js';
import { type Answer, type AnswerPart, run } from '../../../src/graphql/execution/run.js';

const schema = buildSchema(`
  interface Named { name: String! }
  type Person implements Named { name: String! friends: [Person!] boss: Person must: Person! broken: String late: String echo(text: String = "none", times: Int! = 1): String odd: Int }
  type Firm implements Named { name: String! staff: [Person] strict: [Person!]! }
  union Either = Person | Firm
  type Query { person: Person firm: Firm named: [Named] either(firm: Boolean!): Either numbers: [[Int]] sure: Person! nothing: [Person!]! notAList: [Int] untold: Named }
`);

const soon = <Value>(value: Value): Promise<Value> => new Promise((resolve) => setTimeout(() => resolve(value), 1));

function person(name: string, isLate = false): object {
  return {
    __typename: 'Person',
    name: isLate ? () => soon(name) : name,
    friends: () => soon([person(`${name} 1`), soon(person(`${name} 2`))]),
    boss: () => null,
    must: () => (isLate ? soon(null) : null),
    broken: () => {
      throw new Error(`${name} is broken`);
    },
    late: () => soon(null).then(() => Promise.reject(new Error(`${name} is late`))),
    echo: ({ text, times }: { text: string; times: number }) => text.repeat(times),
    odd: 'not a number',
  };
}

const firm = {
  __typename: 'Firm',
  name: 'Firm',
  staff: [person('a'), null, soon(person('b', true)), new Error('left')],
  strict: [person('c'), soon(null)],
};
const rootValue = {
  person: () => person('p'),
  firm: () => soon(firm),
  named: () => [person('n'), firm, soon(person('m'))],
  either: ({ firm: isFirm }: { firm: boolean }) => (isFirm ? firm : person('e')),
  numbers: [[1, 2], null, [soon(3), 'x']],
  sure: () => soon(null),
  nothing: () => [person('x'), null],
  notAList: 3,
  untold: { name: 'of no type' },
};

const asked = (text: string, variableValues: Record<string, unknown> = {}): ExecutionArgs => ({
  schema,
  document: parse(text),
  rootValue,
  variableValues,
});

async function answer(args: ExecutionArgs, signal?: AbortSignal): Promise<Answer> {
  const { document, variableValues = {}, rootValue: root } = args;
  const plan = planOf(args.schema, document, null, variableValues ?? {});
  if (!plan) throw new Error('no plan was made');
  return run({
    schema: args.schema,
    plan,
    variables: { ...variableValues },
    rootValue: root,
    context: {},
    signal,
    mostCharacters: 1_000_000,
  });
}

async function planned(args: ExecutionArgs): Promise<ExecutionResult> {
  const whole = await answer(args);
  if (Symbol.asyncIterator in whole) throw new Error('it came in parts');
  return whole;
}

async function partsOf(text: string, variables: Record<string, unknown> = {}): Promise<AnswerPart[]> {
  const parts = await answer(asked(text, variables));
  if (!(Symbol.asyncIterator in parts)) throw new Error('it came whole');
  const all: AnswerPart[] = [];
  for await (const part of parts) all.push(JSON.parse(JSON.stringify(part)) as AnswerPart);
  return all;
}

/** What a client has of it in the end. */
function merged([first, ...rest]: AnswerPart[]): ExecutionResult {
  const { data, errors = [] } = first!;
  const all = [...errors];
  for (const { data: added, items, path, errors: more = [] } of rest.flatMap(({ incremental = [] }) => incremental)) {
    all.push(...more);
    const last = path.at(-1)!;
    let at: any = { data };
    for (const key of ['data', ...path.slice(0, -1)]) at = at[key];
    if (items) at[last] = items[0];
    else if (path.length === 0) merge(data!, added!);
    else merge(at[last], added!);
  }
  return { data: data ?? null, ...(all.length > 0 ? { errors: all } : {}) };
}

function merge(into: Record<string, any>, added: Record<string, any>): void {
  for (const [key, value] of Object.entries(added)) {
    if (typeof value === 'object' && value !== null && key in into) merge(into[key] as object, value as object);
    else into[key] = value;
  }
}

/** Errors in the order of their places: what fails at the same moment has no order of its own. */
const shown = ({ data, errors }: ExecutionResult) =>
  JSON.parse(
    JSON.stringify({
      data,
      errors: errors
        ?.map(({ message, locations, path }) => ({ message, locations, path }))
        .sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1)),
    }),
  ) as unknown;

it.each<[string, string, Record<string, unknown>?]>([
  ['values and arguments', '{ person { name echo a: echo(text: "x", times: 3) __typename } }'],
  ['variables', 'query($t: String!, $n: Int!) { person { echo(text: $t, times: $n) } }', { t: 'y', n: 2 }],
  ['lists, some of it late', '{ person { friends { name friends { name } boss { name } } } }'],
  ['errors in lists', '{ firm { name staff { name broken late } } }'],
  ['null where it may not be', '{ person { name must { name } } firm { name } }'],
  ['null where it may not be, late', '{ firm { staff { must { name } name } name } }'],
  ['null in a list that may have none', '{ firm { name strict { name } } person { name } }'],
  ['null of the whole', '{ person { name } sure { name } }'],
  ['null of the whole from within a list', '{ nothing { name } person { name } }'],
  ['a value of another type', '{ person { odd name } numbers }'],
  ['what is no list', '{ notAList person { name } }'],
  ['types told apart', '{ named { __typename name ... on Person { echo } ... on Firm { staff { name } } } }'],
  [
    'either',
    'query($f: Boolean!) { either(firm: $f) { __typename ... on Named { name } ...F } } fragment F on Firm { staff { name } }',
    { f: true },
  ],
  [
    'the other',
    'query($f: Boolean!) { either(firm: $f) { __typename ... on Named { name } ...F } } fragment F on Firm { staff { name } }',
    { f: false },
  ],
  ['the same field twice', '{ person { name friends { name } } person { echo friends { echo } } }'],
  [
    'left out',
    'query($no: Boolean!) { person { name @skip(if: $no) echo @include(if: $no) ... @include(if: $no) { broken } } }',
    { no: true },
  ],
  [
    'not left out',
    'query($no: Boolean!) { person { name @skip(if: $no) echo @include(if: $no) ... @include(if: $no) { broken } } }',
    { no: false },
  ],
  [
    'the schema',
    '{ __schema { queryType { name fields { name type { kind ofType { name } } } } } __type(name: "Person") { name } }',
  ],
])('%s come out as graphql-js executes them', async (_what, text, variables = {}) => {
  const args = asked(text, variables);
  const [ours, theirs] = [await planned(args), await execute(args)];
  expect(shown(ours)).toEqual(shown(theirs));
  // The order of the question, whatever came first.
  const order = (result: ExecutionResult) => JSON.stringify(result.data);
  if (!ours.errors) expect(order(ours)).toBe(order(theirs));
});

it('what is of no type is an error in its place', async () => {
  const { data, errors } = await planned(asked('{ untold { name } person { name } }'));
  expect(data).toEqual({ untold: null, person: { name: 'p' } });
  expect(errors?.map(({ path }) => path)).toEqual([['untold']]);
});

it('one plan serves a document, and one more each way that a variable decides', () => {
  const document = parse('query($no: Boolean!, $n: Int) { person { name @skip(if: $no) echo(times: $n) } }');
  const plan = planOf(schema, document, null, { no: true, n: 1 });
  expect(planOf(schema, document, null, { no: true, n: 2 })).toBe(plan);
  expect(planOf(schema, document, null, { no: false, n: 1 })).not.toBe(plan);
});

it.each([
  ['subscriptions', 'subscription { person { name } }'],
  ['a name that no object can have', '{ __proto__: person { name } }'],
  ['no operation of this name', 'query A { person { name } } query B { person { name } }'],
])('no plan is made of %s', (_what, text) => {
  expect(plannedOperation(parse(text), null)).toBeNull();
});

/** In the text without directives everything stands elsewhere. */
const withoutLocations = (result: unknown): unknown =>
  JSON.parse(JSON.stringify(result, (key, value: unknown) => (key === 'locations' ? undefined : value)));

it.each<[string, string, Record<string, unknown>?]>([
  ['a fragment', '{ person { name ... @defer { echo late } } }'],
  [
    'a named one, twice',
    '{ person { ...P @defer(label: "p") } firm { name ...F @defer } } fragment P on Person { name } fragment F on Firm { staff { ...P } }',
  ],
  ['of the whole', '{ sure: person { name } ... @defer { firm { name } } }'],
  ['one in another', '{ ... @defer { firm { ... @defer { staff { name ... @defer { echo } } } name } } }'],
  ['in each item of a list', '{ person { friends { ... @defer { name friends { name } } echo } } }'],
  ['a list', '{ person { friends @stream { name broken } } }'],
  ['all but the first of a list', '{ firm { staff @stream(initialCount: 1, label: "s") { name late } } }'],
  ['one list in another', '{ person { friends @stream { friends @stream(initialCount: 1) { name } } } }'],
  ['of several types', '{ named @stream(initialCount: 1) { __typename ... on Firm @defer { staff { name } } } }'],
  [
    'with variables',
    'query($n: Int, $yes: Boolean!) { person { ... @defer(if: $yes) { name } friends @stream(if: $yes, initialCount: $n) { echo } } }',
    { n: 1, yes: true },
  ],
])('what comes in parts is the same in the end: %s', async (_what, text, variables = {}) => {
  const parts = await partsOf(text, variables);
  expect(parts.map(({ hasNext }) => hasNext)).toEqual([...parts.slice(1).map(() => true), false]);
  const whole = await execute(asked(text.replace(/@(defer|stream)(\([^)]*\))?/g, ''), variables));
  expect(withoutLocations(shown(merged(parts)))).toEqual(withoutLocations(shown(whole)));
});

it('what is left out or to come at once by variables comes whole', async () => {
  const text = 'query($no: Boolean!) { person { ... @defer(if: $no) { name } friends @stream(if: $no) { name } } }';
  const { data } = await planned(asked(text, { no: false }));
  expect(data).toEqual({ person: { name: 'p', friends: [{ name: 'p 1' }, { name: 'p 2' }] } });
});

it('null takes the place of no more than the part that an error is in', async () => {
  const [first, ...rest] = await partsOf(
    '{ firm { name strict @stream { name } ... @defer(label: "d") { must: strict { must { name } } } } }',
  );
  expect(first).toEqual({ data: { firm: { name: 'Firm', strict: [] } }, hasNext: true });
  const parts = rest
    .flatMap(({ incremental = [] }) => incremental)
    .sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1));
  expect(parts).toMatchObject([
    { data: null, path: ['firm'], label: 'd', errors: [{ path: ['firm', 'must', 0, 'must'] }] },
    { items: [{ name: 'c' }], path: ['firm', 'strict', 0] },
    { items: null, path: ['firm', 'strict', 1], errors: [{ path: ['firm', 'strict', 1] }] },
  ]);
  expect(rest.at(-1)?.hasNext).toBe(false);
});

it('what belongs to something that is null instead is not sent', async () => {
  const parts = await partsOf(
    '{ person { name ... @defer { echo } } firm { staff { ... @defer { name } must { name } } } }',
  );
  expect(parts[0]).toMatchObject({ data: { person: { name: 'p' }, firm: { staff: [null, null, null, null] } } });
  expect(parts.slice(1)).toEqual([{ incremental: [{ data: { echo: 'none' }, path: ['person'] }], hasNext: false }]);
});

it('says what is wrong with how a list is to be streamed', async () => {
  const { data, errors } = await planned(asked('{ person { name friends @stream(initialCount: -1) { name } } }'));
  expect([data, errors?.[0]?.message]).toEqual([
    { person: { name: 'p', friends: null } },
    '`initialCount` is -1; it must be 0 or more.',
  ]);
});

it('ends what comes in parts with why it does', async () => {
  const ending = new AbortController();
  const parts = await answer(asked('{ person { name ... @defer { friends { name } } } }'), ending.signal);
  const all: AnswerPart[] = [];
  for await (const part of parts as AsyncIterable<AnswerPart>) {
    all.push(part);
    ending.abort(new Error('enough'));
  }
  expect(all).toEqual([
    { data: { person: { name: 'p' } }, hasNext: true },
    { errors: [expect.objectContaining({ originalError: new Error('enough') })], hasNext: false },
  ]);
});

describe('a mutation', () => {
  const writing = buildSchema(
    'type Query { a: Int } type Note { text: String! } type Mutation { note(text: String!, ms: Int!): Note must(text: String!): Note! }',
  );
  const written = async (text: string, by: typeof planned) => {
    const log: string[] = [];
    const noted = async (what: string, ms: number) => {
      log.push(`begin ${what}`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      log.push(`end ${what}`);
      return { text: what };
    };
    const root = {
      note: ({ text: what, ms }: { text: string; ms: number }) => noted(what, ms),
      must: async ({ text: what }: { text: string }) => (await noted(what, 1), null),
    };
    const result = await by({ schema: writing, document: parse(text), rootValue: root, variableValues: {} });
    return { log, result: shown(result) };
  };

  it.each([
    'mutation { a: note(text: "a", ms: 9) { text } b: note(text: "b", ms: 1) { text } }',
    'mutation { a: note(text: "a", ms: 1) { text } must(text: "m") { text } b: note(text: "b", ms: 1) { text } }',
  ])('writes one thing after the other, as graphql-js does: %s', async (text) => {
    expect(await written(text, planned)).toEqual(await written(text, async (args) => execute(args)));
  });
});

it('ends with the reason why nobody waits for it', async () => {
  const ending = new AbortController();
  const { document } = asked('{ firm { name } }');
  const plan = planOf(schema, document, null, {});
  const { signal } = ending;
  const options = { schema, plan: plan!, variables: {}, rootValue, context: {}, signal, mostCharacters: 1000 };
  const result = run(options);
  ending.abort(new Error('enough'));
  await expect(result).rejects.toThrow('enough');
  expect(() => run(options)).toThrow('enough');
});
