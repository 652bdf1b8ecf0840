import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { name, sql } from '../../database/sql.js';
import { visibleTo } from '../article/visibility.js';

export interface CommentRow {
  id: string;
  articleId: string;
  parentId: string | null;
  authorName: string;
  text: string;
  createdAt: Date;
}

const columns = name(
  'c.id, c.article_id as "articleId", c.parent_id as "parentId", c.author_name as "authorName", c.text, c.created_at as "createdAt"',
);

/** What a reader may read of a thread. */
const approved = name(`c.status = 'APPROVED'`);

export const placeOfComment = ({ createdAt, id }: CommentRow): Key => [createdAt.getTime(), id];

/** Comments by id, where the article under which they stand may be seen. */
export const commentsById = (db: Queryable, sight: Sight, ids: readonly string[]): Promise<CommentRow[]> =>
  db.rows(sql`
    select ${columns} from comment c join article a on a.id = c.article_id
    where c.id = any(${ids}::uuid[]) and ${approved} and ${visibleTo(sight, name('a'))}`);

/** One page of the threads under each article, oldest first. */
export function threadsUnder(db: Queryable, page: Page, articleIds: readonly string[]): Promise<CommentRow[]> {
  const ordering = { type: 'timestamptz', descending: false } as const;
  const { within, orderBy, limit } = keyset(page, { ...ordering, column: name('c.created_at'), id: name('c.id') });
  const outer = keyset(page, { ...ordering, column: name('p."createdAt"'), id: name('p.id') });
  return db.rows(sql`
    select p.* from unnest(${articleIds}::uuid[]) o(id)
    cross join lateral (
      select ${columns} from comment c
      where c.article_id = o.id and c.parent_id is null and ${approved} and ${within}
      order by ${orderBy} ${limit}
    ) p
    order by o.id, ${outer.orderBy}`);
}

/** At most this many replies are shown under one comment. */
export const mostReplies = 100;

export const repliesTo = (db: Queryable, commentIds: readonly string[]): Promise<CommentRow[]> =>
  db.rows(sql`
    select p.* from unnest(${commentIds}::uuid[]) o(id)
    cross join lateral (
      select ${columns} from comment c where c.parent_id = o.id and ${approved}
      order by c.created_at, c.id limit ${mostReplies}
    ) p
    order by o.id, p."createdAt", p.id`);

/** Approved comments of each article, replies included. */
export const approvedCounts = (
  db: Queryable,
  articleIds: readonly string[],
): Promise<{ key: string; count: number }[]> =>
  db.rows(sql`
    select c.article_id as key, count(*)::int as count from comment c
    where c.article_id = any(${articleIds}::uuid[]) and ${approved} group by c.article_id`);

export const threadCounts = (db: Queryable, articleIds: readonly string[]): Promise<{ key: string; count: number }[]> =>
  db.rows(sql`
    select c.article_id as key, count(*)::int as count from comment c
    where c.article_id = any(${articleIds}::uuid[]) and c.parent_id is null and ${approved} group by c.article_id`);
