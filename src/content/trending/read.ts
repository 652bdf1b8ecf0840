import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { on, wholeList } from '../../database/dependencies.js';
import { name, nothing, sql } from '../../database/sql.js';
import { themselves } from '../article/read.js';
import { articleColumns, type ArticleRow } from '../article/row.js';
import { visibleTo } from '../article/visibility.js';
import { beginningOf, leastReaders, measures, mostOfSpan, spansOf, type TrendingWindow, wholeDay } from './rules.js';

export type TrendingRow = ArticleRow & { views: number; score: number };

export interface Trending {
  readonly window: TrendingWindow;
  /** Slug of a section, its descendants included; null for the whole paper. */
  readonly section: string | null;
  readonly first: number;
}

/**
 * What was read most, the first at the top: a bounded number of index entries for each span of the window, then each piece by
 * its key. Sums are made in one order, so that the same counts give the same figures to the last bit.
 */
export function mostRead(db: Queryable, sight: Sight, { window, section, first }: Trending): Promise<TrendingRow[]> {
  const now = sight.now.getTime();
  const spans = spansOf(window, now);
  const begins = spans.map((span) => new Date(span.begins).toISOString());
  const weights = spans.map(({ weight }) => weight);
  const firstDay = new Date(beginningOf(spans.at(-1)?.begins ?? now, wholeDay)).toISOString();
  const inSection = section
    ? sql`and a.section_id = any(array(select d.id from section d where d.lineage && array(select id from section where slug = ${section})))`
    : nothing;
  return db.read<TrendingRow>(
    sql`
    select ${articleColumns('a')}, s.views, s.score from (
      select r.article_id, sum(r.count)::int as views, sum(r.count * b.weight order by b.begins) as score
      from unnest(${begins}::timestamptz[], ${weights}::float8[]) b(begins, weight)
      cross join lateral (
        select article_id, count from readership where minutes = ${measures[window].minutes}::smallint and begins = b.begins
        order by count desc, article_id limit ${mostOfSpan}::int
      ) r
      group by r.article_id having sum(r.count) >= ${leastReaders}::int
    ) s
    cross join lateral (
      select a.* from article a where a.id = s.article_id and ${visibleTo(sight, name('a'))} ${inSection} offset 0
    ) a
    where ${leastReaders}::int <= (
      select sum(d.count) from readership d
      where d.article_id = s.article_id and d.minutes = ${wholeDay}::smallint and d.begins >= ${firstDay}::timestamptz)
    order by s.score desc, a.ordered_at desc, a.id desc limit ${first}::int`,
    // What was read is not told of: a ranking ends by the clock (`rankingEnds`). What may be seen is.
    (rows) => [
      ...themselves(rows),
      wholeList(section ? `section/${section}` : 'all'),
      ...on('section/slug', section ? [section] : []),
    ],
  );
}
