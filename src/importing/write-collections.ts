import { changeCollection, createCollection, fillCollection } from '../content/collection/store.js';
import type { Transaction } from '../database/database.js';
import { sql } from '../database/sql.js';
import { digestOf, keepOrigins, keyOfOrigin, type OriginWrite, originsKept } from './origins.js';
import type { ReceiptLine } from './receipt.js';
import type { CollectionRecord } from './records.js';
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
    const here = await tx.prisma.collection.findUnique({ where: { slug: record.slug }, select: { id: true } });
    const unchanged = here !== null && kept.get(keyOfOrigin(origin))?.digest === digest;
    if (!unchanged) {
      const values = {
        slug: record.slug,
        kind: record.collectionKind,
        title: record.title,
        description: record.description ?? null,
      };
      const id = here?.id ?? (await createCollection(tx, values));
      if (here) await changeCollection(tx, id, values, now);
      await fillCollection(tx, id, await idsOf(tx, record.articles, notes));
      const target = { revision: null, kind: 'collection', target: id } as const;
      origins.push({ ...origin, digest, ...target });
      for (const other of record.origins ?? []) origins.push({ ...other, ...target });
    }
    lines.push({
      kind: 'collection',
      name: record.slug,
      outcome: unchanged ? 'unchanged' : here ? 'updated' : 'created',
      line,
      ...(notes.length > 0 ? { notes } : {}),
    });
  }
  await keepOrigins(tx, origins, now);
  return lines;
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
