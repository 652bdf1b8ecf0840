import type { OutputType } from '@pothos/core';
import type { Key, Ordering, Page } from '../database/keyset.js';
import { isWritable } from '../moments.js';
import type { Builder, SchemaTypes } from './builder.js';
import { badCursor, badInput } from './errors.js';
import { defaultSize, largestSize } from './paging.js';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

interface Edge<Row> {
  readonly node: Row;
  readonly page: Connection<Row>;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** One page of a list, as the Relay Cursor Connections specification describes it. What is not asked for is not made. */
export interface Connection<Row> {
  readonly nodes: readonly Row[];
  cursorTo(row: Row): string;
  readonly pageInfo: () => PageInfo;
  /** Run only when `totalCount` is asked for. */
  readonly totalCount: () => Promise<number> | number;
}

export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

type CursorPart = string | number | null | readonly CursorPart[];

/** A place in a list as clients hold it: the list's name, and the values that the place is made of. */
export const cursorFrom = (parts: readonly CursorPart[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** No list gives out a longer one; of one that is, nothing is read. */
const longestCursor = 4000;

/** What a cursor was made from. Throws BAD_CURSOR for a text that was never made so. */
export function partsOfCursor(cursor: string): unknown[] {
  if (cursor.length > longestCursor) throw badCursor();
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
  if (!Array.isArray(parts) || Buffer.from(JSON.stringify(parts)).toString('base64url') !== cursor) throw badCursor();
  return parts as unknown[];
}

/** A cursor is the value a row is sorted by and its id, under the name of the list they are a place in. */
export const cursorOf = (list: string, [value, id]: Key): string => cursorFrom([list, value, id]);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a list can be sorted by at all; a cursor made up with anything else must not reach the database. */
const isSortKey = {
  timestamptz: (value: unknown): value is number => Number.isInteger(value) && isWritable(Number(value)),
  integer: (value: unknown): value is number => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  text: (value: unknown): value is string => typeof value === 'string' && !value.includes('\0'),
} satisfies Record<Ordering['type'], (value: unknown) => boolean>;

/** The place a cursor of `list` names. Throws BAD_CURSOR for any other text. */
export function keyOfCursor(list: string, cursor: string, type: Ordering['type'] = 'timestamptz'): Key {
  const [name, value, id, ...more] = partsOfCursor(cursor);
  if (name !== list || typeof id !== 'string' || !uuid.test(id)) throw badCursor();
  if (!isSortKey[type](value) || more.length > 0) throw badCursor();
  return [value, id];
}

/** How many rows a client asks for by `name`. Throws BAD_USER_INPUT outside 1 to 100. */
export function sizeOf(name: 'first' | 'last', value: number | null | undefined, otherwise = defaultSize): number {
  if (value === null || value === undefined) return otherwise;
  if (value < 1 || value > largestSize) {
    throw badInput(`\`${name}\` is ${value}; it must be from 1 to ${largestSize}.`);
  }
  return value;
}

const given = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined;

/** The stretch of `list`, sorted by `type`, that the arguments name. Throws BAD_USER_INPUT and BAD_CURSOR. */
export function pageOf(
  list: string,
  { first, after, last, before }: PageArguments,
  type: Ordering['type'] = 'timestamptz',
): Page {
  if (given(first) && given(last)) throw badInput('Both `first` and `last` are given; use one of them.');
  const backward = given(last) || (!given(first) && given(before) && !given(after));
  return {
    size: backward ? sizeOf('last', last) : sizeOf('first', first),
    backward,
    ...(given(after) ? { after: keyOfCursor(list, after, type) } : {}),
    ...(given(before) ? { before: keyOfCursor(list, before, type) } : {}),
  };
}

/** Rows as a keyset statement gives them, one more than the page when there are more, made into a connection. */
export const connectionFrom = <Row>(
  rows: readonly Row[],
  page: Page,
  list: string,
  keyOf: (row: Row) => Key,
  totalCount: () => Promise<number> | number,
): Connection<Row> => connectionOf(rows, page, (row) => cursorOf(list, keyOf(row)), totalCount);

/** The same for a list whose cursors are its own. */
export function connectionOf<Row>(
  rows: readonly Row[],
  page: { readonly size: number; readonly backward: boolean; readonly after?: unknown; readonly before?: unknown },
  cursorTo: (row: Row) => string,
  totalCount: () => Promise<number> | number,
): Connection<Row> {
  const more = rows.length > page.size;
  const nodes = more ? rows.slice(0, page.size) : [...rows];
  if (page.backward) nodes.reverse();
  const cursorAt = (index: number) => (nodes.length === 0 ? null : cursorTo(nodes.at(index)!));
  return {
    nodes,
    cursorTo,
    pageInfo: () => ({
      hasNextPage: page.backward ? page.before !== undefined : more,
      hasPreviousPage: page.backward ? more : page.after !== undefined,
      startCursor: cursorAt(0),
      endCursor: cursorAt(-1),
    }),
    totalCount,
  };
}

/** Defines `<Name>Connection` and `<Name>Edge` for the type called `name`, or for `as` over it. */
export function defineConnection<Row>(
  builder: Builder,
  name: string,
  node: OutputType<Types>,
  description: string,
): void {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `One ${description} in a list.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'Its place in this list: give it as `after` or `before`. It stays valid when the row is gone.',
        resolve: ({ node: row, page }) => page.cursorTo(row),
      }),
      node: t.field({
        type: node,
        nullable: false,
        description: 'The thing itself.',
        resolve: (row) => row.node as never,
      }),
    }),
  });
  builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: `A page of a list: each ${description} with its cursor.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        complexity: { field: 0, multiplier: 1 },
        description: 'The page with a cursor for each row.',
        resolve: (page) => page.nodes.map((row) => ({ node: row, page })),
      }),
      nodes: t.field({
        type: [node],
        complexity: { field: 1, multiplier: 1 },
        description: 'The page without cursors.',
        resolve: (page) => page.nodes as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        complexity: 0,
        description: 'Whether there is more, and the cursors to go on from.',
        resolve: (page) => page.pageInfo(),
      }),
      totalCount: t.int({
        // Times the page it is asked for on: counting costs about what reading a page does.
        complexity: 1,
        description: 'How many there are in the whole list for this viewer, now. Counted only when asked for.',
        resolve: (page) => page.totalCount(),
      }),
    }),
  });
}

/** What `first`, `after`, `last` and `before` are, said once. */
export const pageArgumentDescriptions = {
  first: 'How many from the beginning, or from `after`: 1 to 100; 20 when neither `first` nor `last` is given.',
  after: 'Only what comes after the row with this cursor.',
  last: 'How many from the end, or from `before`: 1 to 100. Not together with `first`.',
  before: 'Only what comes before the row with this cursor.',
} as const;
