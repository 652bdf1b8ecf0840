import { startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService({ answers: true, environment: { COST_LIMIT: '2000' } });
});
afterAll(() => service.close());

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_each, n) => part(n)).join(' ');
const nested = (depth: number) => `{ sections ${'{ children '.repeat(depth - 2)}{ name }${' }'.repeat(depth - 2)} }`;
const inFragments = (depth: number) =>
  `{ sections { ...F0 } } ${times(depth, (n) => `fragment F${n} on Section { parent { ...F${n + 1} } }`)} fragment F${depth} on Section { name }`;

describe.each([
  ['depth', 20, 21, nested(21)],
  ['depth', 20, 62, inFragments(60)],
  ['aliases', 60, 61, `{ publication { ${times(61, (n) => `a${n}: name`)} } }`],
  [
    'aliases',
    60,
    80,
    `{ a: publication { ...F } b: publication { ...F } } fragment F on Publication { ${times(39, (n) => `a${n}: name`)} }`,
  ],
  ['characters in an alias', 100, 101, `{ publication { ${'a'.repeat(101)}: name } }`],
  [
    'characters in an alias',
    100,
    40_000,
    `{ articles { nodes { ...F } } } fragment F on Article { ${'a'.repeat(40_000)}: id }`,
  ],
  ['directives', 60, 61, `{ publication { name ${times(61, () => '@include(if: true)')} } }`],
  [
    'directives',
    60,
    5 * 30,
    `{ publication { ${times(5, () => '...F @include(if: true)')} } } fragment F on Publication { ${times(29, () => 'name @skip(if: false)')} }`,
  ],
  ['root fields', 30, 31, `{ ${times(31, () => 'publication { name }')} }`],
  ['tokens', 2000, 'more', `{ ${times(2000, () => 'publication')} }`],
  ['cost', 2000, 1 + 100 + 100 * 101, '{ articles(first: 100) { nodes { author: related(first: 100) { id } } } }'],
] as const)('%s', (limit, most, sent, query) => {
  it(`of ${sent} are refused before anything is read, and the refusal says what is allowed`, async () => {
    service.statements();
    const { status, errors } = await service.query(query);
    expect([status, errors?.length]).toEqual([400, 1]);
    expect(errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED', limit, most, sent });
    expect(errors?.[0]?.message).toContain(`The limit of ${limit} is ${most} for one operation, and this has ${sent}.`);
    expect(service.statements()).toEqual([]);
  });
});
