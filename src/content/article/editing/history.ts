import type { Queryable } from '../../../database/database.js';
import { type Key, keyset, type Page } from '../../../database/keyset.js';
import { name, sql } from '../../../database/sql.js';

/** A save as the history lists it: without its words, which are long. */
export interface RevisionRow {
  articleId: string;
  number: number;
  headline: string;
  standfirst: string | null;
  wordCount: number;
  note: string | null;
  savedBy: string | null;
  savedAt: Date;
}

export const placeOfRevision = ({ number, articleId }: RevisionRow): Key => [number, articleId];

const columns = name(
  'r.article_id as "articleId", r.number, r.headline, r.standfirst, r.word_count as "wordCount", r.note, r.saved_by as "savedBy", r.saved_at as "savedAt"',
);

/** One page of an article's history, newest first. */
export function historyOf(db: Queryable, articleId: string, page: Page): Promise<RevisionRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('r.number'),
    id: name('r.article_id'),
    type: 'integer',
    descending: true,
  });
  return db.rows(sql`
    select ${columns} from article_revision r where r.article_id = ${articleId}::uuid and ${within} order by ${orderBy} ${limit}`);
}

export async function revisionCount(db: Queryable, articleId: string): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from article_revision where article_id = ${articleId}::uuid`,
  );
  return row?.count ?? 0;
}
