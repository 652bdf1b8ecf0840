import type { Site } from '../config.js';
import { parseBody, storable, type StorableBody } from '../content/article/body/parse.js';
import {
  type ArticleWrite,
  deleteCorrections,
  insertArticles,
  insertCorrections,
  insertOtherRevisions,
  lockArticles,
  type OtherRevision,
  replaceArticles,
  type Standing,
} from '../content/article/store.js';
import type { Piece } from '../content/article/piece.js';
import { bodiesOf } from '../content/article/words/words.js';
import { announceHeld } from '../content/change/announce.js';
import { changePieces, recordChanges } from '../content/change/store.js';
import { importedComments, insertComments, type NewComment } from '../content/comment/store.js';
import { normalPath } from '../content/path/rules.js';
import { type FormerAddress, keepAddresses } from '../content/path/store.js';
import type { Transaction } from '../database/database.js';
import { uuidv7 } from '../identifiers.js';
import { withAddresses } from './article-addresses.js';
import { changeBy } from './changes.js';
import { exportedArticles } from './export-articles.js';
import {
  changedHere,
  digestOf,
  keepOrigins,
  keyOfOrigin,
  noteConflict,
  type OriginWrite,
  originsKept,
} from './origins.js';
import { bodyToParse, piecesFrom, type Reading } from './pieces.js';
import type { ReceiptLine } from './receipt.js';
import type { ArticleRecord, RevisionRecord } from './records.js';
import { keptStanding, moment, type StandingOf, standingOf } from './standing.js';
import type { ItemToWrite, WriteOptions } from './write-references.js';

export interface ArticleWriteOptions extends WriteOptions, Reading {
  site: Site;
  /** See {@link Reader.follows}. */
  follows: boolean;
}

type Item = ItemToWrite<ArticleRecord>;

/** An item whose body is parsed and whose standing makes sense. */
interface ReadyItem extends Item {
  body: StorableBody;
  digest: string;
  standing: StandingOf;
}

/** Parses what a batch holds before the database is asked anything, so that a transaction is short. */
export async function readyItems(
  items: readonly Item[],
  options: ArticleWriteOptions,
): Promise<(ReadyItem | ReceiptLine)[]> {
  const bodies = await bodiesOf(items.map(({ record }) => bodyToParse(record, options)));
  return items.map((item, index) => {
    const { record, notes } = item;
    const appearsNow = options.follows && !record.publishedAt && record.status === 'PUBLISHED';
    const publishedAt = appearsNow ? options.now.toISOString() : (record.publishedAt ?? null);
    const standing = standingOf({ ...record, publishedAt }, options.now, notes);
    if (typeof standing === 'string') return lineFor(item, item.record.slug, 'refused', standing);
    const body = bodies[index]!;
    item.notes.push(...body.notes);
    return { ...item, body, standing, digest: digestOf(item.record) };
  });
}

