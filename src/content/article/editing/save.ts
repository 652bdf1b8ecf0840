import { isSignedIn } from '../../../access/viewer.js';
import type { Site } from '../../../config.js';
import type { Database, Transaction } from '../../../database/database.js';
import { sql } from '../../../database/sql.js';
import { uuidv7 } from '../../../identifiers.js';
import { ValidationError } from '../../../refusals.js';
import { type Hand, recordAudit } from '../../audit/store.js';
import { slugOfName } from '../../names.js';
import { parseBody, storable } from '../body/parse.js';
import type { Piece } from '../piece.js';
import { type ArticleWrite, insertArticles, insertRevisions, showArticles } from '../store.js';
import { addressOf } from './address.js';
import { type ArticleChanges, type Beginning, pieceAfter, wordsAhead } from './changes.js';
import { hold, type Held, revisionOf } from './load.js';
import { isPinned, statusAfter } from './workflow.js';

/** How long one editor's autosaves fold into one revision. */
const foldWithinMs = 60_000;

const nameOf = ({ viewer }: Hand): string | null => (viewer.role === 'anyone' ? null : viewer.name);

/** Begins a draft. Answers its id. */
export async function createArticle(
  db: Database,
  site: Site,
  hand: Hand,
  changes: ArticleChanges & { headline: string; section: string },
): Promise<string> {
  const words = await wordsAhead(changes);
  return db.transaction(async (tx) => {
    const id = uuidv7();
    const piece = await pieceAfter(
      tx,
      blank(site.language, slugOfName(changes.headline, 'article'), changes.section),
      changes,
      words,
    );
    const address = await addressOf(tx, site, id, piece, hand.now, Boolean(changes.slug));
    await insertArticles(tx, [
      {
        id,
        piece: { ...piece, slug: address.slug },
        path: address.path,
        status: 'DRAFT',
        publishedAt: null,
        firstPublishedAt: null,
        createdAt: hand.now,
        updatedAt: hand.now,
        withdrawnAt: null,
        withdrawnReason: null,
        revision: 1,
        newestRevision: 1,
        savedBy: nameOf(hand),
        savedAt: hand.now,
        note: null,
        ownerId: isSignedIn(hand.viewer) ? hand.viewer.userId : null,
      },
    ]);
    await recordAudit(tx, hand, {
      action: 'createArticle',
      subjectKind: 'Article',
      subjectId: id,
      after: { status: 'DRAFT', revision: 1, headline: piece.headline, slug: address.slug },
    });
    return id;
  });
}

function blank(language: string, slug: string, section: string): Beginning {
  const { html, tree, wordCount, opening } = storable(parseBody(''));
  return {
    headline: '',
    standfirst: null,
    html,
    tree,
    wordCount,
    opening,
    details: {
      slug,
      section,
      language,
      bylines: [],
      tags: [],
      leadImage: null,
      partner: null,
      attribution: null,
      originalUrl: null,
      license: null,
      commentsOpen: true,
    },
  };
}

export interface Save {
  articleId: string | null;
  expectedRevision: number;
  changes: ArticleChanges;
  note: string | null;
  /** Folds into the same editor's previous autosave when that is less than a minute old. */
  isAutosave: boolean;
}

/** Saves a revision. Readers of a published or scheduled piece go on getting the pinned one until it is published. */
export async function updateArticle(db: Database, site: Site, hand: Hand, save: Save): Promise<void> {
  const words = await wordsAhead(save.changes);
  return db.transaction(async (tx) => {
    const held = await hold(tx, hand, save.articleId, save.expectedRevision);
    statusAfter('update', held.status);
    const before = await revisionOf(tx, held.id, held.revision);
    const piece = await pieceAfter(tx, before, save.changes, words);
    const note = save.note ?? (save.isAutosave ? autosaveNote : null);
    await saveRevision(tx, site, hand, held, piece, note, Boolean(save.changes.slug));
    if (save.isAutosave && isFoldable(hand, held, before)) {
      await tx.rows(
        sql`delete from article_revision where article_id = ${held.id}::uuid and number = ${before.number}::int`,
      );
    }
    await recordAudit(tx, hand, {
      action: 'updateArticle',
      subjectKind: 'Article',
      subjectId: held.id,
      before: { revision: held.revision, headline: before.headline },
      after: { revision: held.revision + 1, headline: piece.headline },
    });
  });
}

