import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { on, wholeList } from '../../database/dependencies.js';
import { name, nothing, sql, type Sql } from '../../database/sql.js';
import { grantedTo } from '../article/visibility.js';

/** Whose pieces a feed holds; null for the whole paper. */
export type FeedOwner = { readonly kind: 'section' | 'author' | 'tag'; readonly id: string } | null;

const carriers: Record<'author' | 'tag', Sql> = {
  author: name('byline k where k.author_id'),
  tag: name('article_tag k where k.tag_id'),
};

const a = name('a');

/** Whether a piece stands with `owner`, or did while readers could read it: who saw it there must hear of what became of it. */
function stoodWith(owner: FeedOwner): Sql {
  if (!owner) return sql`true`;
  const left = sql`select from departure l where l.article_id = a.id and l.owner_id`;
  if (owner.kind === 'section') return sql`(a.section_id in ${within(owner)} or exists (${left} in ${within(owner)}))`;
  return sql`(exists (select from ${carriers[owner.kind]} = ${owner.id}::uuid and k.article_id = a.id)
    or exists (${left} = ${owner.id}::uuid))`;
}

/** The ids of a section and those below it. */
const within = ({ id }: { id: string }): Sql => sql`(select id from section where lineage @> array[${id}::uuid])`;

/** What the database calls the list of such pieces when it tells of changes. */
const listOf = (owner: FeedOwner): string =>
  owner ? `${{ section: 'section', author: 'by', tag: 'tagged' }[owner.kind]}:${owner.id}` : 'all';

/** The moment at which the next scheduled piece appears among those of `owner`; null while none is scheduled. */
export async function nextAppearance(db: Queryable, owner: FeedOwner, now: Date): Promise<Date | null> {
  const [row] = await db.read<{ at: Date | null }>(appearanceOf(owner, sql`${now.toISOString()}::timestamptz`), () => [
    wholeList(listOf(owner)),
  ]);
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

export const mostWithdrawals = 100;

/**
 * Pieces that stood with `owner`, that `sight` could see and that readers cannot any more, the latest withdrawal first, at most
 * 100. Read from what was withdrawn lately, and from the stretch of the list: neither grows with the archive.
 */
export function withdrawalsIn(
  db: Queryable,
  owner: FeedOwner,
  { oldest, newest, since }: WithdrawalSpan,
  sight: Sight,
): Promise<WithdrawalRow[]> {
  const moment = (date: Date) => sql`${date.toISOString()}::timestamptz`;
  const span = (alias: Sql) =>
    sql`true${oldest ? sql` and ${alias}.ordered_at >= ${moment(oldest)}` : nothing}${newest ? sql` and ${alias}.ordered_at <= ${moment(newest)}` : nothing}`;
  const lately = since
    ? sql`select a.id from article a where ${isWithdrawn(a)} and a.withdrawn_at > ${moment(since)} and ${stoodWith(owner)} union`
    : nothing;
  // A schedule that was called off before its moment was never public, though its moment has passed since.
  return db.read(
    sql`
    select a.id, a.withdrawn_at as at, a.withdrawn_reason as reason, a.status from (${lately} ${stretchOf(owner, span)}) found
    cross join lateral (select * from article where id = found.id offset 0) a
    where ${grantedTo(sight, a)}
      and a.first_published_at <= a.withdrawn_at and a.withdrawn_at <= ${moment(sight.now)}
    order by a.withdrawn_at desc, a.id desc limit ${mostWithdrawals}`,
    (rows) => [
      wholeList(listOf(owner)),
      wholeList('withdrawn'),
      ...on(
        'article',
        rows.map(({ id }) => id),
      ),
    ],
  );
}

const isWithdrawn = (alias: Sql): Sql => sql`${alias}.status in ('UNPUBLISHED', 'RETRACTED')`;

/**
 * The withdrawn pieces of the stretch of a list that `span` holds for, by the index that carries the list: `offset 0` keeps
 * PostgreSQL from reading all that was ever withdrawn for it.
 */
function stretchOf(owner: FeedOwner, span: (alias: Sql) => Sql): Sql {
  if (!owner) return sql`select a.id from article a where ${isWithdrawn(a)} and ${span(a)}`;
  if (owner.kind !== 'section') {
    const k = name('k');
    return sql`select k.article_id as id from ${carriers[owner.kind]} = ${owner.id}::uuid and ${isWithdrawn(k)} and ${span(k)}`;
  }
  return sql`select a.id from ${within(owner)} m
    cross join lateral (select id, status from article where section_id = m.id and ${span(name('article'))} offset 0) a
    where ${isWithdrawn(a)}`;
}