function lineFor({ notes, line }: Item, name: string, outcome: ReceiptLine['outcome'], reason?: string): ReceiptLine {
  return {
    kind: 'article',
    name,
    outcome,
    line,
    ...(reason ? { reason } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** Stores a batch of articles in one transaction and says what became of each. */
export async function writeArticles(
  tx: Transaction,
  items: readonly ReadyItem[],
  options: ArticleWriteOptions,
): Promise<ReceiptLine[]> {
  await changePieces(tx);
  const kept = await originsKept(
    tx,
    items.map(({ origin }) => origin),
  );
  const byId = mapped(await lockArticles(tx, { ids: [...kept.values()].map(({ target }) => target) }), ({ id }) => id);
  const bySlug = options.slugsAreOurs
    ? mapped(await lockArticles(tx, { slugs: items.map(({ record }) => record.slug) }), ({ slug }) => slug)
    : new Map<string, Standing>();

  const lines: ReceiptLine[] = [];
  const toWrite: ToWrite[] = [];
  const found = items.map((item): ToWrite => {
    const origin = kept.get(keyOfOrigin(item.origin));
    return { item, before: (origin && byId.get(origin.target)) ?? bySlug.get(item.record.slug) };
  });
  // What stands in a batch twice is written once, as it would be left by two batches.
  const lastOf = mapped(found, writtenTo);
  for (const each of found) {
    const { item, before } = each;
    const last = lastOf.get(writtenTo(each)) ?? each;
    const decided =
      last !== each
        ? lineFor(
            item,
            before?.slug ?? item.record.slug,
            'skipped',
            `comes again on line ${last.item.line}, and is taken from there`,
          )
        : before && (await decisionOn(tx, item, before, kept.get(keyOfOrigin(item.origin)), options));
    if (decided) lines.push(decided);
    else toWrite.push(each);
  }
  if (toWrite.length === 0) return lines;

  const pieces = await piecesFrom(
    tx,
    toWrite.map(({ item }) => item),
    options,
  );
  const addressed = await withAddresses(tx, toWrite, pieces, options.site);
  const writes = toWrite.map(({ item, before }, index): ArticleWrite => {
    const { piece, path } = addressed[index] as { piece: Piece; path: string };
    const { record, standing } = item;
    return {
      ...standing,
      ...(before ? { createdAt: before.createdAt } : {}),
      ...(before && options.follows ? keptStanding(before) : {}),
      id: before?.id ?? uuidv7(),
      piece,
      path,
      ...revisionsOf(record, before),
      savedBy: record.savedBy ?? null,
      savedAt: moment(record.savedAt) ?? standing.updatedAt,
      note: record.note ?? null,
    };
  });
  await announceHeld(
    tx,
    toWrite.flatMap(({ before }) => before?.id ?? []),
    options.now,
  );
  await insertArticles(
    tx,
    writes.filter((_, index) => !toWrite[index]?.before),
  );
  await replaceArticles(
    tx,
    writes.filter((_, index) => toWrite[index]?.before),
  );
  await writeAround(tx, toWrite, writes, options);
  await recordChanges(
    tx,
    writes.flatMap((write, index) => changeBy(write, toWrite[index]?.before, options.now) ?? []),
  );
  for (const [index, { item, before }] of toWrite.entries()) {
    lines.push(lineFor(item, writes[index]?.piece.slug ?? item.record.slug, before ? 'updated' : 'created'));
  }
  return lines;
}

/** The number this save gets, and the newest there then is: an exported piece brings revisions of its own. */
function revisionsOf({ revision = 1, liveRevision = revision }: ArticleRecord, before: Standing | undefined) {
  if (before) return { revision: before.revision + 1, newestRevision: before.revision + 1 };
  return { revision: liveRevision, newestRevision: revision };
}

const mapped = <Row>(rows: readonly Row[], keyOf: (row: Row) => string) =>
  new Map(rows.map((row) => [keyOf(row), row]));

/** Why an item that is here already is left as it stands; undefined when it is to be written. */
async function decisionOn(
  tx: Transaction,
  item: ReadyItem,
  before: Standing,
  origin: { digest: string; revision: number | null } | undefined,
  { follows, now }: ArticleWriteOptions,
): Promise<ReceiptLine | undefined> {
  if (origin?.digest === item.digest) return lineFor(item, before.slug, 'unchanged');
  // What is exported from here says the same in other words than the file it once came from.
  if (item.origin.system === 'ndjson') {
    const [here] = await exportedArticles(tx, [before.id]);
    if (here && digestOf(here) === item.digest) return lineFor(item, before.slug, 'unchanged');
  }
  if (before.status === 'RETRACTED') return lineFor(item, before.slug, 'skipped', 'was retracted here');
  const isChangedHere = Boolean(origin?.revision && before.revision > origin.revision);
  if (follows && (isChangedHere || before.status === 'UNPUBLISHED'))
    await noteConflict(tx, item.origin, 'CHANGED', now);
  if (follows && before.status === 'UNPUBLISHED') return lineFor(item, before.slug, 'skipped', 'was unpublished here');
  if (isChangedHere) {
    return lineFor(item, before.slug, 'skipped', changedHere);
  }
  return undefined;
}

interface ToWrite {
  item: ReadyItem;
  before: Standing | undefined;
}

/** What an item is written to: the same for two that are of one piece. */
const writtenTo = ({ item, before }: ToWrite): string => before?.id ?? keyOfOrigin(item.origin);

/** What stands around articles just written: corrections, comments, other revisions, former addresses, origins. */
async function writeAround(
  tx: Transaction,
  toWrite: readonly ToWrite[],
  writes: readonly ArticleWrite[],
  { now, site }: ArticleWriteOptions,
): Promise<void> {
  const addresses: FormerAddress[] = [];
  const origins: OriginWrite[] = [];
  const updated = writes.filter((_, index) => toWrite[index]?.before).map(({ id }) => id);
  const commentIds = new Map(
    (await importedComments(tx, updated)).map(({ articleId, originId, id }) => [`${articleId} ${originId}`, id]),
  );
  const comments: NewComment[] = [];
  for (const [index, write] of writes.entries()) {
    const { item, before } = toWrite[index]!;
    const { record } = item;
    const articleId = write.id;
    const former = [...(record.oldPaths ?? [])];
    if (before?.firstPublishedAt && before.path !== write.path) former.push(before.path);
    for (const address of former) {
      const path = normalPath(address, /^https?:/.test(address) ? address : site.url);
      if (path && path !== write.path)
        addresses.push({ path, articleId, ceasedAt: write.firstPublishedAt ?? write.createdAt });
    }
    for (const comment of record.comments ?? []) {
      const key = `${articleId} ${comment.id}`;
      if (!commentIds.has(key)) commentIds.set(key, uuidv7());
    }
    for (const { id, parent, author, text, at, status } of record.comments ?? []) {
      comments.push({
        id: commentIds.get(`${articleId} ${id}`) ?? uuidv7(),
        articleId,
        parentId: parent ? (commentIds.get(`${articleId} ${parent}`) ?? null) : null,
        authorName: author,
        text,
        status,
        createdAt: new Date(at),
        originId: id,
      });
    }
    const target = { revision: write.revision, kind: 'article', target: articleId } as const;
    origins.push({ ...item.origin, digest: item.digest, ...target });
    for (const other of record.origins ?? []) origins.push({ ...other, ...target });
  }
  const corrections = writes.flatMap(({ id }, index) =>
    (toWrite[index]?.item.record.corrections ?? []).map(({ text, at }) => {
      return { id: uuidv7(), articleId: id, text, at: new Date(at) };
    }),
  );
  await deleteCorrections(
    tx,
    updated.filter((id) => corrections.some(({ articleId }) => articleId === id)),
  );
  await insertCorrections(tx, corrections);
  await insertComments(tx, comments);
  await keepAddresses(tx, addresses);
  await keepOrigins(tx, origins, now);
  await insertOtherRevisions(
    tx,
    writes.flatMap(({ id }, index) =>
      toWrite[index]?.before ? [] : otherRevisions(id, toWrite[index]?.item.record.history ?? []),
    ),
  );
}

/** Revisions that an exported piece brings beside the one readers get. */
const otherRevisions = (articleId: string, history: readonly RevisionRecord[]): OtherRevision[] =>
  history.map(({ body, savedAt, ...revision }) => {
    const { html, tree, wordCount, opening } = storable(parseBody(body));
    return { articleId, ...revision, html, tree, wordCount, opening, savedAt: new Date(savedAt) };
  });
