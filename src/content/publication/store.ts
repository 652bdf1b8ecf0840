import type { Transaction } from '../../database/database.js';
import type { PublicationRow } from './read.js';

/** Writes what the paper says of itself. */
export async function savePublication(
  { prisma }: Transaction,
  { description, contact, links }: PublicationRow,
): Promise<void> {
  const values = { description, contact: contact ? { ...contact } : {}, links };
  await prisma.publication.upsert({ where: { id: 1 }, create: { id: 1, ...values }, update: values });
}
