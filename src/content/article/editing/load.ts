import { isSignedIn, isStaff } from '../../../access/viewer.js';
import type { Transaction } from '../../../database/database.js';
import { sql } from '../../../database/sql.js';
import type { ArticleStatus as StoredStatus } from '../../../generated/prisma/enums.js';
import { ConflictError, ForbiddenError, NotFoundError } from '../../../refusals.js';
import type { Hand } from '../../audit/store.js';
import type { RevisionDetails } from '../piece.js';
import { type ArticleStatus, statusAt } from '../rules.js';

/** A piece under an editor's hand: where it stands, locked until the transaction ends. */
export interface Held {
  id: string;
  slug: string;
  path: string;
  stored: StoredStatus;
  status: ArticleStatus;
  headline: string;
  publishedAt: Date | null;
  firstPublishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  revision: number;
  liveRevision: number;
  announceAt: Date | null;
  ownerId: string | null;
}

/**
 * Takes the piece for this transaction: two hands on one piece come one after the other. Throws NotFoundError where the
 * viewer may not see it, ForbiddenError for somebody else's draft, ConflictError when it is not at `expectedRevision`.
 */
export async function hold(
  tx: Transaction,
  { viewer, now }: Hand,
  articleId: string | null,
  expectedRevision: number | null,
): Promise<Held> {
  const [row] = await tx.rows<Omit<Held, 'status'>>(sql`
    select id, slug, path, status as stored, headline, published_at as "publishedAt", first_published_at as "firstPublishedAt",
      created_at as "createdAt", updated_at as "updatedAt", revision, live_revision as "liveRevision",
      announce_at as "announceAt", owner_id as "ownerId"
    from article where id = ${articleId}::uuid for update`);
  const isOwn = row !== undefined && isSignedIn(viewer) && row.ownerId === viewer.userId;
  const status = row && statusAt(now, { status: row.stored, publishedAt: row.publishedAt });
  if (!row || !status || (!isStaff(viewer) && !isOwn && status !== 'PUBLISHED'))
    throw new NotFoundError('such article');
  if (!isStaff(viewer) && !(isOwn && row.stored === 'DRAFT')) {
    throw new ForbiddenError('A contributor may change only drafts of their own; ask an editor.');
  }
  if (expectedRevision !== null && row.revision !== expectedRevision)
    throw new ConflictError(expectedRevision, row.revision);
  return { ...row, status };
}

export interface KeptRevision {
  number: number;
  headline: string;
  standfirst: string | null;
  html: string;
  /** The body's tree as JSON, as it is stored. */
  tree: string;
  wordCount: number;
  opening: string;
  details: RevisionDetails;
  note: string | null;
  savedBy: string | null;
  savedAt: Date;
}

/** One revision, whole. Throws NotFoundError. */
export async function revisionOf(
  tx: Pick<Transaction, 'rows'>,
  articleId: string,
  number: number,
): Promise<KeptRevision> {
  const [row] = await tx.rows<KeptRevision>(sql`
    select number, headline, standfirst, html, tree::text as tree, word_count as "wordCount", opening, details, note,
      saved_by as "savedBy", saved_at as "savedAt"
    from article_revision where article_id = ${articleId}::uuid and number = ${number}::int`);
  if (!row) throw new NotFoundError(`revision ${number} of this article`);
  return row;
}
