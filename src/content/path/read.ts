import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';
import { grantedTo } from '../article/visibility.js';

export interface OldAddressRow {
  articleId: string | null;
  sectionId: string | null;
  authorId: string | null;
  tagId: string | null;
}

/** What had one of these addresses before. */
export async function formerAt(db: Queryable, paths: readonly string[]): Promise<OldAddressRow | null> {
  const [row] = await db.read<OldAddressRow>(
    sql`
    select article_id as "articleId", section_id as "sectionId", author_id as "authorId", tag_id as "tagId"
    from old_address where path = any(${paths}) limit 1`,
    () => on('path', paths),
  );
  return row ?? null;
}

export interface WithdrawnRow {
  at: Date;
  reason: string;
}

/** The piece that was taken off the site, by its id or by its address; null for one that `sight` could never see. */
export async function withdrawnAt(
  db: Queryable,
  sight: Sight,
  where: { id: string } | { paths: readonly string[] },
): Promise<WithdrawnRow | null> {
  const which = 'id' in where ? sql`a.id = ${where.id}::uuid` : sql`a.path = any(${where.paths})`;
  const [row] = await db.read<WithdrawnRow>(
    sql`
    select a.withdrawn_at as at, a.withdrawn_reason as reason from article a
    where ${which} and a.status in ('UNPUBLISHED', 'RETRACTED')
      and a.first_published_at <= least(a.withdrawn_at, ${sight.now.toISOString()}::timestamptz)
      and ${grantedTo(sight, name('a'))}`,
    () => ('id' in where ? on('article', [where.id]) : on('path', where.paths)),
  );
  return row ?? null;
}
