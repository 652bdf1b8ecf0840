import { z } from 'zod';
import { mayDo } from '../../access/rules.js';
import type { Site } from '../../config.js';
import type { Database } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import type { Client } from '../../http/client.js';
import type { Outgoing } from '../../outgoing/ask.js';
import { CommentsClosedError, ConflictError, NotFoundError, ValidationError } from '../../refusals.js';
import { type Hand, recordAudit } from '../audit/store.js';
import { checked, lines, words } from '../checking.js';
import { countLinks } from './links.js';
import { commentColumns, type CommentRow, type Ground, groundFor } from './read.js';
import {
  type CommentDecision,
  commentsCloseAt,
  isShown,
  longestName,
  longestText,
  standingOf,
  statusAfter,
} from './rules.js';
import { verdictOn } from './spam.js';
import { insertComments, moderate, noteHeld } from './store.js';
import type { CommentCounter } from './writers.js';

export interface NewWords {
  articleId: string | null;
  /** The comment it answers; null for one that begins a thread. */
  parentId: string | null;
  author: string;
  text: string;
}

const Words = z.object({
  author: words(longestName),
  text: lines(longestText).min(1, 'must not be empty'),
});

interface Press extends Hand {
  readonly site: Site;
  readonly outgoing: Outgoing;
  readonly client: Client;
  readonly counters: { readonly comments: CommentCounter };
}

const isThread = ({ parentStatus, parentParentId }: Ground): boolean =>
  parentStatus !== null && parentParentId === null && isShown({ status: parentStatus, parentStatus: null });

/** Takes a reader's comment in. Answers its id. */
export async function postComment(db: Database, press: Press, given: NewWords): Promise<string> {
  const { articleId, parentId } = given;
  const { author, text } = checked(Words, { author: given.author, text: given.text.replace(/\r\n?/g, '\n') });
  const ground = articleId === null ? null : await groundFor(db, press.now, { articleId, parentId });
  if (!ground) throw new NotFoundError('such article');
  refuseClosed(ground, press);
  if (parentId !== null && !isThread(ground)) {
    const message =
      ground.parentParentId === null
        ? 'there is no such comment here'
        : 'is an answer itself; answer what began the thread';
    throw new ValidationError([{ path: 'parent', message }]);
  }
  const { status, heldBecause } = await firstStanding(press, ground, { author, text, isAnswer: parentId !== null });
  const id = uuidv7();
  await db.transaction(async (tx) => {
    const comment = { articleId: ground.articleId, parentId, authorName: author, text, status, createdAt: press.now };
    await insertComments(tx, [{ id, ...comment, originId: null }]);
    if (heldBecause !== null) await noteHeld(tx, id, heldBecause);
    await recordAudit(tx, press, { action: 'postComment', subjectKind: 'Comment', subjectId: id, after: { status } });
  });
  return id;
}

function refuseClosed(ground: Ground, { site, now }: Press): void {
  const closesAt = commentsCloseAt(ground, site.comments.openDays);
  if (closesAt <= now.getTime()) throw new CommentsClosedError(Number.isFinite(closesAt) ? new Date(closesAt) : null);
}

/** A moderator's own words stand at once; a reader's are counted, and looked at as the publication has it. */
async function firstStanding(
  { viewer, site, outgoing, client, counters, now }: Press,
  { path, headline, language }: Ground,
  comment: { author: string; text: string; isAnswer: boolean },
): Promise<ReturnType<typeof standingOf>> {
  if (mayDo(viewer, 'moderate comments')) return { status: 'APPROVED', heldBecause: null };
  await counters.comments.spend(client, now);
  const { holds, spamHook } = site.comments;
  const article = { url: site.url + path, headline, language };
  const said = spamHook
    ? await verdictOn({ article, comment }, spamHook, outgoing)
    : { verdict: 'ham' as const, doubt: null };
  return standingOf({ ...said, links: countLinks(comment.text) }, holds);
}

const Reason = z.object({ reason: words(500).nullish() });

export interface Decided {
  id: string | null;
  decision: CommentDecision;
  reason?: string | null | undefined;
  expectedRevision?: number | null | undefined;
}

/** Lets a comment through, or does not; what was decided before may be decided otherwise. */
export function moderateComment(
  db: Database,
  hand: Hand,
  { id, decision, expectedRevision, ...given }: Decided,
): Promise<void> {
  const { reason = null } = checked(Reason, given);
  return db.transaction(async (tx) => {
    const [before] = await tx.rows<CommentRow>(
      sql`select ${commentColumns} from comment c where c.id = ${id}::uuid for update`,
    );
    if (!before) throw new NotFoundError('such comment');
    if (expectedRevision != null && expectedRevision !== before.revision) {
      throw new ConflictError(expectedRevision, before.revision);
    }
    const status = statusAfter[decision];
    const moderatedBy = hand.viewer.role === 'anyone' ? (hand.actorName ?? 'anyone') : hand.viewer.name;
    await moderate(tx, before.id, { status, moderatedAt: hand.now, moderatedBy, moderationReason: reason });
    await recordAudit(tx, hand, {
      action: 'moderateComment',
      subjectKind: 'Comment',
      subjectId: before.id,
      before: { status: before.status },
      after: { status, reason },
    });
  });
}
