import type { Site } from '../config.js';
import { refreshSearch, searchedLater } from '../content/search/store.js';
import type { Database, Transaction } from '../database/database.js';
import { oneAhead } from './ahead.js';
import { Known } from './known.js';
import type { ReceiptLine } from './receipt.js';
import {
  type ArticleRecord,
  BrokenFile,
  type CollectionRecord,
  type ContentRecord,
  type ReadItem,
  type Reader,
} from './records.js';
import { type ArticleWriteOptions, readyItems, writeArticles } from './write-articles.js';
import { refreshStatistics } from './statistics.js';
import { writeCollections } from './write-collections.js';
import { type ItemToWrite, writeReferences } from './write-references.js';

export interface ImportOptions {
  site: Site;
  now: Date;
}

/** So many items are stored in one transaction: a run that is killed has lost at most these, and another begins there. */
const batchSize = 200;
/** And so many characters of bodies; one that is longer is stored by itself. Several batches are in memory at once. */
const mostCharacters = 1_000_000;

/**
 * Stores what `reader` reads and yields what became of each item, in the order of the file within each pass. Running it
 * again changes nothing; running it after a kill goes on. Throws {@link BrokenFile} when the file breaks off, after
 * everything before the break is stored.
 */
export async function* importFrom(
  reader: Reader,
  db: Database,
  { site, now }: ImportOptions,
): AsyncGenerator<ReceiptLine> {
  const options: ArticleWriteOptions = {
    known: await Known.from(db),
    slugsAreOurs: reader.format === 'ndjson',
    now,
    site,
    language: site.language,
    wordpress: reader.format === 'wxr',
    follows: reader.follows ?? false,
    ...(reader.resolveAttachment ? { resolveAttachment: reader.resolveAttachment.bind(reader) } : {}),
  };
  let broken: BrokenFile | undefined;
  const untilBreak = (items: AsyncIterable<ReadItem>) => stoppingAtBreak(items, (error) => (broken = error));

  for await (const batch of batchesOf(untilBreak(reader.references()))) {
    const { left, records } = parted(batch);
    yield* left;
    yield* await store(db, writeReferences, records, options);
  }
  let stored = 0;
  /** So many were stored when the database last looked at what it holds. */
  let planned = batchSize / 4;
  for await (const { left, articles, others } of oneAhead(parsedBatches(untilBreak(reader.articles()), options))) {
    yield* left;
    if (others.length > 0) yield* await store(db, writeReferences, others, options);
    yield* await storeArticles(db, articles, options);
    stored += articles.length;
    if (stored >= planned * 4) {
      await refreshStatistics(db);
      planned = stored;
    }
    const collections = others.filter(isCollection);
    if (collections.length > 0) yield* await store(db, writeCollections, collections, options);
  }
  await refreshSearch(db);
  if (stored > 0) await refreshStatistics(db);
  if (broken) throw broken;
}

const isArticle = (item: ItemToWrite<ContentRecord>): item is ItemToWrite<ArticleRecord> =>
  item.record.kind === 'article';
const isCollection = (item: ItemToWrite<ContentRecord>): item is ItemToWrite<CollectionRecord> =>
  item.record.kind === 'collection';

/** Batches with their bodies parsed: while one is stored the next is parsed beside, and the one after that is read. */
async function* parsedBatches(items: AsyncIterable<ReadItem>, options: ArticleWriteOptions) {
  for await (const batch of oneAhead(batchesOf(items))) {
    const { left, records } = parted(batch);
    const articles = await readyItems(records.filter(isArticle), options);
    yield { left, articles, others: records.filter((item) => !isArticle(item)) };
  }
}

async function storeArticles(
  db: Database,
  parsed: Awaited<ReturnType<typeof readyItems>>,
  options: ArticleWriteOptions,
): Promise<ReceiptLine[]> {
  const refused = parsed.flatMap((item) => ('outcome' in item ? [item] : []));
  const ready = parsed.flatMap((item) => ('outcome' in item ? [] : [item]));
  if (ready.length === 0) return refused;
  const written = await store(db, writeArticles, ready, options);
  return [...refused, ...written].sort((a, b) => a.line - b.line);
}

/** So often a batch is tried when editors at work make, take or remove what it is about at the same moment. */
const attempts = 3;

/** Unique and foreign keys, serialisation, deadlock: as PostgreSQL calls them, and as Prisma does. */
const collisions = new Set(['23505', '23503', '40001', '40P01', 'P2002', 'P2003', 'P2034']);
const isCollision = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && collisions.has(String(error.code));

/**
 * Stores one batch in one transaction. What is stored is read at once; search finds it when the file is in, because many
 * documents are made faster together.
 */
async function store<Item extends { notes: string[] }>(
  db: Database,
  write: (tx: Transaction, items: readonly Item[], options: ArticleWriteOptions) => Promise<ReceiptLine[]>,
  items: readonly Item[],
  options: ArticleWriteOptions,
): Promise<ReceiptLine[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(
        async (tx) => {
          await searchedLater(tx);
          const asRead = items.map((item) => ({ ...item, notes: [...item.notes] }));
          return write(tx, asRead, options);
        },
        { timeoutMs: 120_000 },
      );
    } catch (error) {
      if (!isCollision(error) || attempt === attempts) throw error;
      await options.known.read(db);
    }
  }
}

/** Ends where the file breaks off, so that what came before it is still stored. */
async function* stoppingAtBreak(
  items: AsyncIterable<ReadItem>,
  tell: (error: BrokenFile) => void,
): AsyncGenerator<ReadItem> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    tell(error);
  }
}

const charactersOf = (item: ReadItem): number =>
  item.outcome === 'record' && item.record.kind === 'article' ? (item.record.body?.length ?? 0) : 0;

async function* batchesOf(items: AsyncIterable<ReadItem>): AsyncGenerator<ReadItem[]> {
  let batch: ReadItem[] = [];
  let characters = 0;
  for await (const item of items) {
    const more = charactersOf(item);
    if (batch.length === batchSize || (batch.length > 0 && characters + more > mostCharacters)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(item);
    characters += more;
  }
  if (batch.length > 0) yield batch;
}

function parted(batch: readonly ReadItem[]): { left: ReceiptLine[]; records: ItemToWrite<ContentRecord>[] } {
  const left: ReceiptLine[] = [];
  const records: ItemToWrite<ContentRecord>[] = [];
  for (const item of batch) {
    if (item.outcome === 'record') {
      records.push({ record: item.record, origin: item.origin, line: item.at.line, notes: [...(item.notes ?? [])] });
    } else {
      left.push({ kind: item.kind, name: item.title, outcome: item.outcome, reason: item.reason, line: item.at.line });
    }
  }
  return { left, records };
}