const autosaveNote = 'Autosaved';

function isFoldable(
  hand: Hand,
  held: Held,
  before: { number: number; note: string | null; savedBy: string | null; savedAt: Date },
) {
  const isSeen = isPinned(held.status) && held.liveRevision === before.number;
  const isRecent = Math.abs(hand.now.getTime() - before.savedAt.getTime()) < foldWithinMs;
  return !isSeen && isRecent && before.note === autosaveNote && before.savedBy === nameOf(hand) && before.number > 1;
}

/** Saves again what an earlier revision held. */
export function restoreRevision(
  db: Database,
  site: Site,
  hand: Hand,
  { articleId, revision, expectedRevision }: { articleId: string | null; revision: number; expectedRevision: number },
): Promise<void> {
  return db.transaction(async (tx) => {
    const held = await hold(tx, hand, articleId, expectedRevision);
    statusAfter('restore a revision of', held.status);
    const wanted = await revisionOf(tx, held.id, revision);
    const piece = await pieceAfter(tx, wanted);
    await saveRevision(tx, site, hand, held, piece, `Restored revision ${revision}`, false);
    await recordAudit(tx, hand, {
      action: 'restoreRevision',
      subjectKind: 'Article',
      subjectId: held.id,
      before: { revision: held.revision },
      after: { revision: held.revision + 1, restored: revision },
    });
  });
}

async function saveRevision(
  tx: Transaction,
  site: Site,
  hand: Hand,
  held: Held,
  piece: Piece,
  note: string | null,
  isChosenSlug: boolean,
): Promise<void> {
  const number = held.revision + 1;
  const address = isPinned(held.status)
    ? { slug: piece.slug, path: held.path }
    : await addressOf(tx, site, held.id, piece, held.firstPublishedAt ?? held.createdAt, isChosenSlug);
  const write: ArticleWrite = {
    id: held.id,
    piece: { ...piece, slug: address.slug },
    path: held.firstPublishedAt && address.slug === held.slug ? held.path : address.path,
    status: held.stored,
    publishedAt: held.publishedAt,
    firstPublishedAt: held.firstPublishedAt,
    createdAt: held.createdAt,
    updatedAt: hand.now,
    withdrawnAt: null,
    withdrawnReason: null,
    revision: number,
    newestRevision: number,
    savedBy: nameOf(hand),
    savedAt: hand.now,
    note,
  };
  await insertRevisions(tx, [write]);
  if (isPinned(held.status)) {
    await tx.rows(sql`update article set revision = ${number}::int where id = ${held.id}::uuid`);
  } else if (held.stored === 'UNPUBLISHED') {
    await tx.rows(
      sql`update article set revision = ${number}::int, live_revision = ${number}::int where id = ${held.id}::uuid`,
    );
  } else await showArticles(tx, [write]);
}

/** Deletes a draft that readers never saw, with its history. */
export function deleteDraft(
  db: Database,
  hand: Hand,
  { articleId, expectedRevision }: { articleId: string | null; expectedRevision: number },
): Promise<void> {
  return db.transaction(async (tx) => {
    const held = await hold(tx, hand, articleId, expectedRevision);
    statusAfter('delete', held.status);
    if (held.firstPublishedAt && held.firstPublishedAt <= hand.now) {
      throw new ValidationError([{ path: 'id', message: 'was public once; retract it instead' }]);
    }
    await tx.prisma.article.delete({ where: { id: held.id }, select: { id: true } });
    await recordAudit(tx, hand, {
      action: 'deleteDraft',
      subjectKind: 'Article',
      subjectId: held.id,
      before: { status: held.status, revision: held.revision, headline: held.headline },
    });
  });
}
