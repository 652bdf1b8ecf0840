import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { wholeList } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';
import { visibleTo } from '../article/visibility.js';

// A part holds what is readable of ten thousand pieces that were begun one after the other, a fifth of what the protocol lets
// one map hold: it is read by one statement. A new piece changes the last part only.

const a = name('a');
const part = sql`sitemap_part(a.serial)`;

/** A scheduled piece was last saved before it appeared. */
const changedAt = sql`greatest(a.updated_at, a.ordered_at)`;

/** Any piece that comes, goes or is saved. */
const everything = [wholeList('all'), wholeList('all~u')];

/** The parts of the map that have anything in them, and when each last changed: something in it, or by what was withdrawn. */
export const sitemapParts = (db: Queryable, sight: Sight): Promise<{ part: number; changedAt: Date }[]> =>
  db.read(
    sql`
    with recursive parts as (
      (select ${part} as part from article a where a.status = 'PUBLISHED' order by 1 limit 1)
      union all
      select next.part from parts p cross join lateral (
        select ${part} as part from article a where a.status = 'PUBLISHED' and ${part} > p.part order by 1 limit 1) next)
    select p.part, greatest(shown.at, withdrawn.at) as "changedAt"
    from parts p
    cross join lateral (
      select ${changedAt} as at from article a where ${part} = p.part and ${visibleTo(sight, a)}
      order by ${changedAt} desc limit 1) shown
    left join lateral (
      select a.withdrawn_at as at from article a
      where a.status in ('UNPUBLISHED', 'RETRACTED') and ${part} = p.part
        and a.first_published_at <= a.withdrawn_at and a.withdrawn_at <= ${sight.now.toISOString()}::timestamptz
      order by a.withdrawn_at desc limit 1) withdrawn on true
    order by p.part`,
    () => [...everything, wholeList('withdrawn')],
  );

/** A piece in the map: the path it stands at, and when it last changed, in milliseconds since 1970. */
export type MapEntry = readonly [path: string, changedAt: number];

/** The pieces of one part, oldest first: as one text, since ten thousand rows would be taken in one by one in a single turn of the loop. */
export async function sitemapPart(db: Queryable, sight: Sight, number: number): Promise<MapEntry[]> {
  const [found] = await db.read<{ pieces: string }>(
    sql`
    select json_agg(json_build_array(a.path, floor(extract(epoch from ${changedAt}) * 1000)) order by a.ordered_at, a.id)::text as pieces
    from article a where ${part} = ${number}::int and ${visibleTo(sight, a)}`,
    () => everything,
  );
  return found?.pieces ? (JSON.parse(found.pieces) as MapEntry[]) : [];
}
