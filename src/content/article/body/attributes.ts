import { cleanCharacters, linkAddress, resourceAddress, schemeOf } from './addresses.js';
import { attributeOf, type ParsedElement } from './fragment.js';
import type { Notes } from './notes.js';
import type { Property } from './tree.js';

type Read = readonly [property: string, value: (value: string) => Property | null];

const words = (value: string): string | null => cleanCharacters(value) || null;
const whole =
  (least: number, most: number) =>
  (value: string): number | null => {
    const digits = /^\s*\+?(-?\d{1,9})(?:px)?\s*$/.exec(value)?.[1];
    return digits === undefined || +digits < least || +digits > most ? null : +digits;
  };
const oneOf =
  (...allowed: string[]) =>
  (value: string): string | null =>
    allowed.find((choice) => choice === value.trim() || (choice.length > 1 && choice === value.trim().toLowerCase())) ??
    null;

/** Ids of notes and of the places that refer to them. Any other id could stand for something of the page it is shown on. */
const footnote =
  /^(?:user-content-)?(?:_?(?:fn|ftn|edn)(?:ref)?|(?:foot|end)?note(?:-?ref)?|easy-footnote(?:-bottom)?)[-_:\d]/;
const prefixed = (id: string): string => (id.startsWith('user-content-') ? id : `user-content-${id}`);
const footnoteId = (value: string): string | null =>
  footnote.test(value) && /^[\w:.-]{1,80}$/.test(value) ? prefixed(value) : null;

function link(value: string): string | null {
  const address = linkAddress(cleanCharacters(value));
  const id = address?.startsWith('#') ? footnoteId(address.slice(1)) : null;
  return id === null ? address : `#${id}`;
}
const resource = (value: string): string | null => resourceAddress(cleanCharacters(value));

/** For each element, the attributes that are kept, as what, and which of their values are. */
const everywhere: Readonly<Record<string, Read>> = {
  lang: ['lang', (value) => (/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(value) ? value : null)],
  dir: ['dir', oneOf('ltr', 'rtl', 'auto')],
  id: ['id', footnoteId],
};
const title: Read = ['title', words];
const cite: Read = ['cite', resource];
const dateTime: Read = ['dateTime', words];
const size: Readonly<Record<string, Read>> = {
  width: ['width', whole(0, 99_999)],
  height: ['height', whole(0, 99_999)],
};
const span: Readonly<Record<string, Read>> = {
  colspan: ['colSpan', whole(1, 1000)],
  rowspan: ['rowSpan', whole(0, 1000)],
};
const perElement: ReadonlyMap<string, Readonly<Record<string, Read>>> = new Map<string, Readonly<Record<string, Read>>>(
  [
    ['a', { href: ['href', link], title }],
    ['abbr', { title }],
    ['img', { src: ['src', resource], alt: ['alt', cleanCharacters], title, ...size }],
    ['iframe', { title, ...size }],
    ['video', { poster: ['poster', resource], title, ...size }],
    ['audio', { title }],
    ['blockquote', { cite }],
    ['q', { cite }],
    ['del', { cite, datetime: dateTime }],
    ['ins', { cite, datetime: dateTime }],
    ['time', { datetime: dateTime }],
    [
      'ol',
      {
        start: ['start', whole(-1e6, 1e6)],
        reversed: ['reversed', () => true],
        type: ['type', oneOf('1', 'a', 'A', 'i', 'I')],
      },
    ],
    ['li', { value: ['value', whole(-1e6, 1e6)] }],
    ['td', span],
    ['th', { ...span, scope: ['scope', oneOf('row', 'col', 'rowgroup', 'colgroup')] }],
    ['col', { span: ['span', whole(1, 1000)] }],
    ['colgroup', { span: ['span', whole(1, 1000)] }],
    ['code', { class: ['className', languageClass] }],
  ],
);

function languageClass(value: string): string[] | null {
  const language = value.split(/\s+/).find((name) => /^language-[\w+#.-]{1,40}$/.test(name));
  return language === undefined ? null : [language];
}

const nothing = {};

/** The attributes of `node` that are kept when it stands as a `tagName`, in the order typed. */
export function propertiesOf(node: ParsedElement, tagName: string, notes: Notes): Record<string, Property> {
  const { attrs } = node;
  if (attrs.length === 0) return {};
  const known = perElement.get(tagName) ?? nothing;
  const properties: Record<string, Property> = {};
  for (const { name, value } of attrs) {
    const read = reader(known, name) ?? reader(everywhere, name);
    if (!read) {
      if (name.startsWith('on')) notes.removed(['an on… attribute', 'on… attributes']);
      continue;
    }
    const [property, valueOf] = read;
    const kept = valueOf(value);
    if (kept !== null) properties[property] = kept;
    else if (property === 'href') noteAddress(value, notes);
  }
  return properties;
}

const reader = (table: Readonly<Record<string, Read>>, name: string): Read | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function noteAddress(value: string, notes: Notes): void {
  const scheme = schemeOf(cleanCharacters(value));
  if (scheme !== null && /^[a-z][a-z0-9+.-]{0,30}$/.test(scheme))
    notes.removed([`a ${scheme}: link`, `${scheme}: links`]);
}

/** The address of a picture; where a script was to fetch it later, the one it was to fetch. */
export function pictureAddress(node: ParsedElement): string | null {
  for (const name of ['src', 'data-src', 'data-lazy-src', 'data-original']) {
    const value = attributeOf(node, name);
    const address = value === undefined ? null : resource(value);
    if (address !== null) return address;
  }
  return null;
}
