import type { Transaction } from '../../database/database.js';
import { uuidv7 } from '../../identifiers.js';
import { sortNameOf } from '../names.js';

export interface AuthorValues {
  slug: string;
  name: string;
  affiliation: string | null;
  bio: string | null;
  imageId: string | null;
  links: string[];
}

export async function createAuthor({ prisma }: Transaction, values: AuthorValues): Promise<string> {
  const { id } = await prisma.author.create({
    data: { id: uuidv7(), ...values, sortName: sortNameOf(values.name) },
    select: { id: true },
  });
  return id;
}

/** Changes the author as known today; bylines stay as they stood. */
export async function changeAuthor({ prisma }: Transaction, id: string, values: AuthorValues, now: Date): Promise<void> {
  await prisma.author.update({ where: { id }, data: { ...values, sortName: sortNameOf(values.name), updatedAt: now } });
}
