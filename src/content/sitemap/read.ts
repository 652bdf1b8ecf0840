import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { name, sql } from '../../database/sql.js';
import { visibleTo } from '../article/visibility.js';

/** A fifth of what the protocol lets one map hold: a part is written in one go, and others wait meanwhile. */
export const partSize = 10_000;

const a = name('a');

/** A scheduled piece was last saved before it appeared. */
const changedAt = sql`greatest(a.updated_at, a.ordered_at)`;

/** The parts of the map, and when anything in each last changed. Oldest first, so that a new piece changes the last part only. */
export const sitemapParts = (db: Queryable, sight: Sight): Promise<{ part: number; changedAt: Date }[]> =>
  db.rows(sql`
    select x.part::int, max(x.changed_at) as "changedAt" from (
      select (row_number() over (order by a.ordered_at, a.id) - 1) / ${partSize}::int + 1 as part, ${changedAt} as changed_at
      from article a where ${visibleTo(sight, a)}
    ) x
    group by x.part order by x.part`);

/** The pieces of one part. */
export const sitemapPart = (db: Queryable, sight: Sight, part: number): Promise<{ path: string; changedAt: Date }[]> =>
  db.rows(sql`
    select a.path, ${changedAt} as "changedAt" from article a
    where ${visibleTo(sight, a)}
    order by a.ordered_at, a.id limit ${partSize} offset ${(part - 1) * partSize}`);
