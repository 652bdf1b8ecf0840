import type { ArticleWrite, Standing } from '../content/article/store.js';
import type { ChangeToTell } from '../content/change/store.js';

/** What readers have of it. */
const isPublic = ({ status, publishedAt }: Pick<Standing, 'status' | 'publishedAt'>, now: Date): boolean =>
  status === 'PUBLISHED' && publishedAt !== null && publishedAt <= now;

/**
 * What the change log is to tell of a piece just stored, dated when it came here: a copy that follows the log must have the
 * archive too. Null where readers had nothing and have nothing; a schedule is told of when its moment comes.
 */
export function changeBy(write: ArticleWrite, before: Standing | undefined, now: Date): ChangeToTell | null {
  const was = before !== undefined && isPublic(before, now);
  const is = isPublic(write, now);
  if (!was && !is) return null;
  const { id: articleId, path, status, withdrawnReason: reason } = write;
  if (is) return { kind: was ? 'UPDATED' : 'PUBLISHED', articleId, path, at: now };
  return { kind: status === 'RETRACTED' ? 'RETRACTED' : 'WITHDRAWN', articleId, path, at: now, reason };
}
