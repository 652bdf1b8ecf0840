import type { Sight } from '../../access/viewer.js';
import { isStaff } from '../../access/viewer.js';
import { sql, type Sql } from '../../database/sql.js';

/**
 * Which rows `sight` may see, for any row that carries an article's `status` and `ordered_at`: the article itself, a byline,
 * a tag. `articleId` is the row's column that names the article. The one predicate of the whole service; every path to an
 * article goes through it.
 */
export function visibleTo({ viewer, now }: Sight, alias: Sql, articleId: Sql = sql`${alias}.id`): Sql {
  if (isStaff(viewer)) return sql`true`;
  const readable = sql`(${alias}.status = 'PUBLISHED' and ${alias}.ordered_at <= ${now.toISOString()}::timestamptz)`;
  if (viewer.role !== 'contributor') return readable;
  return sql`(${readable} or ${articleId} in (select id from article where owner_id = ${viewer.userId}::uuid))`;
}
