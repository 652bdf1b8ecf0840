import type { CommentStatus } from '../../generated/prisma/enums.js';

/** What a moderator may decide, and where a comment stands then. */
export const statusAfter = {
  APPROVE: 'APPROVED',
  REJECT: 'REJECTED',
  SPAM: 'SPAM',
} as const satisfies Record<string, CommentStatus>;

export type CommentDecision = keyof typeof statusAfter;

export const longestName = 80;
export const longestText = 5000;

/** A reader may write so many comments in so long. */
export const rate = { comments: 5, seconds: 600 } as const;

/** One with more links than this waits for a moderator, whatever else is set. */
export const mostLinks = 3;

const dayMs = 86_400_000;

/**
 * When comments on a piece close (milliseconds): Infinity while nobody knows, -Infinity where an editor closed them.
 * `openDays` is null where they stay open.
 */
export function commentsCloseAt(
  { commentsOpen, publishedAt }: { commentsOpen: boolean; publishedAt: Date | null },
  openDays: number | null,
): number {
  if (!commentsOpen) return -Infinity;
  return openDays === null || publishedAt === null ? Infinity : publishedAt.getTime() + openDays * dayMs;
}

/** A comment that readers see: approved, and not an answer to one that is not. */
export const isShown = ({
  status,
  parentStatus,
}: {
  status: CommentStatus;
  parentStatus: CommentStatus | null;
}): boolean => status === 'APPROVED' && (parentStatus === null || parentStatus === 'APPROVED');

export type Verdict = 'ham' | 'spam' | 'unsure';

/** Where a new comment stands, and why it waits where that is for a reason of its own. */
export function standingOf(
  { verdict, doubt, links }: { verdict: Verdict; doubt: string | null; links: number },
  holds: boolean,
): { status: CommentStatus; heldBecause: string | null } {
  if (verdict === 'spam') return { status: 'SPAM', heldBecause: null };
  const because = links > mostLinks ? `It has ${links} links.` : doubt;
  if (because !== null || verdict === 'unsure') return { status: 'PENDING', heldBecause: because };
  return { status: holds ? 'PENDING' : 'APPROVED', heldBecause: null };
}
