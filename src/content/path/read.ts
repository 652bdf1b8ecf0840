import type { Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';

export interface OldAddressRow {
  articleId: string | null;
  sectionId: string | null;
  authorId: string | null;
  tagId: string | null;
}

/** What had one of these addresses before. */
export async function formerAt(db: Queryable, paths: readonly string[]): Promise<OldAddressRow | null> {
  const [row] = await db.rows<OldAddressRow>(sql`
    select article_id as "articleId", section_id as "sectionId", author_id as "authorId", tag_id as "tagId"
    from old_address where path = any(${paths}) limit 1`);
  return row ?? null;
}

export interface WithdrawnRow {
  at: Date;
  reason: string;
}

/** The piece that was taken off the site, by its id or by its address; null for one that readers never saw. */
export async function withdrawnAt(
  db: Queryable,
  now: Date,
  where: { id: string } | { paths: readonly string[] },
): Promise<WithdrawnRow | null> {
  const which = 'id' in where ? sql`id = ${where.id}::uuid` : sql`path = any(${where.paths})`;
  const [row] = await db.rows<WithdrawnRow>(sql`
    select withdrawn_at as at, withdrawn_reason as reason from article
    where ${which} and status in ('UNPUBLISHED', 'RETRACTED')
      and first_published_at <= least(withdrawn_at, ${now.toISOString()}::timestamptz)`);
  return row ?? null;
}
