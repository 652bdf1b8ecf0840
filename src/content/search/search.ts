import type { Sight } from '../../access/viewer.js';
import type { Database } from '../../database/database.js';
import type { Key } from '../../database/keyset.js';
import {
  type Connection,
  connectionOf,
  cursorFrom,
  keyOfCursor,
  partsOfCursor,
  sizeOf,
} from '../../graphql/connection.js';
import { badCursor, badInput } from '../../graphql/errors.js';
import type { ArticleFilter } from '../article/lists.js';
import {
  type Continuation,
  type FacetRow,
  type Found,
  neighboursOfWords,
  pageOfSearch,
  type FoundRow,
} from './read.js';
import { likelyIn, type Span } from './snippet.js';
import { longestQuery, type SearchOrder, type SearchStart, wantedWords, withWords } from './rules.js';

/** One piece that was found, and by which words. */
export interface SearchHit {
  readonly article: FoundRow;
  readonly wanted: readonly string[];
  /** Where words stand in a text that may be forms of those. */
  readonly likelyIn: (text: string) => Span[];
}

export interface SearchPage extends Connection<SearchHit> {
  /** How many were ranked, and how these are spread; see {@link Found}. */
  readonly counted: number;
  readonly facets: readonly FacetRow[];
  readonly isWhole: boolean;
  readonly corrected: string | null;
}

export interface SearchArguments {
  query: string;
  filter: ArticleFilter;
  order: SearchOrder;
  /** See {@link Search}. */
  facetsIn: string | null;
  first?: number | null | undefined;
  after?: string | null | undefined;
}

/** A score as it is rounded, exactly; beyond this no piece has one. */
const largestValue = 1e15;

/** Where a cursor of a search says that its page ends. Throws BAD_CURSOR for any other text. */
function continuationFrom(list: string, cursor: string): Continuation {
  const [name, value, id, floor, corrected, ...more] = partsOfCursor(cursor);
  if (typeof value !== 'number' || Math.abs(value) > largestValue || more.length > 0) throw badCursor();
  if (corrected !== null && (typeof corrected !== 'string' || corrected.length > longestQuery)) throw badCursor();
  const [, place] = keyOfCursor(list, cursorFrom([String(name), 0, String(id)]));
  return { after: { value, id: place }, start: { floor: floorFrom(list, floor), corrected } };
}

function floorFrom(list: string, floor: unknown): SearchStart['floor'] {
  if (floor === null) return null;
  if (!Array.isArray(floor) || floor.length !== 2) throw badCursor();
  const [at, id]: Key = keyOfCursor(list, cursorFrom([list, ...(floor as [number, string])]));
  return { at: Number(at), id };
}

const mostCorrected = 8;

/** What the words may have meant, where nothing has one of them; null where there is no such reading. */
async function correctionOf(db: Database, sight: Sight, query: string): Promise<string | null> {
  const words = wantedWords(query).filter((word) => word.length > 3);
  if (words.length === 0 || words.length > mostCorrected) return null;
  const neighbours = await neighboursOfWords(db, sight, words);
  const replacements = new Map(neighbours.flatMap(({ word, neighbour }) => (neighbour ? [[word, neighbour]] : [])));
  return replacements.size === 0 ? null : withWords(query, replacements).slice(0, longestQuery);
}

/** One page of what `query` finds, or of what it may have meant when it finds nothing. Throws BAD_USER_INPUT and BAD_CURSOR. */
export async function search(db: Database, sight: Sight, given: SearchArguments): Promise<SearchPage> {
  const { query, filter, order, facetsIn, first, after } = given;
  if (query.length > longestQuery) {
    throw badInput(`\`query\` has ${query.length} characters; at most ${longestQuery} can be searched for.`);
  }
  const list = `search:${order}`;
  const size = sizeOf('first', first);
  const continuation = after == null ? null : continuationFrom(list, after);
  const pageFor = (words: string) => pageOfSearch(db, { words, sight, filter, order, facetsIn }, size, continuation);

  let corrected = continuation?.start.corrected ?? null;
  let found = await pageFor(corrected ?? query);
  if (!continuation && found.count === 0) {
    const correction = await correctionOf(db, sight, query);
    const instead = correction === null ? null : await pageFor(correction);
    if (instead && instead.count > 0) [found, corrected] = [instead, correction];
  }
  return asConnection(
    found,
    { list, size, after: continuation ?? undefined },
    corrected,
    wantedWords(corrected ?? query),
  );
}

function asConnection(
  found: Found,
  { list, size, after }: { list: string; size: number; after: Continuation | undefined },
  corrected: string | null,
  wanted: readonly string[],
): SearchPage {
  const likely = likelyIn(wanted);
  const floor = found.floor ? [found.floor.at, found.floor.id] : null;
  const connection = connectionOf<SearchHit>(
    found.rows.map((article) => ({ article, wanted, likelyIn: likely })),
    { size, backward: false, after },
    ({ article: { value, id } }) => cursorFrom([list, value, id, floor, corrected]),
    () => found.count,
  );
  return { ...connection, counted: found.count, facets: found.facets, isWhole: found.isWhole, corrected };
}
