import type { Transaction } from '../../database/database.js';
import type { ChangeKind } from '../../generated/prisma/enums.js';

/** Notes what readers and partners must learn of, in the transaction that makes it so. */
export async function recordChange(
  { prisma }: Transaction,
  change: { kind: ChangeKind; articleId: string; path: string; at: Date; reason?: string | null },
): Promise<void> {
  await prisma.change.create({ data: { ...change, reason: change.reason ?? null }, select: { id: true } });
}
