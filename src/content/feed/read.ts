import type { Queryable } from '../../database/database.js';
import { name, nothing, sql, type Sql } from '../../database/sql.js';

/** Whose pieces a feed holds; null for the whole paper. */
export type FeedOwner = { readonly kind: 'section' | 'author' | 'tag'; readonly id: string } | null;

const carriers: Record<'author' | 'tag', Sql> = {
  author: name('byline k where k.author_id'),
  tag: name('article_tag k where k.tag_id'),
};

function belongsTo(owner: FeedOwner): Sql {
  if (!owner) return sql`true`;
  if (owner.kind === 'section')
    return sql`a.section_id in (select id from section where lineage @> array[${owner.id}::uuid])`;
  return sql`exists (select from ${carriers[owner.kind]} = ${owner.id}::uuid and k.article_id = a.id)`;
}

/** The moment at which the next scheduled piece appears among those of `owner`; null while none is scheduled. */
export async function nextAppearance(db: Queryable, owner: FeedOwner, now: Date): Promise<Date | null> {
  const [row] = await db.rows<{ at: Date | null }>(appearanceOf(owner, sql`${now.toISOString()}::timestamptz`));
  return row?.at ?? null;
}

function appearanceOf(owner: FeedOwner, now: Sql): Sql {
  if (!owner) return sql`select min(ordered_at) as at from article where status = 'PUBLISHED' and ordered_at > ${now}`;
  if (owner.kind !== 'section') {
    return sql`
      select min(k.ordered_at) as at from ${carriers[owner.kind]} = ${owner.id}::uuid and k.status = 'PUBLISHED' and k.ordered_at > ${now}`;
  }
  return sql`
    select min(x.at) as at from section s
    cross join lateral (
      select min(a.ordered_at) as at from article a
      where a.section_id = s.id and a.status = 'PUBLISHED' and a.ordered_at > ${now}
    ) x
    where s.lineage @> array[${owner.id}::uuid]`;
}

export interface WithdrawalRow {
  id: string;
  at: Date;
  reason: string;
  status: 'UNPUBLISHED' | 'RETRACTED';
}

/** Which withdrawals a page tells of: of pieces dated within its stretch of the list, and all after `since`. */
export interface WithdrawalSpan {
  readonly oldest: Date | null;
  readonly newest: Date | null;
  readonly since: Date | null;
}

const mostWithdrawals = 100;

/** Pieces of `owner` that readers could read and cannot any more, the latest withdrawal first, at most 100. */
export function withdrawalsIn(
  db: Queryable,
  owner: FeedOwner,
  { oldest, newest, since }: WithdrawalSpan,
  now: Date,
): Promise<WithdrawalRow[]> {
  const moment = (date: Date) => sql`${date.toISOString()}::timestamptz`;
  const within = sql`true${oldest ? sql` and a.ordered_at >= ${moment(oldest)}` : nothing}${newest ? sql` and a.ordered_at <= ${moment(newest)}` : nothing}`;
  // A schedule that was called off before its moment was never public, though its moment has passed since.
  return db.rows(sql`
    select a.id, a.withdrawn_at as at, a.withdrawn_reason as reason, a.status from article a
    where a.status in ('UNPUBLISHED', 'RETRACTED') and a.first_published_at <= a.withdrawn_at and a.withdrawn_at <= ${moment(now)}
      and ${belongsTo(owner)} and (${within}${since ? sql` or a.withdrawn_at > ${moment(since)}` : nothing})
    order by a.withdrawn_at desc, a.id desc limit ${mostWithdrawals}`);
}
