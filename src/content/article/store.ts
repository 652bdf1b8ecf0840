import type { Queryable } from '../../database/database.js';
import { join, sql } from '../../database/sql.js';
import type { ArticleStatus } from '../../generated/prisma/enums.js';
import { detailsOf, type Piece } from './piece.js';
import { bylineOf } from './rules.js';

/** A piece with its standing, ready to be written. */
export interface ArticleWrite {
  id: string;
  piece: Piece;
  path: string;
  status: ArticleStatus;
  publishedAt: Date | null;
  firstPublishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  withdrawnAt: Date | null;
  withdrawnReason: string | null;
  /** The number this save gets: what readers are to get. */
  revision: number;
  /** The newest revision there then is: this one, unless others are stored beside it. */
  newestRevision: number;
  /** Who saved it, and why. */
  savedBy: string | null;
  savedAt: Date;
  note: string | null;
  /** The moment of a schedule that is to be told of when it comes. */
  announceAt?: Date | null;
  /** Who began it here; set once. */
  ownerId?: string | null;
}

const asRow = ({ piece, ownerId, announceAt, ...write }: ArticleWrite) => ({
  ...write,
  slug: piece.slug,
  headline: piece.headline,
  standfirst: piece.standfirst,
  byline: bylineOf(piece.bylines, piece.language),
  sectionId: piece.section.id,
  language: piece.language,
  leadImageId: piece.leadImage?.id ?? null,
  partnerId: piece.partner?.id ?? null,
  attribution: piece.attribution,
  originalUrl: piece.originalUrl,
  license: piece.license,
  commentsOpen: piece.commentsOpen,
  ownerId: ownerId ?? null,
  announceAt: announceAt ?? null,
});

const columnTypes = sql`x(
  id uuid, slug text, path text, headline text, standfirst text, byline text, "sectionId" uuid, language text,
  status article_status, "publishedAt" timestamptz, "firstPublishedAt" timestamptz, "createdAt" timestamptz,
  "updatedAt" timestamptz, revision int, "newestRevision" int, "leadImageId" uuid, "partnerId" uuid, attribution text, "originalUrl" text,
  license text, "commentsOpen" boolean, "withdrawnAt" timestamptz, "withdrawnReason" text, "ownerId" uuid,
  "announceAt" timestamptz)`;

/** Stores new articles with their first revision, bylines and tags: four statements however many. Call it in a transaction. */
export async function insertArticles(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  if (writes.length === 0) return;
  // One connection takes them in this order; asked for at once, each is made ready while the one before it runs.
  const articles = db.rows(sql`
    insert into article (id, slug, path, headline, standfirst, byline, section_id, language, status, published_at,
      first_published_at, created_at, updated_at, revision, live_revision, lead_image_id, partner_id, attribution,
      original_url, license, comments_open, withdrawn_at, withdrawn_reason, owner_id, announce_at)
    select id, slug, path, headline, standfirst, byline, "sectionId", language, status, "publishedAt", "firstPublishedAt",
      "createdAt", "updatedAt", "newestRevision", revision, "leadImageId", "partnerId", attribution, "originalUrl", license,
      "commentsOpen", "withdrawnAt", "withdrawnReason", "ownerId", "announceAt"
    from jsonb_to_recordset(${JSON.stringify(writes.map(asRow))}::jsonb) as ${columnTypes}`);
  await Promise.all([articles, insertRevisions(db, writes), insertJoins(db, writes)]);
}

/**
 * Writes a new revision of articles that exist, and makes it what readers get, with its bylines and tags. The creation date
 * stays. Call it in a transaction that has locked them.
 */
export async function replaceArticles(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await insertRevisions(db, writes);
  await showArticles(db, writes);
}

