import { anyone } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { name, sql, type Sql } from '../../database/sql.js';
import { visibleTo } from '../article/visibility.js';
import { forgetSalts } from '../../access/readers.js';
import { halfHour, measures, wholeDay } from './rules.js';

export interface View {
  readonly articleId: string;
  /** The reader's mark of the day, in hex. */
  readonly reader: string;
  /** The beginning of the half hour, in milliseconds. */
  readonly halfHour: number;
}

const { minutes: quarterOfDay } = measures.WEEK;

/**
 * Counts views, each once on whichever instances it is given and however often; those of articles that are not public are left
 * out. One statement, in which all rows are met in one order, so that two instances never wait for each other in a ring.
 */
export async function addViews(db: Queryable, views: readonly View[], now: Date): Promise<void> {
  if (views.length === 0) return;
  const rows = views.map((view) => ({ ...view, halfHour: new Date(view.halfHour).toISOString() }));
  await db.rows(sql`
    with given as (
      select x."articleId" as article_id, decode(x.reader, 'hex') as reader, x."halfHour" as begins
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x("articleId" uuid, reader text, "halfHour" timestamptz)
      join article a on a.id = x."articleId" where ${visibleTo({ viewer: anyone, now }, name('a'))}
    ), fresh as (
      insert into reader_seen (minutes, begins, article_id, reader)
      select * from (
        select ${halfHour}::smallint as minutes, begins, article_id, reader from given
        union
        select ${wholeDay}::smallint, date_trunc('day', begins, 'UTC'), article_id, reader from given
      ) spans order by 1, 2, 3, 4
      on conflict do nothing returning minutes, begins, article_id
    )
    insert into readership as r (minutes, begins, article_id, count)
    select minutes, begins, article_id, count(*)::int from (
      select * from fresh
      union all
      select ${quarterOfDay}::smallint, date_bin('6 hours', begins, 'epoch'), article_id from fresh where minutes = ${halfHour}::smallint
    ) counted group by 1, 2, 3 order by 1, 2, 3
    on conflict (minutes, begins, article_id) do update set count = r.count + excluded.count`);
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** A little longer than a span lasts, for what another instance has not written yet. */
const slackMs = 10 * minuteMs;
/** Longer than the longest window. */
const readershipKeptMs = 9 * dayMs;

const mostAtOnce = 5000;
const mostStatements = 40;

/** Deletes who has read what in spans that are over, counts that no window looks at any more, and the salts of past days. */
export async function forgetReaders(db: Queryable, now: Date): Promise<void> {
  const before = (ms: number) => sql`${new Date(now.getTime() - ms).toISOString()}::timestamptz`;
  await forgetSalts(db, now);
  for (const minutes of [halfHour, wholeDay]) {
    const isOver = sql`minutes = ${minutes}::smallint and begins < ${before(minutes * minuteMs + slackMs)}`;
    await deleteSome(db, name('reader_seen'), isOver);
  }
  for (const minutes of [halfHour, quarterOfDay, wholeDay]) {
    const isOver = sql`minutes = ${minutes}::smallint and begins < ${before(readershipKeptMs)}`;
    await deleteSome(db, name('readership'), isOver);
  }
}

/** So much at a time that nobody waits long for a lock, and so often that the rest is for the next time. */
async function deleteSome(db: Queryable, table: Sql, which: Sql): Promise<void> {
  for (let statements = 0; statements < mostStatements; statements += 1) {
    const deleted = await db.rows(sql`
      delete from ${table} where ctid = any(array(
        select ctid from ${table} where ${which} order by begins limit ${mostAtOnce}::int for update skip locked))
      returning 1`);
    if (deleted.length < mostAtOnce) return;
  }
}
