import { changeCollection, createCollection, fillCollection } from '../content/collection/store.js';
import type { Transaction } from '../database/database.js';
import { sql } from '../database/sql.js';
import {
  changedHere,
  digestOf,
  heldRevision,
  isChangedSince,
  isExportOf,
  type KeptOrigin,
  keepOrigins,
  keyOfOrigin,
  type OriginWrite,
  originsKept,
} from './origins.js';
import type { ReceiptLine } from './receipt.js';
import type { CollectionRecord, Origin } from './records.js';
import type { ItemToWrite, WriteOptions } from './write-references.js';

/** Stores collections, which come last since they name articles. */
export async function writeCollections(
  tx: Transaction,
  items: readonly ItemToWrite<CollectionRecord>[],
  { now }: WriteOptions,
): Promise<ReceiptLine[]> {
  const kept = await originsKept(
    tx,
    items.map(({ origin }) => origin),
  );
  const lines: ReceiptLine[] = [];
  const origins: OriginWrite[] = [];
  for (const { record, origin, line, notes } of items) {
    const digest = digestOf(record);
    const before = kept.get(keyOfOrigin(origin));
    const here = await tx.prisma.collection.findUnique({ where: { slug: record.slug }, select: { id: true } });
    const outcome = here ? await outcomeFor(tx, here.id, origin, digest, before) : 'created';
    if (outcome === 'created' || outcome === 'updated') {
      const values = {
        slug: record.slug,
        kind: record.collectionKind,
        title: record.title,
        description: record.description ?? null,
      };
      const id = here?.id ?? (await createCollection(tx, values));
      if (here) await changeCollection(tx, id, values, now);
      await fillCollection(tx, id, await idsOf(tx, record.articles, notes));
      const revision = await heldRevision(tx, 'collection', id);
      const target = { revision, kind: 'collection', target: id } as const;
      origins.push({ ...origin, digest, ...target });
      for (const other of record.origins ?? []) origins.push({ ...other, ...target });
    }
    lines.push({
      kind: 'collection',
      name: record.slug,
      outcome,
      ...(outcome === 'skipped' ? { reason: changedHere } : {}),
      line,
      ...(notes.length > 0 ? { notes } : {}),
    });
  }
  await keepOrigins(tx, origins, now);
  return lines;
}

/** What is to become of a collection that is here already. */
async function outcomeFor(
  tx: Transaction,
  id: string,
  origin: Origin,
  digest: string,
  before: KeptOrigin | undefined,
): Promise<'updated' | 'unchanged' | 'skipped'> {
  if (before?.digest === digest) return 'unchanged';
  const standing = await heldRevision(tx, 'collection', id);
  if (await isExportOf(tx, origin, digest, 'collection', id)) return 'unchanged';
  return isChangedSince(before, standing) ? 'skipped' : 'updated';
}

async function idsOf(tx: Transaction, slugs: readonly string[], notes: string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string; slug: string }>(
    sql`select id, slug from article where slug = any(${slugs})`,
  );
  const ids = new Map(rows.map(({ id, slug }) => [slug, id]));
  return [...new Set(slugs)].flatMap((slug) => {
    const id = ids.get(slug);
    if (!id) notes.push(`there is no article “${slug}”; it is left out`);
    return id ? [id] : [];
  });
}
