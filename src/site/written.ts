import type { PostCommentInput, PostCommentMutation } from '../generated/operations.js';
import type { RefusedComment } from './page.js';
import { words } from './words.js';

/** A comment as its form sends it. */
export interface Written {
  readonly article: string;
  readonly parent: string;
  readonly author: string;
  readonly text: string;
}

export const writtenIn = (fields: URLSearchParams): Written => ({
  article: fields.get('article') ?? '',
  parent: fields.get('parent') ?? '',
  author: fields.get('author') ?? '',
  text: fields.get('text') ?? '',
});

export const inputOf = ({ parent, ...others }: Written): PostCommentInput => ({
  ...others,
  ...(parent === '' ? {} : { parent }),
});

type Posted = PostCommentMutation['postComment'];

/** Whether the reader finds it on the page already. */
export const standingOf = (posted: Posted): 'held' | 'shown' =>
  posted.__typename === 'PostCommentSuccess' && posted.comment.status === 'APPROVED' ? 'shown' : 'held';

/** What a reader is told whose comment was not taken, with what they wrote; null where it was. */
export function refusalOf(posted: Posted, { author, text, parent }: Written): RefusedComment | null {
  const refused = (problems: readonly string[], status: 422 | 429 = 422) => ({
    author,
    text,
    parent,
    problems,
    status,
  });
  switch (posted.__typename) {
    case 'PostCommentSuccess':
      return null;
    case 'ValidationError':
      return refused(posted.fields.map(({ path, message }) => `${words.commentFields[path] ?? path} ${message}.`));
    case 'TooOftenError':
      return refused([posted.message], 429);
    default:
      return refused([posted.message]);
  }
}
