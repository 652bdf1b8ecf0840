import { mayDo } from '../../access/rules.js';
import type { CommentStatus } from '../../generated/prisma/enums.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess } from '../../graphql/success.js';
import { CommentsClosedError, ConflictError, NotFoundError, TooOftenError } from '../../refusals.js';
import { htmlOfComment } from './links.js';
import { commentNow, type CommentRow, commentsStanding, countStanding, mostReplies, placeOfComment } from './read.js';
import { type CommentDecision, commentsCloseAt, longestName, longestText, mostLinks, rate } from './rules.js';
import { moderateComment, postComment } from './writing.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Comment: CommentRow;
    CommentConnection: Connection<CommentRow>;
    CommentModeration: CommentRow & { moderatedAt: Date };
  }
  interface Inputs {
    PostCommentInput: { article: string; parent?: string | null | undefined; author: string; text: string };
    ModerateCommentInput: {
      id: string;
      decision: CommentDecision;
      reason?: string | null | undefined;
      expectedRevision?: number | null | undefined;
    };
  }
  interface Enums {
    CommentStatus: { Input: CommentStatus; Output: CommentStatus };
    CommentDecision: { Input: CommentDecision; Output: CommentDecision };
  }
}

const moderating = 'moderate comments';

export function defineComment(builder: Builder): void {
  builder.enumType('CommentStatus', {
    description: 'Where a comment stands.',
    values: {
      PENDING: { description: 'Waits for a moderator.' },
      APPROVED: { description: 'On the site.' },
      REJECTED: { description: 'Turned down.' },
      SPAM: { description: 'Turned down as spam, by a moderator or by the spam hook.' },
    },
  });
  builder.objectType('CommentModeration', {
    description: 'What a moderator decided last.',
    fields: (t) => ({
      at: t.expose('moderatedAt', { type: 'DateTime', description: 'When.' }),
      by: t.exposeString('moderatedBy', { nullable: true, description: 'Who, as they were called then.' }),
      reason: t.exposeString('moderationReason', { nullable: true, description: 'Why, in their words.' }),
    }),
  });

  builder.node('Comment', {
    description:
      'What a reader wrote under a piece. Readers see those that were let through; moderators see all by id and in `moderationQueue`.',
    id: { resolve: ({ id }) => id, description: 'Names this comment for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.comment.byId.load(id)),
    fields: (t) => ({
      article: t.field({
        type: 'Article',
        nullable: true,
        description: 'The piece it stands under; null where you may not see that.',
        resolve: ({ articleId }, _args, { loaders }) => loaders.article.byId.load(articleId),
      }),
      author: t.exposeString('authorName', { description: 'The name the reader gave.' }),
      text: t.exposeString('text', { description: 'Plain text; paragraphs are separated by an empty line.' }),
      html: t.string({
        description: 'The same as safe HTML: paragraphs, line breaks, and links marked `nofollow ugc`.',
        resolve: ({ text }) => htmlOfComment(text),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
      status: t.field({
        type: 'CommentStatus',
        description: 'Where it stands: for readers APPROVED, or PENDING in the answer to their own `postComment`.',
        resolve: ({ status }, _args, { viewer }) =>
          status === 'APPROVED' || mayDo(viewer, moderating) ? status : 'PENDING',
      }),
      revision: t.exposeInt('revision', {
        description: 'Counts what moderators decided: what `moderateComment` is written against.',
      }),
      heldBecause: t.string({
        nullable: true,
        description: 'For moderators: why it was held, where there is more to say than that all are.',
        resolve: ({ heldBecause }, _args, { viewer }) => (mayDo(viewer, moderating) ? heldBecause : null),
      }),
      moderation: t.field({
        type: 'CommentModeration',
        nullable: true,
        description: 'For moderators: what was decided last; null while nothing was.',
        resolve: (row, _args, { viewer }) =>
          row.moderatedAt && mayDo(viewer, moderating) ? { ...row, moderatedAt: row.moderatedAt } : null,
      }),
      parent: t.field({
        type: 'Comment',
        nullable: true,
        description: 'The comment it answers; null for one that begins a thread.',
        resolve: ({ parentId }, _args, { loaders }) => (parentId ? loaders.comment.byId.load(parentId) : null),
      }),
      replies: t.field({
        type: ['Comment'],
        complexity: about(2),
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
      description: 'Comments that readers see under it, answers included.',
      resolve: ({ id }, _args, { loaders }) => loaders.comment.shownCount.load(id),
    }),
    commentsOpen: t.boolean({
      description: 'Whether readers may comment now: an editor has not closed it, nor has its time run out.',
      resolve: (article, _args, { site, now, reads }) => {
        const closesAt = commentsCloseAt(article, site.comments.openDays);
        if (closesAt > now.getTime()) reads?.expireAt(closesAt);
        return closesAt > now.getTime();
      },
    }),
  }));

  builder.queryField('moderationQueue', (t) =>
    t.field({
      type: 'CommentConnection',
      description: 'Comments of the whole paper that stand so, oldest first. For editors.',
      authScopes: { may: moderating },
      args: {
        status: t.arg({ type: 'CommentStatus', defaultValue: 'PENDING', description: 'Where they stand.' }),
        ...pageArguments(t.arg),
      },
      resolve: async (_root, { status, ...args }, { db }) => {
        const standing = status ?? 'PENDING';
        const list = `moderationQueue:${standing}`;
        const page = pageOf(list, args);
        const rows = await commentsStanding(db, standing, page);
        return connectionFrom(rows, page, list, placeOfComment, () => countStanding(db, standing));
      },
    }),
  );
  defineCommentMutations(builder);
}

function defineCommentMutations(builder: Builder): void {
  builder.inputType('PostCommentInput', {
    description: 'What a reader writes, and where.',
    fields: (t) => ({
      article: t.id({ required: true, description: 'The article’s id.' }),
      parent: t.id({ description: 'The comment it answers: one that begins a thread. None for a new thread.' }),
      author: t.string({
        required: true,
        description: `The name to show: one line of at most ${longestName} characters.`,
      }),
      text: t.string({
        required: true,
        description: `Plain text of at most ${longestText} characters; addresses in it become links.`,
      }),
    }),
  });
  builder.enumType('CommentDecision', {
    description: 'What a moderator decides.',
    values: {
      APPROVE: { description: 'Let it through.' },
      REJECT: { description: 'Turn it down, with the answers to it.' },
      SPAM: { description: 'Turn it down as spam, with the answers to it.' },
    },
  });
  builder.inputType('ModerateCommentInput', {
    description: 'Which comment, and what becomes of it.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The comment.' }),
      decision: t.field({ type: 'CommentDecision', required: true, description: 'What becomes of it.' }),
      reason: t.string({ description: 'Why, for the newsroom and its audit log: one line of at most 500 characters.' }),
      expectedRevision: t.int({
        description:
          '`revision` as you read it: refused where another moderator has decided since. Absent: decided all the same.',
      }),
    }),
  });

  builder.mutationFields((t) => ({
    postComment: t.field({
      type: defineSuccess<CommentRow>(builder, 'PostComment', 'comment', 'Comment', 'The comment as it was taken in.'),
      description:
        'Takes in a reader’s comment. It waits for a moderator where the publication has it so, where the spam hook is in doubt, and where it ' +
        `has more than ${mostLinks} links; until then nobody else sees it. One reader (by address) may write ${rate.comments} in ${rate.seconds / 60} minutes.`,
      errors: refusing('PostComment', NotFoundError, CommentsClosedError, TooOftenError),
      args: { input: t.arg({ type: 'PostCommentInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const { article, parent, author, text } = input;
        const parentId = parent == null ? null : (idOf('Comment', parent) ?? nobody);
        const given = { articleId: idOf('Article', article), parentId, author, text };
        return commentNow(context.db, await postComment(context.db, context, given));
      },
    }),
    moderateComment: t.field({
      type: defineSuccess<CommentRow>(
        builder,
        'ModerateComment',
        'comment',
        'Comment',
        'The comment as it stands now.',
      ),
      description: 'Lets a comment through, or turns it down; what was decided before may be decided otherwise.',
      authScopes: { may: moderating },
      errors: refusing('ModerateComment', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'ModerateCommentInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Comment', input.id);
        await moderateComment(context.db, context, { ...input, id });
        return commentNow(context.db, id ?? '');
      },
    }),
  }));
}

/** An id of another type than Comment is that of no comment. */
const nobody = '00000000-0000-0000-0000-000000000000';
