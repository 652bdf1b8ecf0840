import type { Queryable } from '../../database/database.js';
import { nothing, type Sql, sql } from '../../database/sql.js';
import type { ChangeKind } from '../../generated/prisma/enums.js';
import type { LogPlace } from './rules.js';

export interface ChangeRow {
  place: LogPlace;
  at: Date;
  kind: ChangeKind;
  articleId: string;
  path: string;
  reason: string | null;
}

/**
 * The log's rows that no writer can still come before. Transactions commit in another order than they begin, so a place is a
 * transaction's number, and nothing is shown from the oldest one under way on: what commits later stands later, and a reader
 * who goes on from a place misses nothing.
 */
export const settled = sql`c.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`;

/** How far another machine's clock may be ahead. What is dated later comes of a clock that has jumped. */
export const mostAheadMs = 60_000;

/**
 * Whether a change dated `at` is to be told at `now`, not before one that another machine's clock has dated a little ahead: what it
 * tells of would not be there yet. One dated later still keeps nobody waiting; its piece is announced anew when its moment comes.
 */
export const isToldBy = (at: Date, now: Date): boolean => at <= now || at.getTime() > now.getTime() + mostAheadMs;

/** The same of the change `c`. */
export const toldBy = (now: Date): Sql => sql`(c.at <= ${now.toISOString()}::timestamptz
  or c.at > ${new Date(now.getTime() + mostAheadMs).toISOString()}::timestamptz)`;

const beyond = (after: LogPlace | null) =>
  after ? sql` and (c.xid, c.id) > (${after.xid}::bigint, ${after.id}::bigint)` : nothing;

/**
 * At most `most` changes after a place, in commit order, up to the first that is not to be told yet ({@link isToldBy}). Null for a
 * place that only the log of another server can have.
 */
export async function changesAfter(
  db: Queryable,
  now: Date,
  after: LogPlace | null,
  most: number,
): Promise<ChangeRow[] | null> {
  const rows = await db.rows<Omit<ChangeRow, 'place'> & LogPlace>(sql`
    select c.xid::text, c.id::text, c.at, c.kind, c.article_id as "articleId", c.path, c.reason from change c
    where ${settled}${beyond(after)} order by c.xid, c.id limit ${most}`);
  if (rows.length === 0 && after && (await isAnothers(db, after))) return null;
  const ahead = rows.findIndex(({ at }) => !isToldBy(at, now));
  return (ahead < 0 ? rows : rows.slice(0, ahead)).map(({ xid, id, ...row }) => ({ place: { xid, id }, ...row }));
}

async function isAnothers(db: Queryable, { xid }: LogPlace): Promise<boolean> {
  const [row] = await db.rows<{ isAnothers: boolean }>(
    sql`select ${xid}::bigint >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint as "isAnothers"`,
  );
  return row?.isAnothers ?? false;
}

/** How many there are after a place. */
export async function countChangesAfter(db: Queryable, after: LogPlace | null): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from change c where ${settled}${beyond(after)}`,
  );
  return row?.count ?? 0;
}

/** Where the log ends by now: nothing that comes later stands before. */
export async function newestPlace(db: Queryable): Promise<LogPlace> {
  // An answer that shows an older end is as good: who goes on from there reads some entries that it shows already.
  const [row] = await db.read<LogPlace>(
    sql`select c.xid::text, c.id::text from change c where ${settled} order by c.xid desc, c.id desc limit 1`,
    () => [],
  );
  return row ?? { xid: '0', id: '0' };
}

/** Whether there is anything after a place, though it may not be for reading yet. */
export async function isMoreAfter(db: Queryable, { xid, id }: LogPlace): Promise<boolean> {
  const [row] = await db.rows<{ isMore: boolean }>(
    sql`select exists (select 1 from change c where (c.xid, c.id) > (${xid}::bigint, ${id}::bigint)) as "isMore"`,
  );
  return row?.isMore ?? false;
}

/** The sections that each of these pieces stands in, itself and those above it, by slug. */
export async function sectionsOf(db: Queryable, articleIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db.rows<{ id: string; slugs: string[] }>(sql`
    select a.id, array(select above.slug from section above where above.id = any(s.lineage)) as slugs
    from article a join section s on s.id = a.section_id where a.id = any(${articleIds}::uuid[])`);
  return new Map(rows.map(({ id, slugs }) => [id, slugs]));
}
