import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { wholeList } from '../../database/dependencies.js';
import { name, sql, type Sql } from '../../database/sql.js';
import { visibleTo } from '../article/visibility.js';
import { asAsked } from './rules.js';

export type SuggestionKind = 'section' | 'author' | 'tag' | 'article';

export interface SuggestionRow {
  kind: SuggestionKind;
  id: string;
  text: string;
}

/** How many of the newest pieces are looked through; of a beginning that these do not have, there are few in all. */
const recent = 2000;
/** Names that are looked at of each kind, at most. */
const mostNamed = 50;

/**
 * Names and headlines that have every word of `before` and a word that begins with `last`, only of what the viewer sees or
 * that something they see carries. Sections, authors and tags come first, then headlines, newest first.
 */
export async function suggestionsFor(
  db: Queryable,
  sight: Sight,
  { before, last }: { before: string; last: string },
  count: number,
): Promise<SuggestionRow[]> {
  const words = sql`plainto_tsquery('dateline_simple', search_text(${asAsked(before).replaceAll('"', ' ')}))`;
  // The last word's lexemes, the final one of them a beginning; a word of letters and digits has no sign to escape.
  const typed = sql`(select string_agg(quote_literal(lexeme) || ':*', ' <-> ' order by positions[1])
    from unnest(to_tsvector('dateline_simple', search_text(${last}))))::tsquery`;
  const asked: Sql = last === '' ? words : before === '' ? typed : sql`${words} && ${typed}`;
  const named = (kind: SuggestionKind, table: Sql, shown: Sql): Sql => sql`
    (select ${kind} as kind, k.id, k.name as text, 0 as rank, null::timestamptz as at from (
      select x.id, x.name from ${table} x
      where to_tsvector('public.dateline_simple', public.search_text(x.name)) @@ (select query from asked)
      order by length(x.name), x.name limit ${mostNamed}::int) k
    where ${shown} limit ${count}::int)`;
  const carried = (carrier: Sql, owner: Sql) =>
    sql`exists (select from ${carrier} c where ${owner} = k.id and ${visibleTo(sight, name('c'), name('c.article_id'))})`;
  const visible = visibleTo(sight, name('a'));
  return db.read(
    sql`
    with asked as materialized (select ${asked} as query),
    fresh as materialized (
      select f.id, a.headline, f.ordered_at from (
        select n.id, n.ordered_at from (
          select a.id, a.ordered_at from article a where ${visible} order by a.ordered_at desc, a.id desc limit ${recent}::int) n
        cross join lateral (select d.titles from search_document d where d.article_id = n.id offset 0) d
        where d.titles @@ (select query from asked) order by n.ordered_at desc, n.id desc limit ${count}::int) f
      join article a on a.id = f.id),
    other as materialized (
      select a.id, a.headline, a.ordered_at from (
        select d.article_id from search_document d
        where (select count(*) from fresh) < ${count}::int and d.titles @@ (select query from asked) offset 0) d
      join article a on a.id = d.article_id
      where ${visible} order by a.ordered_at desc, a.id desc limit ${count}::int)
    select kind, id, text from (
      ${named('section', sql`section`, sql`exists (select from section s join article a on a.section_id = s.id where s.lineage @> array[k.id] and ${visible})`)}
      union all ${named('author', sql`author`, carried(sql`byline`, sql`c.author_id`))}
      union all ${named('tag', sql`tag`, carried(sql`article_tag`, sql`c.tag_id`))}
      union all (select 'article', id, headline, 1, ordered_at from fresh where (select count(*) from fresh) = ${count}::int)
      union all (select 'article', id, headline, 1, ordered_at from other)) s
    order by rank, at desc nulls last, case rank when 0 then text end, id desc limit ${count}::int`,
    (rows) => [
      ...rows.map(({ kind, id }) => `${kind}:${id}`),
      ...['all', 'any', 'all~u', 'any~u', 'search', 'names'].map(wholeList),
    ],
  );
}
