import type { Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';

/** An address that leads to what it names, though that stands elsewhere now. */
export interface FormerAddress {
  path: string;
  articleId?: string;
  sectionId?: string;
  authorId?: string;
  tagId?: string;
  ceasedAt: Date;
}

/** Keeps former addresses. One that is kept already stays with whom it was first: an old link never changes hands silently. */
export async function keepAddresses(db: Queryable, addresses: readonly FormerAddress[]): Promise<void> {
  if (addresses.length === 0) return;
  await db.rows(sql`
    insert into old_address (path, article_id, section_id, author_id, tag_id, ceased_at)
    select distinct on (x.path) x.path, x."articleId", x."sectionId", x."authorId", x."tagId", x."ceasedAt"
    from jsonb_to_recordset(${JSON.stringify(addresses)}::jsonb)
      as x(path text, "articleId" uuid, "sectionId" uuid, "authorId" uuid, "tagId" uuid, "ceasedAt" timestamptz)
    order by x.path
    on conflict (path) do nothing`);
}

/** Which of `paths` lead somewhere already, as present or former addresses of articles. */
export async function takenPaths(db: Queryable, paths: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ path: string }>(sql`
    select path from article where path = any(${paths}) union select path from old_address where path = any(${paths})`);
  return new Set(rows.map(({ path }) => path));
}