/** Makes revisions that are stored already what readers get, with their bylines and tags. */
export async function showArticles(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  const ids = writes.map(({ id }) => id);
  await noteDepartures(db, writes);
  await db.rows(sql`
    update article a set slug = x.slug, path = x.path, headline = x.headline, standfirst = x.standfirst, byline = x.byline,
      section_id = x."sectionId", language = x.language, status = x.status, published_at = x."publishedAt",
      first_published_at = x."firstPublishedAt", updated_at = x."updatedAt", revision = x."newestRevision",
      live_revision = x.revision, lead_image_id = x."leadImageId", partner_id = x."partnerId",
      attribution = x.attribution, original_url = x."originalUrl", license = x.license, comments_open = x."commentsOpen",
      withdrawn_at = x."withdrawnAt", withdrawn_reason = x."withdrawnReason",
      announce_at = coalesce(x."announceAt",
        case when x.status = 'PUBLISHED' and x."publishedAt" = a.published_at then a.announce_at end)
    from jsonb_to_recordset(${JSON.stringify(writes.map(asRow))}::jsonb) as ${columnTypes}
    where a.id = x.id`);
  await db.rows(sql`delete from byline where article_id = any(${ids}::uuid[])`);
  await db.rows(sql`delete from article_tag where article_id = any(${ids}::uuid[])`);
  await insertJoins(db, writes);
}

/** Notes which sections, authors and tags articles that readers may have seen there will no longer stand with. */
async function noteDepartures(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  const rows = writes.map(({ id, piece: { section, bylines, tags } }) => ({
    id,
    owners: [section.id, ...bylines.flatMap(({ authorId }) => authorId ?? []), ...tags.map((tag) => tag.id)],
  }));
  await db.rows(sql`
    insert into departure (article_id, owner_id)
    select a.id, stood.id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, owners uuid[])
    join article a on a.id = x.id and a.first_published_at is not null
    cross join lateral (
      select a.section_id as id
      union select author_id from byline where article_id = a.id and author_id is not null
      union select tag_id from article_tag where article_id = a.id) stood
    where stood.id <> all(x.owners)
    on conflict do nothing`);
}

/** Notes that the pieces of a section, and of those below it, will no longer stand with what it is below, unless that is `parentId`. */
export const noteSectionLeaves = (db: Queryable, sectionId: string, parentId: string | null): Promise<unknown> =>
  db.rows(sql`
    insert into departure (article_id, owner_id)
    select a.id, s.parent_id from section s join section d on d.lineage @> array[s.id] join article a on a.section_id = d.id
    where s.id = ${sectionId}::uuid and s.parent_id is not null and s.parent_id is distinct from ${parentId}::uuid
      and a.first_published_at is not null
    on conflict do nothing`);

export async function insertRevisions(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  const rows = writes.map(({ id, piece, revision, savedBy, savedAt, note }) => ({
    articleId: id,
    number: revision,
    headline: piece.headline,
    standfirst: piece.standfirst,
    html: piece.html,
    tree: piece.tree,
    wordCount: piece.wordCount,
    opening: piece.opening,
    details: detailsOf(piece),
    note,
    savedBy,
    savedAt,
  }));
  await insertRevisionRows(db, rows);
}

async function insertRevisionRows(db: Queryable, rows: readonly OtherRevision[]): Promise<void> {
  // Bodies are long: each is a value of its own, which neither side has to wrap and unwrap.
  const values = rows.map(
    (row) => sql`(
      ${row.articleId}::uuid, ${row.number}::int, ${row.headline}::text, ${row.standfirst}::text, ${row.html}::text,
      ${row.tree}::json, ${row.wordCount}::int, ${row.opening}::text, ${JSON.stringify(row.details)}::jsonb,
      ${row.note}::text, ${row.savedBy}::text, ${row.savedAt.toISOString()}::timestamptz)`,
  );
  await db.rows(sql`
    insert into article_revision (article_id, number, headline, standfirst, html, tree, word_count, opening, details, note,
      saved_by, saved_at)
    values ${join(values)}`);
}

