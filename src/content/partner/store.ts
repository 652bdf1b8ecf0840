import type { Transaction } from '../../database/database.js';
import { uuidv7 } from '../../identifiers.js';

export interface PartnerValues {
  slug: string;
  name: string;
  url: string | null;
  attribution: string;
  license: string | null;
}

export async function createPartner({ prisma }: Transaction, values: PartnerValues): Promise<string> {
  const { id } = await prisma.partner.create({ data: { id: uuidv7(), ...values }, select: { id: true } });
  return id;
}

export async function changePartner(
  { prisma }: Transaction,
  id: string,
  values: PartnerValues,
  now: Date,
): Promise<void> {
  await prisma.partner.update({ where: { id }, data: { ...values, updatedAt: now, revision: { increment: 1 } } });
}
