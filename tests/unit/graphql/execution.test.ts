import { buildSchema, execute, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { planOf, plannedOperation } from '../../../src/graphql/execution/plan.js';
import { run } from '../../../src/graphql/execution/run.js';

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

async function planned({ document, variableValues = {}, ...others }: ExecutionArgs): Promise<ExecutionResult> {
  const plan = planOf(schema, document, null, variableValues ?? {});
  if (!plan) throw new Error('no plan was made');
  const { rootValue: root } = others;
  return run({ schema, plan, variables: { ...variableValues }, rootValue: root, context: {}, signal: undefined });
}

/** Errors in the order of their places: what fails at the same moment has no order of its own. */
const shown = ({ data, errors }: ExecutionResult) =>
  JSON.parse(
    JSON.stringify({
      data,
      errors: errors?.map((error) => error.toJSON()).sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1)),
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
  ['parts', '{ person { ... @defer { name } } }'],
  ['a name that no object can have', '{ __proto__: person { name } }'],
  ['no operation of this name', 'query A { person { name } } query B { person { name } }'],
])('no plan is made of %s', (_what, text) => {
  expect(plannedOperation(parse(text), null)).toBeNull();
});

it('ends with the reason why nobody waits for it', async () => {
  const ending = new AbortController();
  const { document } = asked('{ firm { name } }');
  const plan = planOf(schema, document, null, {});
  const result = run({ schema, plan: plan!, variables: {}, rootValue, context: {}, signal: ending.signal });
  ending.abort(new Error('enough'));
  await expect(result).rejects.toThrow('enough');
  expect(() => run({ schema, plan: plan!, variables: {}, rootValue, context: {}, signal: ending.signal })).toThrow(
    'enough',
  );
});
