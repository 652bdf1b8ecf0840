import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Dependency, on, wholeList } from '../../database/dependencies.js';
import { keyset, ownedBy } from '../../database/keyset.js';
import { name, sql } from '../../database/sql.js';
import { themselves } from './read.js';
import { articleColumns, type ArticleRow } from './row.js';
import { visibleTo } from './visibility.js';

export type Neighbourhood = 'SECTION' | 'EVERYWHERE';
export type Direction = 'older' | 'newer';

/** The nearest visible piece on one side of each article: one index entry each. */
export async function neighboursOf(
  db: Queryable,
  sight: Sight,
  direction: Direction,
  within: Neighbourhood,
  articleIds: readonly string[],
): Promise<(ArticleRow & { askedFor: string })[]> {
  const of = within === 'SECTION' ? { column: name('a.section_id'), value: name('c.section_id') } : undefined;
  const { within: among, orderBy } = keyset(
    { size: 1, backward: direction === 'newer' },
    { of, column: name('a.ordered_at'), id: name('a.id'), type: 'timestamptz', descending: true },
  );
  type From = { askedFor: string; fromAt: Date; fromSection: string };
  const rows = await db.read<From & (ArticleRow | { id: null })>(
    sql`
    select c.id as "askedFor", c.ordered_at as "fromAt", c.section_id as "fromSection", n.* from article c
    left join lateral (
      select ${articleColumns('a')} from article a
      where ${among} and ${visibleTo(sight, name('a'))}
        and (a.ordered_at, a.id) ${name(direction === 'older' ? '<' : '>')} (c.ordered_at, c.id)
      order by ${orderBy} limit 1
    ) n on true
    where c.id = any(${articleIds}::uuid[])`,
    (found) => [
      ...on('article', articleIds),
      ...found.flatMap(({ askedFor, fromAt, fromSection, ...neighbour }): Dependency[] => {
        // What appears between the two is the neighbour from then on.
        const from = { at: fromAt.getTime(), id: askedFor };
        const to = neighbour.id === null ? null : { at: neighbour.orderedAt.getTime(), id: neighbour.id };
        const list = within === 'SECTION' ? `in:${fromSection}` : 'all';
        const between = direction === 'older' ? { newest: from, oldest: to } : { newest: to, oldest: from };
        return [{ list, ...between }, ...(neighbour.id === null ? [] : on('article', [neighbour.id]))];
      }),
    ],
  );
  return rows.filter((row): row is From & ArticleRow => row.id !== null);
}

/** How many of the newest pieces of each tag and of the section are weighed. */
const candidatesEach = 20;

/**
 * The pieces most like each article, by the rule that `Article.related` describes. Weighs a bounded number of recent pieces
 * of each of its tags and of its section, never the archive.
 */
export function relatedTo(
  db: Queryable,
  sight: Sight,
  count: number,
  articleIds: readonly string[],
): Promise<(ArticleRow & { askedFor: string })[]> {
  type Weighed = { list: string; count: number; oldest: string }[];
  return db.read<ArticleRow & { askedFor: string; weighed: Weighed }>(
    sql`
    select c.id as "askedFor", r.weighed, ${articleColumns('a')} from article c
    cross join lateral (
      with near as materialized (
        select x.* from article_tag own cross join lateral (
          select 'tagged:' || k.tag_id as list, k.article_id as id, 2 as weight, k.ordered_at from article_tag k
          where k.tag_id = own.tag_id and ${visibleTo(sight, name('k'), name('k.article_id'))}
          order by k.ordered_at desc, k.article_id desc limit ${candidatesEach}
        ) x where own.article_id = c.id
        union all
        (select 'in:' || a.section_id, a.id, 1, a.ordered_at from article a
          where ${ownedBy({ column: name('a.section_id'), value: name('c.section_id') })} and ${visibleTo(sight, name('a'))}
          order by a.section_id, a.ordered_at desc, a.id desc limit ${candidatesEach})
      )
      select near.id, sum(near.weight) as weight, max(near.ordered_at) as ordered_at,
        (select json_agg(l) from (
          select list, count(*)::int, min(n.ordered_at) as oldest from near n group by list) l) as weighed
      from near
      where near.id <> c.id
      group by near.id
      order by weight desc, ordered_at desc, near.id desc
      limit ${count}
    ) r
    join article a on a.id = r.id
    where c.id = any(${articleIds}::uuid[])
    order by c.id, r.weight desc, r.ordered_at desc, r.id desc`,
    (found) => [
      ...on('article', articleIds),
      ...themselves(found),
      // A list weighed whole has room for more; of another, what is older than all that was weighed does not count.
      ...found.flatMap(({ weighed }) =>
        weighed.map(({ list, count: weighedOf, oldest }) => ({
          list,
          newest: null,
          oldest: weighedOf < candidatesEach ? null : { at: Date.parse(oldest), id: '' },
        })),
      ),
      ...articleIds.filter((id) => !found.some(({ askedFor }) => askedFor === id)).map(() => wholeList('any')),
    ],
  );
}
