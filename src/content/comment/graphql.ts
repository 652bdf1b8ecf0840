import { pageArguments } from '../../graphql/arguments.js';
import type { Builder } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { type CommentRow, mostReplies, placeOfComment } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Comment: CommentRow;
    CommentConnection: Connection<CommentRow>;
  }
}

export function defineComment(builder: Builder): void {
  builder.node('Comment', {
    description: 'What a reader wrote under a piece, and a moderator let through.',
    id: { resolve: ({ id }) => id, description: 'Names this comment for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.comment.byId.load(id)),
    fields: (t) => ({
      author: t.exposeString('authorName', { description: 'The name the reader gave.' }),
      text: t.exposeString('text', { description: 'Plain text; paragraphs are separated by an empty line.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
      parent: t.field({
        type: 'Comment',
        nullable: true,
        description: 'The comment it answers; null for one that begins a thread.',
        resolve: ({ parentId }, _args, { loaders }) => (parentId ? loaders.comment.byId.load(parentId) : null),
      }),
      replies: t.field({
        type: ['Comment'],
        description: `Answers to it, oldest first, at most ${mostReplies}.`,
        resolve: ({ id }, _args, { loaders }) => loaders.comment.replies.load(id),
      }),
    }),
  });
  defineConnection<CommentRow>(builder, 'Comment', 'Comment', 'comment');

  builder.objectFields('Article', (t) => ({
    comments: t.field({
      type: 'CommentConnection',
      description: 'The threads under it, oldest first; answers are in `replies`.',
      args: pageArguments(t.arg),
      resolve: async ({ id }, args, { loaders }) => {
        const list = `comments:${id}`;
        const page = pageOf(list, args);
        const rows = await loaders.comment.threads(page).load(id);
        return connectionFrom(rows, page, list, placeOfComment, () => loaders.comment.threadCount.load(id));
      },
    }),
    commentCount: t.int({
      description: 'Comments a moderator has let through, answers included.',
      resolve: ({ id }, _args, { loaders }) => loaders.comment.approvedCount.load(id),
    }),
  }));
}
