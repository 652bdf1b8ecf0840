import fc from 'fast-check';
import type { NewsroomRole } from '../../src/access/viewer.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { insertPieces, type PieceRow } from './pieces.js';
import { aMoment } from './service.js';

/** Who may own a piece: the contributor who asks, another one, or nobody. */
export type Owner = 'me' | 'another' | 'nobody';

export interface SecretPiece extends PieceRow {
  owner: Owner;
  /** In order of time; a word of each is in its text. */
  comments: { id: string; approved: boolean; answers: number | null }[];
  /** An address it had before; null when it never moved. */
  formerPath: string | null;
}

/** A tree of sections, by the slug of the one above. */
export const sections: Record<string, string | null> = {
  world: null,
  asia: 'world',
  'east-asia': 'asia',
  culture: null,
};
export const authors = ['ann', 'bo', 'cy'];
export const tags = ['trade', 'war', 'rice'];

const minutes = (count: number) => new Date(aMoment.getTime() + count * 60_000);
const uuid = (high: number, low: number) =>
  `0190${high.toString(16).padStart(4, '0')}-0000-7000-8000-${low.toString(16).padStart(12, '0')}`;

const standing = fc.oneof(
  fc.record({
    status: fc.constantFrom('DRAFT' as const, 'IN_REVIEW' as const),
    published: fc.option(fc.integer({ min: -4, max: 4 })),
    saved: fc.integer({ min: -4, max: 0 }),
  }),
  // Scheduled where that is to come.
  fc.record({
    status: fc.constant('PUBLISHED' as const),
    published: fc.integer({ min: -4, max: 4 }),
    saved: fc.integer({ min: -4, max: 0 }),
  }),
  fc.record({
    status: fc.constantFrom('UNPUBLISHED' as const, 'RETRACTED' as const),
    published: fc.integer({ min: -4, max: 4 }),
    saved: fc.integer({ min: -4, max: 0 }),
  }),
);

const one = fc.record({
  standing,
  owner: fc.constantFrom<Owner>('me', 'another', 'nobody'),
  section: fc.constantFrom(...Object.keys(sections)),
  authors: fc.subarray(authors),
  tags: fc.subarray(tags),
  partner: fc.option(fc.constant('riac')),
  language: fc.constantFrom('en', 'fr'),
  isCollected: fc.boolean(),
  comments: fc.array(fc.record({ approved: fc.boolean(), isAnswer: fc.boolean() }), { maxLength: 3 }),
  hasMoved: fc.boolean(),
});

/** A paper with pieces of every standing, many of them of the same moment. */
export const secretPaper: fc.Arbitrary<SecretPiece[]> = fc.array(one, { minLength: 4, maxLength: 12 }).map((pieces) =>
  pieces.map(({ standing: { status, published, saved }, isCollected, comments, hasMoved, ...piece }, index) => ({
    ...piece,
    id: uuid((index * 7919) % 65_536, index),
    // A word that nothing else has, so that wherever it shows, the piece has shown.
    slug: `zz${index}zz`,
    status,
    published: published === null ? null : minutes(published),
    updated: minutes(saved),
    position: isCollected ? (index * 5) % 13 : null,
    comments: comments.map(({ approved, isAnswer }, at) => ({
      id: uuid(60_000 + at, index),
      approved,
      answers: isAnswer && at > 0 ? at - 1 : null,
    })),
    formerPath: hasMoved ? `/old-${index}/` : null,
  })),
);

/** Puts the paper in place of the one before. `owners` are the users that {@link Owner} means. */
export async function insertSecretPaper(
  db: Database,
  pieces: readonly SecretPiece[],
  owners: Record<Exclude<Owner, 'nobody'>, string>,
): Promise<void> {
  await db.rows(sql`delete from article`);
  await insertPieces(db, pieces);
  const facts = pieces.map(({ id, slug, owner, section, tags: tagged, formerPath }) => ({
    id,
    owner: owner === 'nobody' ? null : owners[owner],
    formerPath,
    details: { slug, section, tags: tagged, bylines: [], leadImage: null, language: 'en', partner: null },
  }));
  const rows = sql`jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) x(id uuid, owner uuid, "formerPath" text, details jsonb)`;
  await db.rows(sql`update article a set owner_id = x.owner from ${rows} where a.id = x.id`);
  await db.rows(sql`update article_revision r set details = x.details from ${rows} where r.article_id = x.id`);
  await db.rows(sql`
    insert into old_address (path, article_id) select x."formerPath", x.id from ${rows} where x."formerPath" is not null`);
  const comments = pieces.flatMap(({ id: articleId, slug, comments: under }) =>
    under.map(({ id, approved, answers }, at) => ({
      id,
      articleId,
      text: `on ${slug}`,
      status: approved ? 'APPROVED' : 'PENDING',
      parentId: answers === null ? null : (under[answers]?.id ?? null),
      at: minutes(at),
    })),
  );
  await db.rows(sql`
    insert into comment (id, article_id, parent_id, author_name, text, status, created_at)
    select id, "articleId", "parentId", 'Reader', text, status, at from jsonb_to_recordset(${JSON.stringify(comments)}::jsonb)
      x(id uuid, "articleId" uuid, "parentId" uuid, text text, status comment_status, at timestamptz)`);
}

export type Asker = 'anyone' | NewsroomRole;

/** The promise, written down a second time and as simply as possible: who may know that a piece exists. */
export function maySee(asker: Asker, { status, published, owner }: SecretPiece): boolean {
  if (asker === 'editor' || asker === 'admin') return true;
  if (status === 'PUBLISHED' && published !== null && published <= aMoment) return true;
  return asker === 'contributor' && owner === 'me';
}

/** Whether readers once could read it: then its address says that it is gone. */
export const wasWithdrawn = ({ status, published, updated }: SecretPiece): boolean =>
  (status === 'UNPUBLISHED' || status === 'RETRACTED') && published !== null && published <= updated;

const placeOf = ({ published, updated }: SecretPiece): number => (published ?? updated).getTime();

/** Newest first, as every list by date stands. */
export const newestFirst = (one: SecretPiece, other: SecretPiece): number =>
  placeOf(other) - placeOf(one) || (one.id < other.id ? 1 : -1);

/** Last changed first. */
export const changedFirst = (one: SecretPiece, other: SecretPiece): number =>
  other.updated.getTime() - one.updated.getTime() || (one.id < other.id ? 1 : -1);

export const isWithin = (section: string, { section: stands }: SecretPiece): boolean => {
  for (let at: string | null | undefined = stands; at; at = sections[at]) if (at === section) return true;
  return false;
};
