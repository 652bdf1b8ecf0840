import type { BodyElement, BodyNode, BodyTree } from './tree.js';

/** Elements that stand on lines of their own, with an empty line around them. */
const paragraphs = new Set('p h2 h3 h4 h5 h6 pre blockquote figure figcaption ul ol dl table caption hr'.split(' '));
/** Elements that begin a line. */
const lines = new Set('li dt dd tr'.split(' '));
/** What an excerpt leaves out: it is no running text. */
const asides = new Set('figure table h2 h3 h4 h5 h6 pre'.split(' '));

/** Collects text as it is read: blanks are one space, blocks are set apart. */
class Writer {
  result = '';
  #pending = '';

  constructor(
    readonly without: ReadonlySet<string>,
    readonly limit: number,
  ) {}

  get isFull(): boolean {
    return this.result.length >= this.limit;
  }

  write(nodes: readonly BodyNode[], isPreformatted = false): void {
    for (const node of nodes) {
      if (this.isFull) return;
      if (node.type === 'text') this.#text(node.value, isPreformatted);
      else if (!this.without.has(node.tagName)) this.#element(node, isPreformatted);
    }
  }

  #element({ tagName, children }: BodyElement, isPreformatted: boolean): void {
    const around = paragraphs.has(tagName) ? '\n\n' : lines.has(tagName) || tagName === 'br' ? '\n' : '';
    if (tagName === 'td' || tagName === 'th') this.#apart('\t');
    else this.#apart(around);
    this.write(children, isPreformatted || tagName === 'pre');
    this.#apart(tagName === 'br' ? '' : around);
  }

  /** The strongest separation asked for since the last word is the one that is written. */
  #apart(separator: string): void {
    if (rank(separator) > rank(this.#pending)) this.#pending = separator;
  }

  #text(value: string, isPreformatted: boolean): void {
    const words = isPreformatted ? value : collapsed(value);
    const start = !isPreformatted && words.startsWith(' ') ? 1 : 0;
    const end = !isPreformatted && words.endsWith(' ') && words.length > start ? words.length - 1 : words.length;
    if (start > 0) this.#apart(' ');
    if (start >= end) return;
    if (this.result !== '') this.result += this.#pending;
    this.#pending = '';
    this.result += words.slice(start, end);
    if (end < words.length) this.#pending = ' ';
  }
}

/** Most text has no blanks to collapse, and to look is cheaper than to replace. */
export const collapsed = (value: string): string =>
  /[\t\n\f\r]| {2}/.test(value) ? value.replace(/[\t\n\f\r ]+/g, ' ') : value;

const rank = (separator: string): number => ['', ' ', '\t', '\n', '\n\n'].indexOf(separator);

function written(nodes: readonly BodyNode[], without: ReadonlySet<string>, limit: number): string {
  const writer = new Writer(without, limit);
  writer.write(nodes);
  return writer.result;
}

const nothing: ReadonlySet<string> = new Set();

/** The words of nodes as plain text: paragraphs apart by an empty line, items and rows on lines of their own. */
export const textOfNodes = (nodes: readonly BodyNode[]): string => written(nodes, nothing, Infinity);

/** The words of a body as plain text. */
export const textOf = (tree: BodyTree): string => textOfNodes(tree.children);

const openingLength = 1000;

/** The first 1,000 characters of the running text, in whole words: what excerpts in lists are cut from. */
export function openingOf(tree: BodyTree): string {
  const running = written(tree.children, asides, openingLength + 1);
  const words = (running || written(tree.children, nothing, openingLength + 1)).replace(/[\n\t]+/g, ' ');
  return words.length <= openingLength ? words : wholeWords(words, openingLength).trimEnd();
}

/** Plain text of at most `maxLength` characters, cut after a word; it ends in `…` where it was cut. */
export function excerptOf(opening: string, maxLength: number): string {
  const words = opening.replace(/\s+/g, ' ').trim();
  if (words.length <= maxLength) return words;
  if (maxLength < 1) return '';
  return `${wholeWords(words, maxLength - 1).replace(/[\s,;:–—-]+$/u, '')}…`;
}

/** The longest beginning of `words` within `length` that ends with a word; where the first word is longer, part of it. */
function wholeWords(words: string, length: number): string {
  if (words[length] === ' ') return words.slice(0, length);
  const end = words.lastIndexOf(' ', length - 1);
  if (end > 0 && !isUnspaced.test(words.slice(end, length))) return words.slice(0, end);
  return graphemesWithin(words, length);
}

/** Where a grapheme cluster is cut, its beginning says something else: a flag becomes a letter, a family one person. */
function graphemesWithin(words: string, length: number): string {
  let end = 0;
  // A cluster is short: beyond the cut only its rest need be seen.
  for (const { index, segment } of graphemes().segment(words.slice(0, length + 64))) {
    if (index + segment.length > length) break;
    end = index + segment.length;
  }
  return words.slice(0, end);
}

let graphemeSegmenter: Intl.Segmenter | undefined;
const graphemes = (): Intl.Segmenter =>
  (graphemeSegmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' }));

/** Scripts written without spaces: Thai, Lao, Burmese, Khmer, Japanese and Chinese. */
const isUnspaced =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[\ud840-\ud88d][\udc00-\udfff]/;

const longestRun = 2000;
let wordSegmenter: Intl.Segmenter | undefined;

/** How many words there are, by Unicode's rules (UAX #29); its dictionaries are asked only for scripts without spaces. */
export function wordCountOf(words: string): number {
  if (isUnspaced.test(words)) {
    wordSegmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
    let count = 0;
    // The dictionaries' time grows with the square of an unbroken run; no sentence is as long as this.
    for (let start = 0; start < words.length; start += longestRun) {
      for (const { isWordLike } of wordSegmenter.segment(words.slice(start, start + longestRun)))
        if (isWordLike) count += 1;
    }
    return count;
  }
  let count = 0;
  word.lastIndex = 0;
  while (word.test(words)) count += 1;
  return count;
}

/** A word where spaces are written: what is no sign, held together by a sign within (don’t, U.S., 1,000). */
const signs =
  '\\u0000-/:-@\\[-^`{-\\u00a9\\u00ab\\u00ac\\u00ae-\\u00b1\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u20a0-\\u20cf\\u2100-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u303f\\ud83c-\\ud83e\\udc00-\\udfff\\ufe0f\\uff00-\\uff0f\\u05be\\u060c\\u061b\\u061f\\u0964\\u0965';
// eslint-disable-next-line no-misleading-character-class -- code units on purpose: a sign of two counts as a sign either way
const word = new RegExp(`[^${signs}]+(?:(?:(?<![0-9])['.’:·](?![0-9])|(?<=[0-9])['.’,;](?=[0-9]))[^${signs}]+)*`, 'g');

/** Words that are read in a minute. */
const readingRate = 230;

/** How many minutes a piece takes to read at 230 words a minute: at least 1 when there is any word. */
export const readingMinutesOf = (wordCount: number): number =>
  wordCount > 0 ? Math.max(1, Math.round(wordCount / readingRate)) : 0;
