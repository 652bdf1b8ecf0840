import type { Transaction } from '../../database/database.js';
import { uuidv7 } from '../../identifiers.js';

export interface TagValues {
  slug: string;
  name: string;
}

export async function createTag({ prisma }: Transaction, values: TagValues): Promise<string> {
  const { id } = await prisma.tag.create({ data: { id: uuidv7(), ...values }, select: { id: true } });
  return id;
}

export async function changeTag({ prisma }: Transaction, id: string, values: TagValues, now: Date): Promise<void> {
  await prisma.tag.update({ where: { id }, data: { ...values, updatedAt: now } });
}
