import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { name, nothing, sql } from '../../database/sql.js';
import { articleColumns, type ArticleRow } from './row.js';
import { visibleTo } from './visibility.js';

export type Neighbourhood = 'SECTION' | 'EVERYWHERE';
export type Direction = 'older' | 'newer';

/** The nearest visible piece on one side of each article: one index entry each. */
export function neighboursOf(
  db: Queryable,
  sight: Sight,
  direction: Direction,
  within: Neighbourhood,
  articleIds: readonly string[],
): Promise<(ArticleRow & { askedFor: string })[]> {
  const [beyond, order] =
    direction === 'older' ? [sql`<`, sql`a.ordered_at desc, a.id desc`] : [sql`>`, sql`a.ordered_at, a.id`];
  const inSection = within === 'SECTION' ? sql`a.section_id = c.section_id and ` : nothing;
  return db.rows(sql`
    select c.id as "askedFor", n.* from article c
    cross join lateral (
      select ${articleColumns('a')} from article a
      where ${inSection}${visibleTo(sight, name('a'))} and (a.ordered_at, a.id) ${beyond} (c.ordered_at, c.id)
      order by ${order} limit 1
    ) n
    where c.id = any(${articleIds}::uuid[])`);
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
  return db.rows(sql`
    select c.id as "askedFor", ${articleColumns('a')} from article c
    cross join lateral (
      select near.id, sum(near.weight) as weight, max(near.ordered_at) as ordered_at from (
        select x.* from article_tag own cross join lateral (
          select k.article_id as id, 2 as weight, k.ordered_at from article_tag k
          where k.tag_id = own.tag_id and ${visibleTo(sight, name('k'), name('k.article_id'))}
          order by k.ordered_at desc, k.article_id desc limit ${candidatesEach}
        ) x where own.article_id = c.id
        union all
        (select a.id, 1, a.ordered_at from article a
          where a.section_id = c.section_id and ${visibleTo(sight, name('a'))}
          order by a.ordered_at desc, a.id desc limit ${candidatesEach})
      ) near
      where near.id <> c.id
      group by near.id
      order by weight desc, ordered_at desc, near.id desc
      limit ${count}
    ) r
    join article a on a.id = r.id
    where c.id = any(${articleIds}::uuid[])
    order by c.id, r.weight desc, r.ordered_at desc, r.id desc`);
}
