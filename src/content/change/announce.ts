import type { Database, Queryable, Transaction } from '../../database/database.js';
import { type Sql, sql } from '../../database/sql.js';
import { mostAheadMs } from './read.js';

/** The queue of requests to look for schedules whose moment has come. */
export const announcements = 'announcements';

const mostAtOnce = 500;

/** How late an announcement may be before it counts as overdue. */
const graceMs = 60_000;

/**
 * Notes the publications that `which` brings in the change log, each once: the mark goes in the statement that writes the
 * change, so that of two who come to it one finds nothing.
 */
const tell = (which: Sql): Sql => sql`
  with due as (select id, path, announce_at as at from article where ${which}),
  told as (update article set announce_at = null where id in (select id from due))
  insert into change (at, kind, article_id, path)
  select at, 'PUBLISHED', id, path from due order by at, id
  returning article_id`;

/**
 * Tells of every scheduled piece whose moment has come. Readers have it already, because reading says so; this is for those
 * who must learn of it. Any number of instances may do it at once; a piece under an editor's hand is left to that editor.
 */
export async function announceDue(db: Database, now: Date): Promise<number> {
  const which = sql`announce_at <= ${now.toISOString()}::timestamptz
    order by announce_at, id limit ${mostAtOnce}::int for update skip locked`;
  await awaitAgain(db, now);
  let announced = 0;
  for (;;) {
    const told = await db.rows(tell(which));
    announced += told.length;
    if (told.length < mostAtOnce) return announced;
  }
}

/** If there are more, it is the clock that is behind, and not they that are ahead: nobody is to be told of all of them anew. */
const mostAwaitedAgain = 500;

/**
 * Has those pieces announced when their moment comes that were announced, or published, by a clock that was ahead and has gone
 * back: readers do not have them yet.
 */
async function awaitAgain(db: Database, now: Date): Promise<void> {
  const later = sql`${new Date(now.getTime() + mostAheadMs).toISOString()}::timestamptz`;
  await db.rows(sql`
    with ahead as (
      select id from article where status = 'PUBLISHED' and ordered_at > ${later} and announce_at is null
      limit ${mostAwaitedAgain + 1}::int
    )
    update article set announce_at = published_at
    where id in (select id from ahead) and (select count(*) from ahead) <= ${mostAwaitedAgain}::int
      and status = 'PUBLISHED' and ordered_at > ${later}`);
}

/** As {@link announceDue}, for pieces that the transaction holds: what has come by itself is told before what follows. */
export async function announceHeld(tx: Transaction, articleIds: readonly string[], now: Date): Promise<void> {
  if (articleIds.length === 0) return;
  await tx.rows(tell(sql`id = any(${articleIds}::uuid[]) and announce_at <= ${now.toISOString()}::timestamptz`));
}

/** How many scheduled pieces are public for over a minute without anybody having been told. */
export async function overdueSchedules(db: Queryable, now: Date): Promise<number> {
  const limit = new Date(now.getTime() - graceMs).toISOString();
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from article where announce_at < ${limit}::timestamptz`,
  );
  return row?.count ?? 0;
}
