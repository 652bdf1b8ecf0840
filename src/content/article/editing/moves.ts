import type { Site } from '../../../config.js';
import type { Database, Transaction } from '../../../database/database.js';
import { sql } from '../../../database/sql.js';
import type { ArticleStatus as StoredStatus, ChangeKind } from '../../../generated/prisma/enums.js';
import { uuidv7 } from '../../../identifiers.js';
import type { JobRequests } from '../../../jobs/jobs.js';
import { ValidationError } from '../../../refusals.js';
import { type Hand, recordAudit } from '../../audit/store.js';
import { announceHeld, announcements } from '../../change/announce.js';
import { changePieces, recordChanges } from '../../change/store.js';
import { keepAddresses } from '../../path/store.js';
import { type ArticleWrite, insertCorrections, showArticles } from '../store.js';
import { addressOf } from './address.js';
import { pieceAfter } from './changes.js';
import { hold, type Held, revisionOf } from './load.js';
import { type ArticleAction, statusAfter } from './workflow.js';

/** A piece and the revision the mover had before their eyes. */
export interface MoveTarget {
  articleId: string | null;
  expectedRevision: number;
}

const stored = (status: string): StoredStatus => (status === 'SCHEDULED' ? 'PUBLISHED' : (status as StoredStatus));

/** One step along the workflow, with its audit entry, in one transaction. */
function move(
  db: Database,
  hand: Hand,
  mutation: string,
  action: ArticleAction,
  { articleId, expectedRevision }: MoveTarget,
  work: (tx: Transaction, held: Held, to: StoredStatus) => Promise<Record<string, string | number | null>>,
): Promise<void> {
  return db.transaction(async (tx) => {
    await changePieces(tx);
    const held = await hold(tx, hand, articleId, expectedRevision);
    const to = statusAfter(action, held.status);
    // What has come by itself is told before what follows, even where nobody has got round to it.
    if (held.announceAt) await announceHeld(tx, [held.id], hand.now);
    const after = await work(tx, held, stored(to));
    await recordAudit(tx, hand, {
      action: mutation,
      subjectKind: 'Article',
      subjectId: held.id,
      before: { status: held.status, revision: held.revision },
      after: { status: to, revision: held.revision, ...after },
    });
  });
}

const stands = (tx: Transaction, id: string, to: StoredStatus) =>
  tx.rows(sql`update article set status = ${to}::article_status where id = ${id}::uuid`);

export const submitArticle = (db: Database, hand: Hand, target: MoveTarget) =>
  move(db, hand, 'submitArticle', 'submit', target, async (tx, { id }, to) => {
    await stands(tx, id, to);
    return {};
  });

/** Hands a piece back to its writer. A schedule it had is gone with the approval. */
export const returnArticle = (db: Database, hand: Hand, target: MoveTarget & { note: string }) =>
  move(db, hand, 'returnArticle', 'return', target, async (tx, held, to) => {
    await withoutSchedule(tx, held, to, hand.now);
    return { note: target.note };
  });

export const cancelSchedule = (db: Database, hand: Hand, target: MoveTarget) =>
  move(db, hand, 'cancelSchedule', 'cancel the schedule of', target, async (tx, held, to) => {
    await withoutSchedule(tx, held, to, hand.now);
    return {};
  });

/** Back to the desk: what readers would have got is the newest revision again, and a first date that never came is dropped. */
async function withoutSchedule(tx: Transaction, held: Held, to: StoredStatus, now: Date): Promise<void> {
  const wasPublic = held.firstPublishedAt !== null && held.firstPublishedAt <= now;
  await tx.rows(sql`
    update article set status = ${to}::article_status, live_revision = revision, announce_at = null,
      published_at = case when ${wasPublic} then first_published_at end,
      first_published_at = case when ${wasPublic} then first_published_at end
    where id = ${held.id}::uuid`);
}

/** Makes the newest revision public from a moment to come; later saves do not change what will appear. */
export function scheduleArticle(
  db: Database,
  site: Site,
  hand: Hand,
  target: MoveTarget & { at: Date },
  jobs?: JobRequests,
): Promise<void> {
  const { at } = target;
  return move(db, hand, 'scheduleArticle', 'schedule', target, async (tx, held, to) => {
    if (at <= hand.now) {
      throw new ValidationError([{ path: 'at', message: 'is not in the future; use publishArticle to publish now' }]);
    }
    await show(tx, site, hand, held, { status: to, publishedAt: at });
    await jobs?.ask(tx, announcements, at);
    return { scheduledFor: at.toISOString() };
  });
}

