import { name, nothing, type Planning, sql, type Sql } from './sql.js';

/** The sort key of a row and its id, which breaks ties: a place in a list that outlives the row it came from. */
export type Key = readonly [value: string | number, id: string];

/** A stretch of an ordered list. `after` and `before` are exclusive; `backward` counts from the end. */
export interface Page {
  readonly size: number;
  readonly backward: boolean;
  readonly after?: Key;
  readonly before?: Key;
}

/** How a list is ordered: by a column, then by id in the same direction. */
export interface Ordering {
  /** What all of the list have in common, for a list that an index holds as (this, the column descending, the id descending). */
  readonly of?: Owned | undefined;
  readonly column: Sql;
  readonly id: Sql;
  readonly type: 'timestamptz' | 'text' | 'integer';
  readonly descending: boolean;
}

/** Rows whose `column` is `value`. */
export interface Owned {
  readonly column: Sql;
  readonly value: Sql;
}

/**
 * Worded so that PostgreSQL does not see that they are all equal. Where it does, ordering by `column` first says nothing, and the
 * index of the whole archive in order of time serves too: it may then look through everything newer for the few of this list.
 */
export const ownedBy = ({ column, value }: Owned): Sql => sql`${column} = any(array[${value}])`;

/**
 * The part of a statement that reads one page: a row comparison, which is one index range where an `OR` would be a filter,
 * and one row more than asked, which tells whether the list goes on.
 */
export function keyset(
  page: Page,
  ordering: Ordering,
  planning: Planning = 'EACH_TIME',
): { within: Sql; orderBy: Sql; limit: Sql } {
  const { of, column, id, descending } = ordering;
  const bound = (key: Key | undefined, isAfter: boolean): Sql => {
    if (!key) return nothing;
    const place = sql`(${keyValue(key[0], ordering.type)}, ${key[1]}::uuid)`;
    return isAfter === descending ? sql` and (${column}, ${id}) < ${place}` : sql` and (${column}, ${id}) > ${place}`;
  };
  const [same, opposite] = descending === page.backward ? [nothing, name(' desc')] : [name(' desc'), nothing];
  const first = of ? sql`${of.column}${opposite}, ` : nothing;
  return {
    within: sql`${of ? ownedBy(of) : sql`true`}${bound(page.after, true)}${bound(page.before, false)}`,
    orderBy: sql`${first}${column}${same}, ${id}${same}`,
    limit: planning === 'ONCE' ? limitInText(page.size + 1) : sql`limit ${page.size + 1}`,
  };
}

/** A limit that is known when the statement is planned. Not for each size that a client may think of: each is another statement. */
const limitInText = (rows: number): Sql =>
  rows <= 26 || rows % 10 === 1 ? name(`limit ${Math.trunc(rows)}`) : sql`limit ${rows}`;

function keyValue(value: string | number, type: Ordering['type']): Sql {
  if (type === 'timestamptz') return sql`${new Date(value).toISOString()}::timestamptz`;
  return type === 'text' ? sql`${String(value)}::text collate "C"` : sql`${Number(value)}::integer`;
}
