import type { Transaction } from '../../database/database.js';
import { uuidv7 } from '../../identifiers.js';

export interface SectionValues {
  slug: string;
  name: string;
  description: string | null;
  parentId: string | null;
  /** Place among its siblings; after all there are when undefined. */
  position?: number | undefined;
}

export async function createSection({ prisma }: Transaction, { position, ...values }: SectionValues): Promise<string> {
  const { _max: last } = position === undefined ? await prisma.section.aggregate({ _max: { position: true } }) : { _max: { position: 0 } };
  const { id } = await prisma.section.create({
    data: { id: uuidv7(), ...values, position: position ?? (last.position ?? 0) + 1 },
    select: { id: true },
  });
  return id;
}

export async function changeSection({ prisma }: Transaction, id: string, { position, ...values }: SectionValues, now: Date): Promise<void> {
  await prisma.section.update({
    where: { id },
    data: { ...values, ...(position === undefined ? {} : { position }), updatedAt: now },
  });
}
