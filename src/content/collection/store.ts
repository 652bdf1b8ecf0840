import type { Transaction } from '../../database/database.js';
import type { CollectionKind } from '../../generated/prisma/enums.js';
import { uuidv7 } from '../../identifiers.js';
import { sortNameOf } from '../names.js';

export interface CollectionValues {
  slug: string;
  kind: CollectionKind;
  title: string;
  description: string | null;
}

export async function createCollection({ prisma }: Transaction, values: CollectionValues): Promise<string> {
  const { id } = await prisma.collection.create({
    data: { id: uuidv7(), ...values, sortTitle: sortNameOf(values.title) },
    select: { id: true },
  });
  return id;
}

export async function changeCollection(
  { prisma }: Transaction,
  id: string,
  values: CollectionValues,
  now: Date,
): Promise<void> {
  await prisma.collection.update({
    where: { id },
    data: { ...values, sortTitle: sortNameOf(values.title), updatedAt: now, revision: { increment: 1 } },
  });
}

/** Puts these articles, in this order, in the place of what the collection held. */
export async function fillCollection(
  { prisma }: Transaction,
  id: string,
  articleIds: readonly string[],
): Promise<void> {
  await prisma.collectionArticle.deleteMany({ where: { collectionId: id } });
  await prisma.collectionArticle.createMany({
    data: articleIds.map((articleId, index) => ({ collectionId: id, articleId, position: index + 1 })),
  });
}

/** Ids of the articles a collection holds, in the editor's order. */
export async function articlesIn({ prisma }: Transaction, id: string): Promise<string[]> {
  const rows = await prisma.collectionArticle.findMany({
    where: { collectionId: id },
    orderBy: [{ position: 'asc' }, { articleId: 'asc' }],
    select: { articleId: true },
  });
  return rows.map(({ articleId }) => articleId);
}

/** Counts a save of what it holds. */
export async function countCollectionSave({ prisma }: Transaction, id: string, now: Date): Promise<void> {
  await prisma.collection.update({
    where: { id },
    data: { updatedAt: now, revision: { increment: 1 } },
    select: { id: true },
  });
}
