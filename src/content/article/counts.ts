import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { wholeList } from '../../database/dependencies.js';
import { every, join, name, sql, type Sql } from '../../database/sql.js';
import {
  type ArticleFilter,
  type ArticleOwner,
  carriers,
  conditionsOf,
  drivingOwner,
  filteredFrom,
  idsBySlug,
  listNames,
  membersOf,
  paper,
  standingIn,
  withinDates,
} from './lists.js';
import { type Countable, countableBy, visibleTo } from './visibility.js';

/** Whose list the whole paper is in the tally. */
const wholePaper = sql`(select '00000000-0000-0000-0000-000000000000'::uuid as id) m`;

/** How many articles of each owner `sight` may see. */
export function countsOf(
  db: Queryable,
  sight: Sight,
  owner: ArticleOwner,
  ownerIds: readonly string[],
): Promise<{ key: string; count: number }[]> {
  const { bare, alias, articleId, owner: ownerColumn } = carriers[owner];
  const members = membersOf(owner, sql`o.id`);
  const countable = countableBy(sight);
  const count = countable
    ? tallied(countable, sight.now, owner, members)
    : sql`select count(*)::int as count from ${members} join ${bare} on ${ownerColumn} = m.id
        where ${visibleTo(sight, alias, articleId)}`;
  return db.read(
    sql`select o.id as key, n.count from unnest(${ownerIds}::uuid[]) o(id) cross join lateral (${count}) n`,
    () => ownerIds.map((id) => wholeList(`${listNames[owner]}:${id}`)),
  );
}

/** How many articles `filter` lets through. */
export async function countOfAll(db: Queryable, sight: Sight, filter: ArticleFilter): Promise<number> {
  const driving = drivingOwner(filter);
  const members = driving ? sql`(${idsBySlug[driving[0]](driving[1])}) m` : wholePaper;
  const countable = countableIn(filter, sight);
  const { lists, names } = filteredFrom(filter);
  const [row] = await db.read<{ count: number }>(
    countable
      ? tallied(countable, sight.now, driving?.[0] ?? null, members)
      : lookedAt(filter, sight, driving?.[0] ?? null, members),
    () => [...names, ...lists.map(wholeList)],
  );
  return row?.count ?? 0;
}

/** What `sight` may see of `filter`, where the tally can say how much that is; null where each piece is looked at. */
function countableIn(filter: ArticleFilter, sight: Sight): Countable | null {
  const { sections, authors, tags, partners, language, publishedAfter, publishedBefore, status } = filter;
  const isOfOneKind = [sections, authors, tags, partners].filter((slugs) => slugs !== undefined).length <= 1;
  // A piece may have two of the authors or tags asked for, and is one piece.
  const isOfOne = [authors, tags].every((slugs) => new Set(slugs).size <= 1);
  const asksMore = language !== undefined || publishedAfter !== undefined || publishedBefore !== undefined;
  const countable = isOfOneKind && isOfOne && !asksMore ? countableBy(sight) : null;
  if (!countable || !status) return countable;
  return countable.besides
    ? null
    : { ...countable, standings: countable.standings.filter((standing) => status.includes(standing)) };
}

/**
 * The count of the lists of `members`, from what writers have left of it (migration `tally_articles`). What is scheduled is
 * kept as published; it is few, and the newest end of an index.
 */
function tallied({ standings, besides }: Countable, now: Date, owner: ArticleOwner | null, members: Sql): Sql {
  const { bare, rows, alias, owner: ownerColumn } = owner ? carriers[owner] : paper;
  const isMembers = ownerColumn ? sql`${ownerColumn} = m.id` : sql`true`;
  const kept = standings.filter((standing) => standing !== 'SCHEDULED');
  const sums = [
    sql`select sum(t.pieces) as pieces from ${members} join article_tally t
      on t.owner_id = m.id and t.status = any(${kept}::text[]::article_status[])`,
  ];
  const [withPublished, withScheduled] = [standings.includes('PUBLISHED'), standings.includes('SCHEDULED')];
  if (withPublished !== withScheduled) {
    sums.push(sql`select ${name(withPublished ? '-' : '')}count(*) from ${members} join ${bare} on ${isMembers}
      where ${standingIn(['SCHEDULED'], now, alias)}`);
  }
  if (besides) sums.push(sql`select count(*) from ${members} join ${rows} on ${isMembers} where ${besides}`);
  return sql`select coalesce(sum(s.pieces), 0)::int as count from (${join(sums, ' union all ')}) s`;
}

function lookedAt(filter: ArticleFilter, sight: Sight, owner: ArticleOwner | null, members: Sql): Sql {
  const from = owner ? sql`${members} join ${carriers[owner].rows} on ${carriers[owner].owner} = m.id` : paper.rows;
  return sql`
    select count(distinct a.id)::int as count from ${from}
    where ${visibleTo(sight, name('a'))}${withinDates(filter, name('a'))} and ${every(conditionsOf(filter, sight, owner))}`;
}
