/** Where words stand in a text: begin and end of each. */
export type Span = readonly [start: number, end: number];

const word = /[\p{L}\p{M}\p{N}]+/gu;
const isUnspaced = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/;

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

/**
 * The words of a text that could be forms of one of `wanted`: they begin alike. Which of them are, the database says, by the
 * rules it found the text by.
 */
export function likelyWords(text: string, wanted: readonly string[]): string[] {
  const beginnings = wanted.filter((each) => !isUnspaced.test(each)).map(plain);
  if (beginnings.length === 0) return [];
  const found = new Set<string>();
  for (const [each] of text.matchAll(word)) {
    if (found.has(each)) continue;
    const begins = plain(each.slice(0, 4));
    if (beginnings.some((beginning) => mayBegin(begins, beginning))) found.add(each);
  }
  return [...found];
}

/** Where `hits` stand in a text, and runs of characters that are written without spaces. */
export function spansOf(text: string, hits: ReadonlySet<string>, wanted: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const { 0: each, index } of text.matchAll(word)) {
    if (hits.has(each)) spans.push([index, index + each.length]);
  }
  for (const run of wanted.filter((each) => isUnspaced.test(each))) {
    for (let at = text.indexOf(run); at >= 0; at = text.indexOf(run, at + run.length))
      spans.push([at, at + run.length]);
  }
  return spans.sort(([one], [other]) => one - other);
}

/** The stretch of at most `length` characters that holds the most different words of `spans`; the first of equals. */
function bestStart(text: string, spans: readonly Span[], length: number): number {
  let [best, most] = [0, 0];
  for (const [index, [start]] of spans.entries()) {
    const words = new Set<string>();
    for (let next = index; next < spans.length && (spans[next]?.[1] ?? Infinity) <= start + length; next += 1) {
      words.add(plain(text.slice(...(spans[next] as [number, number]))));
    }
    if (words.size > most) [best, most] = [start, words.size];
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
