import { mayDo } from '../../access/rules.js';
import { anyone, type Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';
import type { CommentStatus } from '../../generated/prisma/enums.js';
import { visibleTo } from '../article/visibility.js';
import { isShown } from './rules.js';

export interface CommentRow {
  id: string;
  articleId: string;
  parentId: string | null;
  authorName: string;
  text: string;
  status: CommentStatus;
  createdAt: Date;
  revision: number;
  heldBecause: string | null;
  moderatedAt: Date | null;
  moderatedBy: string | null;
  moderationReason: string | null;
}

export const commentColumns = name(
  [
    'id',
    'article_id as "articleId"',
    'parent_id as "parentId"',
    'author_name as "authorName"',
    'text',
    'status',
    'created_at as "createdAt"',
    'revision',
    'held_because as "heldBecause"',
    'moderated_at as "moderatedAt"',
    'moderated_by as "moderatedBy"',
    'moderation_reason as "moderationReason"',
  ]
    .map((column) => `c.${column}`)
    .join(', '),
);

/** What readers see of a thread, where what begins it is shown (see `isShown`). */
const approved = name(`c.status = 'APPROVED'`);

const shown = name(
  `c.status = 'APPROVED' and (c.parent_id is null or exists (select from comment p where p.id = c.parent_id and p.status = 'APPROVED'))`,
);

export const placeOfComment = ({ createdAt, id }: CommentRow): Key => [createdAt.getTime(), id];

const oldestFirst = { type: 'timestamptz', descending: false } as const;

/** Comments by id, where the article under which they stand may be seen; those that readers do not see, for moderators. */
export async function commentsById(db: Queryable, sight: Sight, ids: readonly string[]): Promise<CommentRow[]> {
  type Found = CommentRow & { parentStatus: CommentStatus | null };
  const rows = await db.read<Found>(
    sql`
    select ${commentColumns}, (select p.status from comment p where p.id = c.parent_id) as "parentStatus"
    from comment c join article a on a.id = c.article_id
    where c.id = any(${ids}::uuid[]) and ${visibleTo(sight, name('a'))}`,
    (rows) => [
      ...on('comment', [...ids, ...rows.flatMap(({ parentId }) => (parentId === null ? [] : [parentId]))]),
      ...on(
        'article',
        rows.map(({ articleId }) => articleId),
      ),
    ],
  );
  return mayDo(sight.viewer, 'moderate comments') ? rows : rows.filter(isShown);
}

/** One page of the threads under each article, oldest first. */
export function threadsUnder(db: Queryable, page: Page, articleIds: readonly string[]): Promise<CommentRow[]> {
  const { within, orderBy, limit } = keyset(page, { ...oldestFirst, column: name('c.created_at'), id: name('c.id') });
  const outer = keyset(page, { ...oldestFirst, column: name('p."createdAt"'), id: name('p.id') });
  return db.read(
    sql`
    select p.* from unnest(${articleIds}::uuid[]) o(id)
    cross join lateral (
      select ${commentColumns} from comment c
      where c.article_id = o.id and c.parent_id is null and ${approved} and ${within}
      order by ${orderBy} ${limit}
    ) p
    order by o.id, ${outer.orderBy}`,
    () => on('comments', articleIds),
  );
}

/** At most this many replies are shown under one comment. */
export const mostReplies = 100;

export const repliesTo = (db: Queryable, commentIds: readonly string[]): Promise<CommentRow[]> =>
  db.read<CommentRow>(
    sql`
    select p.* from unnest(${commentIds}::uuid[]) o(id)
    cross join lateral (
      select ${commentColumns} from comment c where c.parent_id = o.id and ${approved}
      order by c.created_at, c.id limit ${mostReplies}
    ) p
    order by o.id, p."createdAt", p.id`,
    (rows) => [
      ...on('replies', commentIds),
      ...on(
        'comment',
        rows.map(({ id }) => id),
      ),
    ],
  );

/** Comments of each article that readers see, replies included. */
export const shownCounts = (db: Queryable, articleIds: readonly string[]): Promise<{ key: string; count: number }[]> =>
  db.read(
    sql`
    select c.article_id as key, count(*)::int as count from comment c
    where c.article_id = any(${articleIds}::uuid[]) and ${shown} group by c.article_id`,
    () => on('comments', articleIds),
  );

export const threadCounts = (db: Queryable, articleIds: readonly string[]): Promise<{ key: string; count: number }[]> =>
  db.read(
    sql`
    select c.article_id as key, count(*)::int as count from comment c
    where c.article_id = any(${articleIds}::uuid[]) and c.parent_id is null and ${approved} group by c.article_id`,
    () => on('comments', articleIds),
  );

/** One page of all comments that stand so, oldest first: the order in which moderators take them. */
export function commentsStanding(db: Queryable, status: CommentStatus, page: Page): Promise<CommentRow[]> {
  const { within, orderBy, limit } = keyset(page, { ...oldestFirst, column: name('c.created_at'), id: name('c.id') });
  return db.rows(sql`
    select ${commentColumns} from comment c where c.status = ${status}::comment_status and ${within}
    order by ${orderBy} ${limit}`);
}

export async function countStanding(db: Queryable, status: CommentStatus): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from comment where status = ${status}::comment_status`,
  );
  return row?.count ?? 0;
}

/** What a comment would stand under. */
export interface Ground {
  articleId: string;
  path: string;
  headline: string;
  language: string;
  commentsOpen: boolean;
  publishedAt: Date | null;
  /** Of the comment it would answer: where that stands, and whether it is an answer itself; null where there is none there. */
  parentStatus: CommentStatus | null;
  parentParentId: string | null;
}

/** What is on the site under that id, for whoever comments; null where there is nothing. */
export async function groundFor(
  db: Queryable,
  now: Date,
  { articleId, parentId }: { articleId: string; parentId: string | null },
): Promise<Ground | null> {
  const [row] = await db.rows<Ground>(sql`
    select a.id as "articleId", a.path, a.headline, a.language, a.comments_open as "commentsOpen", a.published_at as "publishedAt",
      p.status as "parentStatus", p.parent_id as "parentParentId"
    from article a left join comment p on p.id = ${parentId}::uuid and p.article_id = a.id
    where a.id = ${articleId}::uuid and ${visibleTo({ viewer: anyone, now }, name('a'))}`);
  return row ?? null;
}

/** One comment as it stands, whoever asks: for whoever has just written or moved it. */
export async function commentNow(db: Queryable, id: string): Promise<CommentRow> {
  const [row] = await db.rows<CommentRow>(sql`select ${commentColumns} from comment c where c.id = ${id}::uuid`);
  if (!row) throw new Error(`comment ${id} is gone after a write to it`);
  return row;
}
