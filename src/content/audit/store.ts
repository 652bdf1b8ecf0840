import { isSignedIn, type Viewer } from '../../access/viewer.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { Transaction } from '../../database/database.js';
import { uuidv7 } from '../../identifiers.js';

/** Who writes, when, and for which request: what every write needs besides what it writes. */
export interface Hand {
  readonly viewer: Viewer;
  /** What the log is to call a hand that is no user's: the command line, the first start. */
  readonly actorName?: string;
  readonly now: Date;
  readonly requestId: string | null;
}

export interface AuditRecord {
  /** The mutation or command, such as publishArticle. */
  action: string;
  subjectKind: string;
  subjectId: string;
  before?: Prisma.InputJsonObject | null;
  after?: Prisma.InputJsonObject | null;
}

/** Notes a write in the log, in the transaction that does it: one is not kept without the other. */
export async function recordAudit(
  { prisma }: Transaction,
  { viewer, actorName, now, requestId }: Hand,
  record: AuditRecord,
): Promise<void> {
  const { action, subjectKind, subjectId, before, after } = record;
  await prisma.auditEntry.create({
    data: {
      id: uuidv7(),
      at: now,
      actorId: isSignedIn(viewer) ? viewer.userId : null,
      actorName: actorName ?? (viewer.role === 'anyone' ? 'anyone' : viewer.name),
      action,
      subjectKind,
      subjectId,
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
      requestId,
    },
    select: { id: true },
  });
}

/** What of `before` is other in `after`: what the log keeps of a save. */
export function differenceOf(
  before: Prisma.InputJsonObject,
  after: Prisma.InputJsonObject,
): { before: Prisma.InputJsonObject; after: Prisma.InputJsonObject } {
  const changed = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const only = (values: Prisma.InputJsonObject) =>
    Object.fromEntries(changed.map((key) => [key, values[key] ?? null])) as Prisma.InputJsonObject;
  return { before: only(before), after: only(after) };
}