async function insertJoins(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  await Promise.all([insertBylines(db, writes), insertTags(db, writes)]);
}

async function insertBylines(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  const bylines = writes.flatMap(({ id, piece }) =>
    piece.bylines.map(({ author: _, ...byline }, index) => ({ articleId: id, position: index + 1, ...byline })),
  );
  if (bylines.length === 0) return;
  await db.rows(sql`
    insert into byline (article_id, position, author_id, name, role, affiliation, note, status, ordered_at, updated_at)
    select a.id, x.position, x."authorId", x.name, x.role, x.affiliation, x.note, a.status, a.ordered_at, a.updated_at
    from jsonb_to_recordset(${JSON.stringify(bylines)}::jsonb) as x(
      "articleId" uuid, position int, "authorId" uuid, name text, role byline_role, affiliation text, note text)
    join article a on a.id = x."articleId"`);
}

async function insertTags(db: Queryable, writes: readonly ArticleWrite[]): Promise<void> {
  const tags = writes.flatMap(({ id, piece }) =>
    piece.tags.map((tag, index) => ({ articleId: id, tagId: tag.id, position: index + 1 })),
  );
  if (tags.length === 0) return;
  await db.rows(sql`
    insert into article_tag (article_id, tag_id, position, status, ordered_at, updated_at)
    select a.id, x."tagId", x.position, a.status, a.ordered_at, a.updated_at
    from jsonb_to_recordset(${JSON.stringify(tags)}::jsonb) as x("articleId" uuid, "tagId" uuid, position int)
    join article a on a.id = x."articleId"`);
}

/** Stores revisions beside the one that readers get. Call it in the transaction that wrote the articles. */
export async function insertOtherRevisions(db: Queryable, revisions: readonly OtherRevision[]): Promise<void> {
  if (revisions.length > 0) await insertRevisionRows(db, revisions);
}

/** A revision that readers do not get: one that was superseded, or one still to be published. */
export interface OtherRevision {
  articleId: string;
  number: number;
  headline: string;
  standfirst: string | null;
  html: string;
  tree: Piece['tree'];
  wordCount: number;
  opening: string;
  details: unknown;
  note: string | null;
  savedBy: string | null;
  savedAt: Date;
}

export async function insertCorrections(
  db: Queryable,
  corrections: readonly { id: string; articleId: string; text: string; at: Date }[],
): Promise<void> {
  if (corrections.length === 0) return;
  await db.rows(sql`
    insert into correction (id, article_id, text, at) select id, "articleId", text, at
    from jsonb_to_recordset(${JSON.stringify(corrections)}::jsonb) as x(id uuid, "articleId" uuid, text text, at timestamptz)`);
}

export const deleteCorrections = async (db: Queryable, articleIds: readonly string[]): Promise<void> => {
  if (articleIds.length > 0) await db.rows(sql`delete from correction where article_id = any(${articleIds}::uuid[])`);
};

/** Which of `slugs` are in use by articles. */
export async function takenSlugs(db: Queryable, slugs: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ slug: string }>(sql`select slug from article where slug = any(${slugs})`);
  return new Set(rows.map(({ slug }) => slug));
}

/** Where articles stand before a write, locked until the transaction ends. */
export interface Standing {
  id: string;
  slug: string;
  path: string;
  status: ArticleStatus;
  revision: number;
  publishedAt: Date | null;
  firstPublishedAt: Date | null;
  createdAt: Date;
}

export const lockArticles = (
  db: Queryable,
  where: { ids: readonly string[] } | { slugs: readonly string[] },
): Promise<Standing[]> =>
  db.rows(sql`
    select id, slug, path, status, revision, published_at as "publishedAt", first_published_at as "firstPublishedAt", created_at as "createdAt" from article
    where ${'ids' in where ? sql`id = any(${where.ids}::uuid[])` : sql`slug = any(${where.slugs})`}
    order by id for update`);
