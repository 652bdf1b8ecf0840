import { TransitionError } from '../../../refusals.js';
import type { ArticleStatus } from '../rules.js';

/**
 * For each action, the statuses it may start from and the status it leads to; null where the piece stays where it is.
 * Whatever is not listed is refused. SCHEDULED is what a published piece is called until its moment comes.
 */
export const workflow = {
  update: { from: ['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'], to: null },
  submit: { from: ['DRAFT'], to: 'IN_REVIEW' },
  return: { from: ['IN_REVIEW', 'SCHEDULED'], to: 'DRAFT' },
  schedule: { from: ['IN_REVIEW', 'SCHEDULED', 'UNPUBLISHED'], to: 'SCHEDULED' },
  'cancel the schedule of': { from: ['SCHEDULED'], to: 'IN_REVIEW' },
  publish: { from: ['IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'], to: 'PUBLISHED' },
  correct: { from: ['PUBLISHED'], to: 'PUBLISHED' },
  unpublish: { from: ['PUBLISHED'], to: 'UNPUBLISHED' },
  retract: { from: ['PUBLISHED', 'UNPUBLISHED'], to: 'RETRACTED' },
  'restore a revision of': { from: ['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'], to: null },
  delete: { from: ['DRAFT', 'IN_REVIEW'], to: null },
} as const satisfies Record<string, { from: readonly ArticleStatus[]; to: ArticleStatus | null }>;

export type ArticleAction = keyof typeof workflow;

const startsFrom = (action: ArticleAction): readonly ArticleStatus[] => workflow[action].from;

/** The actions that are possible for a piece that is `status`. */
export const actionsFrom = (status: ArticleStatus): ArticleAction[] =>
  (Object.keys(workflow) as ArticleAction[]).filter((action) => startsFrom(action).includes(status));

/** The status a piece has after `action`. Throws {@link TransitionError}. */
export function statusAfter(action: ArticleAction, from: ArticleStatus): ArticleStatus {
  if (!startsFrom(action).includes(from)) throw new TransitionError(action, from, actionsFrom(from));
  return workflow[action].to ?? from;
}

/** Readers get, or are going to get, one pinned revision; a save is the desk's alone until somebody publishes it. */
export const isPinned = (status: ArticleStatus): boolean => status === 'PUBLISHED' || status === 'SCHEDULED';
