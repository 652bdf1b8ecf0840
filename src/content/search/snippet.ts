/** Where words stand in a text: begin and end of each. */
export type Span = readonly [start: number, end: number];

const isUnspaced = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/;
const isOfWords = /^[\p{L}\p{M}\p{N}]$/u;

/** Of each UTF-16 unit that was met, whether it is part of a word: 1 yes, 2 no. */
const units = new Uint8Array(65_536);

/** How many UTF-16 units of a word stand here in one character; 0 where there is none. */
function partOfWord(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (units[unit] === 1) return 1;
  if (units[unit] === 2) return 0;
  const character = String.fromCodePoint(text.codePointAt(at)!);
  const isPart = isOfWords.test(character);
  if (character.length === 1) units[unit] = isPart ? 1 : 2;
  return isPart ? character.length : 0;
}

/** Where the word ends that `start` is in; `start` itself where it is in none. */
function endOfWord(text: string, start: number): number {
  let end = start;
  for (let more = 1; more > 0 && end < text.length; end += more) more = partOfWord(text, end);
  return end;
}

/** Letters without their marks, in small; what is no ASCII letter after that may be written in several ways. */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const mayBegin = (one: string, other: string): boolean => {
  for (let index = 0; index < 2; index += 1) {
    const [a, b] = [one[index], other[index]];
    if (a === undefined || b === undefined || a > '\u007f' || b > '\u007f') return true;
    if (a !== b) return false;
  }
  return true;
};

/** Whether a word that begins so could be a form of one of `beginnings`: two letters tell. */
function beginningLike(beginnings: readonly string[]): (text: string, start: number, end: number) => boolean {
  const known = new Map<string, boolean>();
  return (text, start, end) => {
    const isPlain = end - start > 1 && text.charCodeAt(start) < 0x80 && text.charCodeAt(start + 1) < 0x80;
    // Of other letters, signs among the first four make what they are.
    const begins = text.slice(start, isPlain ? start + 2 : Math.min(end, start + 4));
    let isLike = known.get(begins);
    if (isLike === undefined) {
      const letters = plain(begins);
      isLike = beginnings.some((beginning) => mayBegin(letters, beginning));
      known.set(begins, isLike);
    }
    return isLike;
  };
}

/**
 * Finds where words stand in a text that could be forms of one of `wanted`: they begin alike. Which of them are, the database
 * says, by the rules it found the text by.
 */
export function likelyIn(wanted: readonly string[]): (text: string) => Span[] {
  const beginnings = wanted.filter((each) => !isUnspaced.test(each)).map(plain);
  if (beginnings.length === 0) return () => [];
  const isLike = beginningLike(beginnings);
  return (text) => {
    const spans: Span[] = [];
    let end: number;
    for (let start = 0; start < text.length; start = end + 1) {
      end = endOfWord(text, start);
      if (end > start && isLike(text, start, end)) spans.push([start, end]);
    }
    return spans;
  };
}

export const wordAt = (text: string, [start, end]: Span): string => text.slice(start, end);

/** Those of `likely` whose words are `hits`, and runs of characters that are written without spaces. */
export function foundSpans(
  text: string,
  likely: readonly Span[],
  hits: ReadonlySet<string>,
  wanted: readonly string[],
): Span[] {
  const spans = likely.filter((span) => hits.has(wordAt(text, span)));
  for (const run of wanted.filter((each) => isUnspaced.test(each))) {
    for (let at = text.indexOf(run); at >= 0; at = text.indexOf(run, at + run.length))
      spans.push([at, at + run.length]);
  }
  return spans.sort(([one], [other]) => one - other);
}

/** The stretch of at most `length` characters that holds the most different words of `spans`; the first of equals. */
function bestStart(text: string, spans: readonly Span[], length: number): number {
  const words = spans.map((span) => plain(wordAt(text, span)));
  let [best, most] = [0, 0];
  for (const [index, [start]] of spans.entries()) {
    const different = new Set<string>();
    for (let next = index; next < spans.length && (spans[next]?.[1] ?? Infinity) <= start + length; next += 1) {
      different.add(words[next]!);
    }
    if (different.size > most) [best, most] = [start, different.size];
  }
  return best;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** About `length` characters around what was found, as HTML: text is escaped, what was found stands in `<mark>`. */
export function snippetOf(text: string, spans: readonly Span[], length: number): string {
  const [start, end] = cut(text, bestStart(text, spans, length), length);
  let [html, at] = [start > 0 ? '… ' : '', start];
  for (const [from, to] of spans) {
    if (from < at || to > end) continue;
    html += `${escaped(text.slice(at, from))}<mark>${escaped(text.slice(from, to))}</mark>`;
    at = to;
  }
  return (html + escaped(text.slice(at, end)) + (end < text.length ? '…' : '')).replace(/\s+/g, ' ').trim();
}

/** A stretch of whole words, from a little before `first` on. */
function cut(text: string, first: number, length: number): Span {
  if (text.length <= length) return [0, text.length];
  const lead = Math.floor(length / 4);
  let start = Math.min(Math.max(0, first - lead), Math.max(0, text.length - length));
  if (start > 0) {
    const blank = text.indexOf(' ', start);
    start = blank >= 0 && blank < first ? blank + 1 : first;
  }
  if (start + length >= text.length) return [start, text.length];
  const blank = text.lastIndexOf(' ', start + length);
  let end = blank > start + length / 2 ? blank : start + length;
  // Half of a character is none.
  if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end -= 1;
  return [start, end];
}
