import type { Asked } from './documents.js';
import type { Random } from './random.js';
import { anyText, edgeInts } from './values.js';

/** What is sent, to the letter. */
export type Body = string;

const insertAt = (text: string, part: string, random: Random): string => {
  const at = random.upTo(text.length);
  return text.slice(0, at) + part + text.slice(at);
};

const fragmentsOfNothing = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '!',
    '$',
    '@',
    '...',
    '"',
    '"""',
    '&',
    '|',
    '=',
    '#',
    '\\',
    '\0',
    '\ufeff',
    '🙂',
  ],
  ...[
    ' nothing ',
    ' ... on Nothing { id } ',
    ' ...Nothing ',
    ' @nothing ',
    ' @include ',
    ' @skip(if: "x") ',
    ' $nothing ',
  ],
  ...[
    ' first: 99999999999 ',
    ' first: "1" ',
    ' id: { a: 1 } ',
    ' null ',
    ' -',
    ' 1e',
    ' 0x1 ',
    ' """',
    ' "\\u12" ',
    ' __proto__ ',
  ],
];

/** Ways to break a document. */
const inText: readonly ((asked: Asked, random: Random) => string)[] = [
  ({ query }, random) => query.slice(0, random.upTo(query.length)),
  ({ query }, random) => query.slice(random.upTo(query.length)),
  ({ query }, random) => insertAt(query, random.of(fragmentsOfNothing), random),
  ({ query }, random) => insertAt(query, random.of(fragmentsOfNothing).repeat(1 + random.upTo(3000)), random),
  ({ query }, random) => {
    const at = random.upTo(query.length);
    return query.slice(0, at) + query.slice(at + 1 + random.upTo(4));
  },
  ({ query }, random) => {
    const names = [...query.matchAll(/\w+/g)];
    const name = names.length > 0 ? random.of(names) : null;
    const other = names.length > 0 ? random.of(names)[0] : 'x';
    return name ? query.slice(0, name.index) + other + query.slice(name.index + name[0].length) : '';
  },
  ({ query }, random) => query.replace(/\b[a-z]\w+(?=[ (])/g, (name) => (random.chance(0.2) ? `${name}x` : name)),
  ({ query }, random) =>
    query.replace(/\$v\d+: [^,)]+/, () =>
      random.of(['$v: Nothing', '$v1: Int!', '$v1: ArticleFilter', '$v1: Article', '$a: [[ID', '$v1']),
    ),
  ({ query }) => `${query} ${query}`,
  ({ query }) =>
    `${query} fragment A on Article { ...B } fragment B on Article { ...A } query ($x: Int) { articles { nodes { ...A } } }`,
  ({ query }) => query.replace(/^query/, 'subscription'),
  ({ query }) => query.replace(/^query|^mutation/, 'extend type'),
  ({ query }, random) => query.replaceAll('{', '{ '.padEnd(2 + random.upTo(50), '{')),
  (_asked, random) =>
    random.of(['{ a(b:', '{a', '[', '{ articles(filter: {', 'query($a:[', '{...{']).repeat(1 + random.upTo(9000)),
  (_asked, random) =>
    `{ ${Array.from({ length: 1 + random.upTo(400) }, (_, at) => `a${at}: nothing${at}(x: ${at})`).join(' ')} }`,
  (_asked, random) => anyText(random),
  () => 'type Query { a: Int } directive @a on FIELD scalar X',
];

const wrongFor = (random: Random): unknown =>
  random.of<unknown>([
    ...[null, true, {}, [], [[]], { a: { b: { c: {} } } }, 1.5, 1e300, '1', -(2 ** 31) - 1, 2 ** 31, 2 ** 53],
    ...[
      'x',
      anyText(random),
      [anyText(random)],
      { id: anyText(random), slug: anyText(random) },
      { __proto__: null, constructor: 1 },
    ],
    ...[Array.from({ length: 1 + random.upTo(300) }, () => anyText(random).slice(0, 1000)), random.of(edgeInts)],
  ]);

/** Ways to break what a document is given. */
const inVariables: readonly ((asked: Asked, random: Random) => unknown)[] = [
  ({ variables }, random) => Object.fromEntries(Object.keys(variables).map((name) => [name, wrongFor(random)])),
  ({ variables }, random) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, random.chance(0.5) ? value : wrongFor(random)]),
    ),
  ({ variables }, random) => {
    const within = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null || random.chance(0.2)) return wrongFor(random);
      if (Array.isArray(value)) return value.map((each) => (random.chance(0.5) ? each : within(each)));
      return {
        ...Object.fromEntries(
          Object.entries(value).map(([name, part]) => [name, random.chance(0.6) ? part : within(part)]),
        ),
        nothing: wrongFor(random),
      };
    };
    return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, within(value)]));
  },
  () => ({}),
  (_asked, random) => random.of<unknown>([[], 'x', 1, true, null]),
];

/** Ways to break the body around them. */
const inBody: readonly ((asked: Asked, random: Random) => Body)[] = [
  (asked, random) => {
    const body = JSON.stringify(asked);
    return body.slice(0, random.upTo(body.length - 1));
  },
  (asked, random) => insertAt(JSON.stringify(asked), random.of(fragmentsOfNothing), random),
  (asked, random) => JSON.stringify([asked, ...(random.chance(0.5) ? [asked] : [])]),
  (asked, random) =>
    JSON.stringify({ ...asked, operationName: random.of<unknown>(['Nothing', '', 1, {}, anyText(random)]) }),
  (asked, random) => JSON.stringify({ ...asked, query: random.of<unknown>([null, 1, {}, [asked.query], '']) }),
  (asked, random) =>
    JSON.stringify({
      ...asked,
      extensions: random.of<unknown>([
        1,
        'x',
        { persistedQuery: { version: 1, sha256Hash: anyText(random) } },
        { persistedQuery: 1 },
      ]),
    }),
  (asked, random) =>
    JSON.stringify({
      documentId: random.of<unknown>(['sha256:x', anyText(random), 1, null]),
      variables: asked.variables,
    }),
  (asked) => `{"query":${JSON.stringify(asked.query)},"variables":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  (asked) => `{"__proto__":{"query":"{ __typename }"},"query":${JSON.stringify(asked.query)},"constructor":{}}`,
  (asked, random) => JSON.stringify({ ...asked, [random.of(['id', 'doc_id', 'key', 'batch'])]: asked.query }),
];

/** A body made of `asked` that is not as it should be. */
export function brokenBody(asked: Asked, random: Random): Body {
  const dice = random.upTo(99);
  if (dice < 60) return JSON.stringify({ ...asked, query: random.of(inText)(asked, random) });
  if (dice < 85) return JSON.stringify({ ...asked, variables: random.of(inVariables)(asked, random) });
  return random.of(inBody)(asked, random);
}
