import type { Queryable, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { CommentStatus } from '../../generated/prisma/enums.js';

export interface NewComment {
  id: string;
  articleId: string;
  parentId: string | null;
  authorName: string;
  text: string;
  status: CommentStatus;
  createdAt: Date;
  /** Its id where it came from; a second comment of that id on the article is the same one. */
  originId: string | null;
}

/** Stores comments, parents and answers in any order. Those stored before stay as they are, with what a moderator decided. */
export async function insertComments(db: Queryable, comments: readonly NewComment[]): Promise<void> {
  if (comments.length === 0) return;
  await db.rows(sql`
    insert into comment (id, article_id, parent_id, author_name, text, status, created_at, origin_id)
    select id, "articleId", "parentId", "authorName", text, status, "createdAt", "originId"
    from jsonb_to_recordset(${JSON.stringify(comments)}::jsonb)
      as x(id uuid, "articleId" uuid, "parentId" uuid, "authorName" text, text text, status comment_status,
           "createdAt" timestamptz, "originId" text)
    on conflict (article_id, origin_id) do nothing`);
}

/** The ids of comments kept under these articles, by their ids where they came from. */
export const importedComments = (
  db: Queryable,
  articleIds: readonly string[],
): Promise<{ id: string; articleId: string; originId: string }[]> =>
  db.rows(sql`
    select id, article_id as "articleId", origin_id as "originId" from comment
    where article_id = any(${articleIds}::uuid[]) and origin_id is not null`);

/** Notes why a comment waits for a moderator. */
export const noteHeld = (db: Queryable, id: string, because: string): Promise<unknown> =>
  db.rows(sql`update comment set held_because = ${because} where id = ${id}::uuid`);

export interface Moderation {
  status: CommentStatus;
  moderatedAt: Date;
  moderatedBy: string;
  moderationReason: string | null;
}

/** Writes down what a moderator decided. */
export async function moderate({ prisma }: Transaction, id: string, moderation: Moderation): Promise<void> {
  await prisma.comment.update({
    where: { id },
    data: { ...moderation, revision: { increment: 1 } },
    select: { id: true },
  });
}
