import type { Notes } from './notes.js';
import { type Attachments, meaningOf, type Shortcode } from './shortcode-meanings.js';

/** Longest tag that is looked at; no editor writes longer ones. */
const longest = 4000;
const nameStart = /[A-Za-z]/;
const tagName = /\/?[A-Za-z][\w-]*/y;

/**
 * Replaces WordPress shortcodes by the HTML they mean; those without a meaning here leave the words they enclose.
 * Every character is looked at a bounded number of times, whatever brackets are left open.
 */
export function withoutShortcodes(html: string, notes: Notes, attachments?: Attachments): string {
  if (!html.includes('[')) return html;
  const { tags, escapes } = scanned(html);
  pair(tags);
  let result = '';
  let position = 0;
  let escape = 0;
  for (let index = 0; index < tags.length; index += 1) {
    const tag = tags[index];
    if (!tag || (tag.kind === 'close' && tag.partner === null)) continue;
    const closing = tag.kind === 'open' && tag.partner !== null ? tags[tag.partner] : undefined;
    const inner = closing ? html.slice(tag.end, closing.start) : null;
    const meaning = tag.kind === 'close' ? null : meaningOf(tag, inner, attachments);
    if (meaning === null && tag.kind !== 'close' && !closing && isEditorial(html, tag)) continue;
    copyTo(tag.start);
    position = (meaning && closing ? closing : tag).end;
    if (meaning) {
      result += meaning.html;
      if (meaning.note) notes.add(meaning.note);
      // What it encloses has been read with it.
      if (closing && tag.partner !== null) index = tag.partner;
    } else if (tag.kind !== 'close') {
      notes.add(`shortcode [${tag.name}] left out${closing ? ', its content kept' : ''}`);
    }
  }
  copyTo(html.length);
  return result;

  /** Copies up to `limit`, without the outer brackets of `[[escaped]]` tags. */
  function copyTo(limit: number): void {
    for (let next = escapes[escape]; next !== undefined && next < limit; next = escapes[escape]) {
      if (next >= position) {
        result += html.slice(position, next);
        position = next + 1;
      }
      escape += 1;
    }
    result += html.slice(position, limit);
    position = limit;
  }
}

/** All shortcode tags of `html` outside its tags and comments, and the brackets that only escape one. */
function scanned(html: string): { tags: Shortcode[]; escapes: number[] } {
  const tags: Shortcode[] = [];
  const escapes: number[] = [];
  let position = 0;
  while (position < html.length) {
    const character = html[position];
    if (character === '<') position = afterMarkup(html, position);
    else if (character === '[') position = bracketAt(position);
    else position = nextOf(html, position + 1);
  }
  return { tags, escapes };

  function bracketAt(start: number): number {
    const isEscaped = html[start + 1] === '[';
    const tag = tagAt(html, isEscaped ? start + 1 : start);
    if (!tag) return start + 1;
    if (!isEscaped) tags.push(tag);
    else if (html[tag.end] === ']') escapes.push(start, tag.end);
    else tags.push(tag);
    return isEscaped && html[tag.end] === ']' ? tag.end + 1 : tag.end;
  }
}

const nextOf = (html: string, from: number): number => {
  for (let index = from; index < html.length; index += 1) if (html[index] === '<' || html[index] === '[') return index;
  return html.length;
};

/** The end of the tag or comment that begins at `start`, or the next character where neither does. */
function afterMarkup(html: string, start: number): number {
  if (html.startsWith('<!--', start)) {
    const end = html.indexOf('-->', start + 4);
    return end < 0 ? html.length : end + 3;
  }
  if (!/[A-Za-z/]/.test(html[start + 1] ?? '')) return start + 1;
  let quote = '';
  for (let index = start + 1; index < Math.min(html.length, start + 50_000); index += 1) {
    const character = html[index] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '>') return index + 1;
    else if (character === '<') return index;
    else if (character === '"' || character === "'") quote = character;
  }
  return html.length;
}

function tagAt(html: string, start: number): Shortcode | null {
  if (!nameStart.test(html[start + 1] === '/' ? (html[start + 2] ?? '') : (html[start + 1] ?? ''))) return null;
  tagName.lastIndex = start + 1;
  const word = tagName.exec(html)?.[0];
  if (word === undefined) return null;
  const inside = start + 1 + word.length;
  if (!/[\s\]=/]/.test(html[inside] ?? '')) return null;
  const end = endOfTag(html, inside);
  if (end === null) return null;
  const isClosing = word.startsWith('/');
  const written = html.slice(inside, end);
  const isSingle = written.trimEnd().endsWith('/') && !/https?:\S*\/\s*$/.test(written);
  return {
    name: isClosing ? word.slice(1) : word,
    attributes: attributesIn(isSingle ? written.trimEnd().slice(0, -1) : written),
    start,
    end: end + 1,
    kind: isClosing ? 'close' : isSingle ? 'single' : 'open',
    partner: null,
  };
}

/** Where the `]` of a tag is. Brackets in quotes belong to a value; another `[` means that this was no tag. */
function endOfTag(html: string, from: number): number | null {
  let quote = '';
  const limit = Math.min(html.length, from + longest);
  for (let index = from; index < limit; index += 1) {
    const character = html[index] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === ']') return index;
    else if (character === '[') return null;
    else if ((character === '"' || character === "'") && html[index - 1] === '=') quote = character;
  }
  return null;
}

function attributesIn(written: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  let count = 0;
  for (const match of written.matchAll(/([\w-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|=?([^\s"']+)/g)) {
    const [, name, double, single, bare, quoted, word] = match;
    const value = (double ?? single ?? bare ?? quoted ?? word ?? '').replace(/&amp;|&#0?38;/g, '&');
    attributes[name?.toLowerCase() ?? String(count++)] = value;
  }
  return attributes;
}

/** Finds for each closing tag the nearest open one of its name. */
function pair(tags: Shortcode[]): void {
  const open = new Map<string, number[]>();
  tags.forEach((tag, index) => {
    const waiting = open.get(tag.name) ?? [];
    open.set(tag.name, waiting);
    if (tag.kind === 'open') waiting.push(index);
    const partner = tag.kind === 'close' ? waiting.pop() : undefined;
    const opener = partner === undefined ? undefined : tags[partner];
    if (opener && partner !== undefined) {
      opener.partner = index;
      tag.partner = partner;
    }
  });
}

/** Whether brackets are an editor's: `[sic]` in running text is a word, while a shortcode without attributes stands alone. */
function isEditorial(html: string, { name, attributes, start, end, kind }: Shortcode): boolean {
  if (kind === 'single' || /[_-]/.test(name)) return false;
  const written = Object.keys(attributes);
  if (written.some((key) => !/^\d+$/.test(key)) || written.some((key) => /^https?:/.test(attributes[key] ?? '')))
    return false;
  if (written.length > 0 || name !== name.toLowerCase()) return true;
  return !(
    /(?:^|\n|<p[^<>]{0,99}>|-->)[ \t]*$/.test(html.slice(Math.max(0, start - 120), start)) &&
    /^[ \t]*(?:$|\r?\n|<\/p>|<!--)/.test(html.slice(end, end + 40))
  );
}
