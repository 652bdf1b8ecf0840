import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputObjectType,
} from 'graphql';
import type { Pool } from './pool.js';
import type { Random } from './random.js';

/** Words that have broken something somewhere: in SQL, in searches, in patterns, in encodings, in paths, in pages. */
export const hostileTexts: readonly string[] = [
  ...['', ' ', '\t\n', '\0', 'a\0b', '\u0001', '\u007f', '\ufeff', '\u2028', '\uffff', '\u200b'],
  ...['\ud800', '\udc00x', 'a\ud83d', '\u202egnp.exe', 'مرحبا بالعالم', '🙂', '👩‍👩‍👧‍👦', 'e\u0301', 'İıſß', 'ﬁ', '٣'],
  ...[
    "'",
    "''",
    "' OR 1=1 --",
    "'; select pg_sleep(20)--",
    '"; drop table article; --',
    '\\',
    '\\\\',
    "\\'",
    '$1',
    '$$',
  ],
  ...['%', '_', '%_\\', '*', '?', '[', '(a+)+$', '^(?!)', '{"a":1}', '[1,2]', 'null', 'true', '1e999', '-0'],
  ...[
    '&',
    '|',
    '!',
    '<->',
    ':*',
    '& | ! <-> :*',
    '!(a',
    'a:*b',
    'a & ',
    '"unclosed',
    '"" ""',
    'or or or',
    '-a -b',
    '- -',
  ],
  ...['pg_sleep(20)', '__proto__', 'constructor', 'toString', 'undefined', 'NaN'],
  ...['../../etc/passwd', '/..', '//', '/%00', '/%c0%ae', '%zz', '/a?b#c', '\r\nX-Evil: 1', 'http://', '#'],
  ...['<script>alert(1)</script>', '<b', ']]>', '<!--', '&amp;&#0;&#xD800;', '${7*7}', '{{7*7}}'],
];

const longTexts: readonly ((random: Random) => string)[] = [
  () => 'x'.repeat(10_000),
  () => '🙂'.repeat(2500),
  () => 'a\u0301\u0302\u0303'.repeat(1000),
  () => 'wort '.repeat(2000),
  () => '"'.repeat(5000),
  () => '('.repeat(3000),
  () => '<div>'.repeat(1500),
  () => '- '.repeat(2000),
  () => '> '.repeat(1500),
  (random) => 'y'.repeat(100_000 + random.upTo(300_000)),
];

const bodies: readonly string[] = [
  '<p>It <em>happened</em>.</p><h2>How</h2><ul><li>One<ul><li>Two</ul></ul>',
  '<table><caption>c<tr><th>a<td>b</table><blockquote cite="javascript:x">q</blockquote>',
  '<p onclick=x>a<script>alert(1)</script><svg><style><img src=x onerror=y></style></svg><math><mtext></p>',
  '<figure><img src="https://a.example/b.jpg" width=99999999999 height=-1 alt="\u202e"><figcaption>c</figure>',
  '<a href="data:text/html,x">x</a><a href="HTTPS://Ü.example/%zz">y</a><iframe src="https://www.youtube.com/embed/x"></iframe>',
  '# H\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n1. x\n   - y\n\n[a](javascript:1) ![b](//c) `d` <b>e</b>\n\n***\n\n```js\nf\n```',
  '[gallery ids="1,2"][caption]x[/caption][embed]https://vimeo.com/1[/embed]',
];

export const edgeInts: readonly number[] = [-(2 ** 31), -1, 0, 1, 2, 20, 99, 100, 101, 1000, 2 ** 31 - 1];