/** Makes the newest revision public now. Publishing again never moves the first date. */
export function publishArticle(
  db: Database,
  site: Site,
  hand: Hand,
  target: MoveTarget & { at: Date | null },
): Promise<void> {
  const { at } = target;
  return move(db, hand, 'publishArticle', 'publish', target, async (tx, held, to) => {
    if (at && at > hand.now) {
      throw new ValidationError([{ path: 'at', message: 'is in the future; use scheduleArticle to publish later' }]);
    }
    const isOnSite = held.status === 'PUBLISHED';
    const publishedAt = at ?? (isOnSite ? held.publishedAt : hand.now) ?? hand.now;
    const path = await show(tx, site, hand, held, { status: to, publishedAt });
    await recordChanges(tx, [{ kind: isOnSite ? 'UPDATED' : 'PUBLISHED', articleId: held.id, path, at: hand.now }]);
    return { publishedAt: publishedAt.toISOString() };
  });
}

/** Puts a mistake right in public: the newest revision with a dated note on what was wrong. */
export function correctArticle(
  db: Database,
  site: Site,
  hand: Hand,
  target: MoveTarget & { note: string },
): Promise<void> {
  const note = said(target.note, 'note');
  return move(db, hand, 'correctArticle', 'correct', target, async (tx, held, to) => {
    const path = await show(tx, site, hand, held, { status: to, publishedAt: held.publishedAt ?? hand.now });
    await insertCorrections(tx, [{ id: uuidv7(), articleId: held.id, text: note, at: hand.now }]);
    await recordChanges(tx, [{ kind: 'CORRECTED', articleId: held.id, path, at: hand.now, reason: note }]);
    return { note };
  });
}

export const unpublishArticle = (db: Database, hand: Hand, target: MoveTarget & { reason: string }) =>
  withdraw(db, hand, 'unpublishArticle', 'unpublish', 'WITHDRAWN', target);

/** Withdraws a piece for good: its body is gone everywhere, its address says why. */
export const retractArticle = (db: Database, hand: Hand, target: MoveTarget & { reason: string }) =>
  withdraw(db, hand, 'retractArticle', 'retract', 'RETRACTED', target);

function withdraw(
  db: Database,
  hand: Hand,
  mutation: string,
  action: 'unpublish' | 'retract',
  kind: ChangeKind,
  target: MoveTarget & { reason: string },
): Promise<void> {
  const reason = said(target.reason, 'reason');
  return move(db, hand, mutation, action, target, async (tx, held, to) => {
    await tx.rows(sql`
      update article set status = ${to}::article_status, withdrawn_at = ${hand.now.toISOString()}::timestamptz,
        withdrawn_reason = ${reason}, updated_at = ${hand.now.toISOString()}::timestamptz
      where id = ${held.id}::uuid`);
    await recordChanges(tx, [{ kind, articleId: held.id, path: held.path, at: hand.now, reason }]);
    return { reason };
  });
}

function said(text: string, path: string): string {
  const words = text.trim();
  if (words === '') throw new ValidationError([{ path, message: 'must not be empty; readers will read it' }]);
  if (words.length > 2000) throw new ValidationError([{ path, message: 'must not be longer than 2000 characters' }]);
  return words;
}

/** Makes the newest revision what readers get. Answers its address; a former one leads there from now on. */
async function show(
  tx: Transaction,
  site: Site,
  { now }: Hand,
  held: Held,
  { status, publishedAt }: { status: StoredStatus; publishedAt: Date },
): Promise<string> {
  const newest = await revisionOf(tx, held.id, held.revision);
  const piece = await pieceAfter(tx, newest);
  const wasPublic = held.firstPublishedAt !== null && held.firstPublishedAt <= now;
  const firstPublishedAt = wasPublic && held.firstPublishedAt ? held.firstPublishedAt : publishedAt;
  const address =
    wasPublic && piece.slug === held.slug
      ? { slug: held.slug, path: held.path }
      : await addressOf(tx, site, held.id, piece, firstPublishedAt, false);
  const write: ArticleWrite = {
    id: held.id,
    piece: { ...piece, slug: address.slug },
    path: address.path,
    status,
    publishedAt,
    firstPublishedAt,
    createdAt: held.createdAt,
    updatedAt: publishedAt > now ? publishedAt : now,
    withdrawnAt: null,
    withdrawnReason: null,
    revision: held.revision,
    newestRevision: held.revision,
    savedBy: newest.savedBy,
    savedAt: newest.savedAt,
    note: newest.note,
    announceAt: publishedAt > now ? publishedAt : null,
  };
  if (wasPublic && address.path !== held.path) {
    await keepAddresses(tx, [{ path: held.path, articleId: held.id, ceasedAt: now }]);
  }
  await showArticles(tx, [write]);
  return address.path;
}
