/** How many of the newest matches are ranked, counted and sorted into facets. */
export const mostRanked = 1000;

/** How long a query may be, in characters. */
export const longestQuery = 300;

export type SearchOrder = 'RELEVANCE' | 'PUBLISHED_AT_DESC';

/** A place among what a search found. */
export interface SearchPlace {
  /** The score, or the moment in milliseconds. */
  readonly value: number;
  readonly id: string;
}

/**
 * Where the search that a page goes on from began: the oldest match that was ranked, so that what is published meanwhile
 * pushes nothing out; null when all were. And the words that were searched in place of those given.
 */
export interface SearchStart {
  readonly floor: { readonly at: number; readonly id: string } | null;
  readonly corrected: string | null;
}

const cjk = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+/g;
const spaced = (run: string): string => [...run].join(' ');

/**
 * A query as the database is asked: Chinese and Japanese characters are words of their own there, so that several in a row
 * are a phrase.
 */
export const asAsked = (query: string): string =>
  query
    .split('"')
    .map((part, index) =>
      part.replace(cjk, (run) => (index % 2 === 1 || run.length === 1 ? ` ${spaced(run)} ` : ` "${spaced(run)}" `)),
    )
    .join('"');

const word = /[\p{L}\p{M}\p{N}]+/gu;

/** The single words of a query that are wanted, as they were written: neither excluded by a minus nor the word `or`. */
export const wantedWords = (query: string): string[] => [
  ...new Set(
    query
      .replace(/(^|\s)-("[^"]*"?|\S+)/g, ' ')
      .match(word)
      ?.filter((each) => each.toLowerCase() !== 'or') ?? [],
  ),
];

/** `query` with some of its words replaced; its signs and the order stay. */
export const withWords = (query: string, replacements: ReadonlyMap<string, string>): string =>
  query.replace(word, (each) => replacements.get(each) ?? each);

/** A word that is still being typed, and those before it. */
export function typedWords(prefix: string): { before: string; last: string } | null {
  const words = prefix.match(word) ?? [];
  const last = words.at(-1);
  if (last === undefined) return null;
  // What ends in a space or a sign is typed to its end.
  const isOpen = /[\p{L}\p{M}\p{N}]$/u.test(prefix);
  return isOpen ? { before: words.slice(0, -1).join(' '), last } : { before: words.join(' '), last: '' };
}