const moments: readonly string[] = [
  ...['2026-06-15T12:00:00.000Z', '2026-06-15T11:59:59.999Z', '2026-06-16T00:00:00Z', '2026-01-01T00:00:00+14:00'],
  ...['2024-02-29T23:59:59.999Z', '1970-01-01T00:00:00Z', '1582-10-10T00:00:00Z', '2038-01-19T03:14:08Z'],
  ...['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
];
/** No moments, or none that can be kept: a document with one is refused. */
const noMoments: readonly string[] = [
  ...[
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '2026-02-30T00:00:00Z',
    '2026-06-15',
    '2016-12-31T23:59:60Z',
  ],
  ...['+010000-01-01T00:00:00Z', '2026-06-15T25:00:00Z', '', 'now', 'infinity'],
];
const addresses: readonly string[] = [
  ...[
    'https://a.example/x',
    'http://a.example',
    'https://user:pw@a.example:22/',
    'http://127.0.0.1/',
    'http://[::1]:99/',
  ],
  ...['http://0x7f000001/', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'javascript:alert(1)', 'data:,x'],
  ...[
    'https://ü.example/🙂?q=%zz#\u202e',
    `https://a.example/${'x'.repeat(9000)}`,
    'gopher://a',
    'https://a.example/\0',
  ],
];

/** What a value stands in: the names around it, outermost first, such as `updateTag`, `input`, `id`. */
export type Place = readonly string[];

const last = (place: Place): string => place.at(-1) ?? '';

/** The kind of thing that an id at this place is of. */
function kindAt(place: Place, pool: Pool): string | undefined {
  const words = [...place].reverse().map((word) => word.toLowerCase());
  if (words[0] === 'into' || words[0] === 'parent') words.shift();
  const kinds = Object.keys(pool.ids).sort((one, other) => other.length - one.length);
  for (const word of words) {
    const kind = kinds.find((each) => word.includes(each.toLowerCase()));
    if (kind !== undefined) return kind;
  }
  return words.some((word) => /revision|preview|schedule|draft/.test(word)) ? 'Article' : undefined;
}

const cut = (text: string, random: Random): string => text.slice(0, random.upTo(Math.max(text.length - 1, 0)));

function textWithOneChange(text: string, random: Random): string {
  const at = random.upTo(Math.max(text.length - 1, 0));
  return text.slice(0, at) + random.of(['A', '_', '=', '%', '\0', 'é', '']) + text.slice(at + 1);
}

/** An id: mostly of the kind that is meant, else of another, cut, changed, or none. */
function idAt(place: Place, pool: Pool, random: Random): string {
  const kind = kindAt(place, pool) ?? random.of(Object.keys(pool.ids));
  const ids = pool.ids[kind] ?? [];
  const dice = random.upTo(99);
  if (dice < 70 && ids.length > 0) return random.of(ids);
  if (dice < 78) return random.of(random.of(Object.values(pool.ids).filter(({ length }) => length > 0)));
  if (dice < 84) return random.of(pool.slugs);
  const id = random.of(pool.ids[random.of(Object.keys(pool.ids))] ?? ids) ?? '';
  if (dice < 88) return cut(id, random);
  if (dice < 92) return textWithOneChange(id, random);
  if (dice < 95)
    return Buffer.from(`${random.of(['Byline', 'Query', 'Nothing', '__Schema', kind])}:1`).toString('base64url');
  return anyText(random);
}

function cursorAt(pool: Pool, random: Random): string {
  const cursor = random.of(pool.cursors);
  const dice = random.upTo(99);
  if (dice < 60) return cursor;
  if (dice < 70) return cut(cursor, random);
  if (dice < 80) return textWithOneChange(cursor, random);
  if (dice < 92) {
    // The right shape, and values that no list gave out.
    const [name] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const value = random.of([0, -1, 1e15, 1.5, -1e300, '', '\0', 'x', null, [], {}, 2 ** 31, 2 ** 53, anyText(random)]);
    const id = random.of(['018f4b7e-0000-7000-8000-000000000000', 'x', '', null, 1]);
    return Buffer.from(JSON.stringify([name, value, id])).toString('base64url');
  }
  return anyText(random);
}

export const anyText = (random: Random): string =>
  random.chance(0.06) ? random.of(longTexts)(random) : random.of(hostileTexts);

function textAt(place: Place, pool: Pool, random: Random): string {
  const name = last(place);
  if (random.chance(0.2)) return anyText(random);
  if (/^(after|before|since|cursor)$/.test(name)) return cursorAt(pool, random);
  if (/^(slug|sections?|authors?|tags?|partners?|parent)$/.test(name)) return random.of(pool.slugs);
  if (name === 'path') return random.of(pool.paths);
  if (/^(query|prefix)$/.test(name)) {
    const words = Array.from({ length: 1 + random.upTo(2) }, () =>
      random.of(random.chance(0.7) ? pool.words : hostileTexts),
    );
    return words.join(random.of([' ', ' ', ' or ', ' -', '" "']));
  }
  if (/^languages?$/.test(name)) return random.of(['en', 'fr', 'pt-BR', 'zh-Hant-TW', 'EN', 'x', 'en_US', '']);
  if (/^(html|markdown)$/.test(name)) return random.of(bodies) + (random.chance(0.2) ? anyText(random) : '');
  if (name === 'action') return random.of(['createArticle', 'updateArticle', 'x', '']);
  return random.of(['A name', 'Ann', 'A headline of a piece', 'On what happened', 'x', random.of(pool.words)]);
}

function intAt(place: Place, random: Random): number {
  const name = last(place);
  if (random.chance(0.12)) return random.of(edgeInts);
  if (/^(first|last|initialCount)$/.test(name)) return 1 + random.upTo(random.chance(0.15) ? 99 : 4);
  if (/revision|^(from|to)$/i.test(name)) return 1 + random.upTo(2);
  return random.of([1, 5, 30, 60, 100, 600, 3600]);
}

/** A key that holds what its type allows, and one that is left out: `undefined`. */
export function valueOf(type: GraphQLInputType, place: Place, pool: Pool, random: Random): unknown {
  if (isNonNullType(type)) return someOf(type.ofType, place, pool, random);
  if (random.chance(0.08)) return null;
  return someOf(type, place, pool, random);
}

function someOf(type: GraphQLInputType, place: Place, pool: Pool, random: Random): unknown {
  if (isNonNullType(type)) return someOf(type.ofType, place, pool, random);
  if (isListType(type)) {
    if (random.chance(0.06)) return someOf(type.ofType, place, pool, random);
    const length = random.chance(0.06) ? random.of([100, 101]) : random.upTo(3);
    return Array.from({ length }, () => valueOf(type.ofType, place, pool, random));
  }
  if (isInputObjectType(type)) return objectOf(type, place, pool, random);
  if (isEnumType(type)) return random.of(type.getValues()).name;
  switch (getNamedType(type).name) {
    case 'Int':
      return intAt(place, random);
    case 'Float':
      return random.of([0, -1, 1.5, 1e308, 5e-324]);
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return idAt(place, pool, random);
    case 'DateTime':
      return random.chance(0.04) ? random.of(noMoments) : random.of(moments);
    case 'URL':
      return random.chance(0.5) ? 'https://a.example/x' : random.of(addresses);
    default:
      return textAt(place, pool, random);
  }
}

function objectOf(type: GraphQLInputObjectType, place: Place, pool: Pool, random: Random): Record<string, unknown> {
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    const field = random.of(fields);
    return { [field.name]: someOf(field.type, [...place, field.name], pool, random) };
  }
  const given: Record<string, unknown> = {};
  for (const field of fields) {
    const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
    if (isRequired || random.chance(0.35))
      given[field.name] = valueOf(field.type, [...place, field.name], pool, random);
  }
  return given;
}
