import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { name, sql, unforeseen } from '../../database/sql.js';
import type { BylineRole } from '../../generated/prisma/enums.js';
import { articleColumns, type ArticleRow } from './row.js';
import { visibleTo } from './visibility.js';

const a = name('a');
const card = articleColumns('a');

export const articlesById = (db: Queryable, sight: Sight, ids: readonly string[]): Promise<ArticleRow[]> =>
  db.read(
    sql`select ${card} from article a where a.id = any(${unforeseen(sql`${ids}::uuid[]`)}::uuid[]) and ${visibleTo(sight, a)}`,
    () => on('article', ids),
  );

export const articlesBySlug = (db: Queryable, sight: Sight, slugs: readonly string[]): Promise<ArticleRow[]> =>
  db.read(
    sql`select ${card} from article a where a.slug = any(${unforeseen(sql`${slugs}::text[]`)}::text[]) and ${visibleTo(sight, a)}`,
    (rows) => [...on('article/slug', slugs), ...themselves(rows)],
  );

export const articlesByPath = (db: Queryable, sight: Sight, paths: readonly string[]): Promise<ArticleRow[]> =>
  db.read(
    sql`select ${card} from article a where a.path = any(${unforeseen(sql`${paths}::text[]`)}::text[]) and ${visibleTo(sight, a)}`,
    (rows) => [...on('path', paths), ...themselves(rows)],
  );

export const themselves = (rows: readonly { id: string }[]): string[] =>
  on(
    'article',
    rows.map(({ id }) => id),
  );

/** The words of a piece as readers get them. */
export interface BodyRow {
  articleId: string;
  html: string;
  wordCount: number;
  /** Its tree as JSON, when a revision was read whole; otherwise read when a form is asked for that needs it. */
  tree?: string;
}

/** The tree of a piece without words. */
export const emptyTree = '{"type":"root","children":[]}';

/** Of articles already seen to be visible, the revision that readers get. A retracted piece has none, for anyone. */
const live = name(
  `article a join article_revision r on r.article_id = a.id and r.number = a.live_revision and a.status <> 'RETRACTED'`,
);

export const bodiesOf = (db: Queryable, articleIds: readonly string[]): Promise<BodyRow[]> =>
  db.read(
    sql`
    select a.id as "articleId", r.html, r.word_count as "wordCount" from ${live} where a.id = any(${articleIds}::uuid[])`,
    () => on('article', articleIds),
  );

export interface TreeRow {
  articleId: string;
  /** JSON, as it is stored: whoever needs it parsed knows where (see words.ts). */
  tree: string;
  wordCount: number;
}

export const treesOf = (db: Queryable, articleIds: readonly string[]): Promise<TreeRow[]> =>
  db.read(
    sql`
    select a.id as "articleId", r.tree::text as tree, r.word_count as "wordCount" from ${live} where a.id = any(${articleIds}::uuid[])`,
    () => on('article', articleIds),
  );

export const openingsOf = (
  db: Queryable,
  articleIds: readonly string[],
): Promise<{ articleId: string; standfirst: string | null; opening: string }[]> =>
  db.read(
    sql`select a.id as "articleId", a.standfirst, r.opening from ${live} where a.id = any(${articleIds}::uuid[])`,
    () => on('article', articleIds),
  );

export interface BylineRow {
  articleId: string;
  position: number;
  authorId: string | null;
  name: string;
  role: BylineRole;
  affiliation: string | null;
  note: string | null;
}

export const bylinesOf = (db: Queryable, articleIds: readonly string[]): Promise<BylineRow[]> =>
  db.read(
    sql`
    select article_id as "articleId", position, author_id as "authorId", name, role, affiliation, note
    from byline where article_id = any(${articleIds}::uuid[]) order by article_id, position`,
    () => on('article', articleIds),
  );

export interface CorrectionRow {
  articleId: string;
  text: string;
  at: Date;
}

export const correctionsOf = (db: Queryable, articleIds: readonly string[]): Promise<CorrectionRow[]> =>
  db.read(
    sql`
    select article_id as "articleId", text, at from correction
    where article_id = any(${articleIds}::uuid[]) order by article_id, at, id`,
    () => on('article', articleIds),
  );
