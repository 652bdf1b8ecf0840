import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';

/** An article as it is put straight into the tables, for tests that are about lists and not about how it was written. */
export interface PieceRow {
  id: string;
  slug: string;
  section: string;
  authors: string[];
  tags: string[];
  partner: string | null;
  language: string;
  status: 'DRAFT' | 'IN_REVIEW' | 'PUBLISHED' | 'UNPUBLISHED' | 'RETRACTED';
  published: Date | null;
  updated: Date;
  /** Place in the collection called `set`; null for none. */
  position: number | null;
}

/** Puts pieces into the tables. Their sections, authors, tags, partners and the collection must be there. */
export function insertPieces(db: Database, pieces: readonly PieceRow[]): Promise<void> {
  const rows = sql`jsonb_to_recordset(${JSON.stringify(pieces)}::jsonb) x(id uuid, slug text, section text, authors jsonb, tags jsonb,
    partner text, language text, status article_status, published timestamptz, updated timestamptz, position int)`;
  return db.transaction(async (tx) => {
    await tx.rows(sql`
      insert into article (id, slug, path, headline, section_id, language, status, published_at, first_published_at, updated_at,
        created_at, partner_id, withdrawn_at, withdrawn_reason)
      select x.id, x.slug, '/' || x.slug || '/', x.slug, s.id, x.language, x.status, x.published, x.published, x.updated, x.updated,
        p.id, case when x.status in ('UNPUBLISHED', 'RETRACTED') then x.updated end,
        case when x.status in ('UNPUBLISHED', 'RETRACTED') then 'It was wrong.' end
      from ${rows} join section s on s.slug = x.section left join partner p on p.slug = x.partner`);
    await tx.rows(sql`
      insert into article_revision (article_id, number, headline, html, tree, word_count, opening, details)
      select x.id, 1, x.slug, '<p>Words.</p>', '{"type":"root","children":[]}', 1, 'Words.', '{}' from ${rows}`);
    await tx.rows(sql`
      insert into byline (article_id, position, author_id, name)
      select x.id, b.place, u.id, u.name from ${rows}
      cross join lateral jsonb_array_elements_text(x.authors) with ordinality b(slug, place) join author u on u.slug = b.slug`);
    await tx.rows(sql`
      insert into article_tag (article_id, tag_id, position)
      select x.id, t.id, b.place from ${rows}
      cross join lateral jsonb_array_elements_text(x.tags) with ordinality b(slug, place) join tag t on t.slug = b.slug`);
    await tx.rows(sql`
      insert into collection_article (collection_id, article_id, position)
      select c.id, x.id, x.position from ${rows} join collection c on c.slug = 'set' where x.position is not null`);
  });
}

/** Takes a piece off the site, or brings it back, as the workflow does. */
export async function setStanding(db: Database, id: string, status: PieceRow['status'], at: Date): Promise<void> {
  const isWithdrawn = status === 'UNPUBLISHED' || status === 'RETRACTED';
  await db.rows(sql`
    update article set status = ${status}::article_status,
      withdrawn_at = ${isWithdrawn ? at.toISOString() : null}::timestamptz, withdrawn_reason = ${isWithdrawn ? 'It was wrong.' : null}::text
    where id = ${id}::uuid`);
}
