import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { every, name, sql, type Sql } from '../../database/sql.js';
import type { Prisma } from '../../generated/prisma/client.js';

export interface AuditRow {
  id: string;
  at: Date;
  actorId: string | null;
  actorName: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  before: Prisma.JsonValue;
  after: Prisma.JsonValue;
  requestId: string | null;
}

/** Which entries: those that fit all that is given. */
export interface AuditFilter {
  actorId?: string | null;
  subjectId?: string | null;
  action?: string | null;
  since?: Date | null;
  until?: Date | null;
}

const columns = name(
  'l.id, l.at, l.actor_id as "actorId", l.actor_name as "actorName", l.action, l.subject_kind as "subjectKind", ' +
    'l.subject_id as "subjectId", l.before, l.after, l.request_id as "requestId"',
);

export const auditById = (db: Queryable, ids: readonly string[]): Promise<AuditRow[]> =>
  db.rows(sql`select ${columns} from audit_entry l where l.id = any(${ids}::uuid[])`);

export const placeOfEntry = ({ at, id }: AuditRow): Key => [at.getTime(), id];

function fitting({ actorId, subjectId, action, since, until }: AuditFilter): Sql {
  const conditions: Sql[] = [];
  if (actorId) conditions.push(sql`l.actor_id = ${actorId}::uuid`);
  if (subjectId) conditions.push(sql`l.subject_id = ${subjectId}::uuid`);
  if (action) conditions.push(sql`l.action = ${action}`);
  if (since) conditions.push(sql`l.at >= ${since.toISOString()}::timestamptz`);
  if (until) conditions.push(sql`l.at < ${until.toISOString()}::timestamptz`);
  return every(conditions);
}

/** Newest first. */
export function auditEntries(db: Queryable, filter: AuditFilter, page: Page): Promise<AuditRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('l.at'),
    id: name('l.id'),
    type: 'timestamptz',
    descending: true,
  });
  return db.rows(
    sql`select ${columns} from audit_entry l where ${fitting(filter)} and ${within} order by ${orderBy} ${limit}`,
  );
}

export async function auditCount(db: Queryable, filter: AuditFilter): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from audit_entry l where ${fitting(filter)}`,
  );
  return row?.count ?? 0;
}
