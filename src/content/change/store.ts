import type { Queryable, Transaction } from '../../database/database.js';
import { type Sql, sql } from '../../database/sql.js';
import type { ChangeKind } from '../../generated/prisma/enums.js';

/** What readers and partners must learn of. */
export interface ChangeToTell {
  kind: ChangeKind;
  articleId: string;
  path: string;
  at: Date;
  reason?: string | null;
}

/** Any number works, as long as every Dateline uses the same, and for nothing else. */
const logLock = 7_130_210;

/**
 * Begins a transaction that changes pieces. It goes on beside others of its kind, and waits for those that
 * {@link changeWhatManyShow}. Call it before anything is locked: who waits here must hold nothing that another waits for.
 */
export const changePieces = (tx: Transaction): Promise<unknown> =>
  tx.rows(sql`select pg_advisory_xact_lock_shared(${logLock}::bigint)::text`);

/**
 * Begins a transaction that changes what many pieces show, such as the name of their section. It waits for pieces under way:
 * one that it could not see yet would be shown with the old name, and nobody be told of the new. Call it before anything is
 * locked.
 */
export const changeWhatManyShow = (tx: Transaction): Promise<unknown> =>
  tx.rows(sql`select pg_advisory_xact_lock(${logLock}::bigint)::text`);

/** Notes changes in their order, in the transaction that makes them so: one statement however many. */
export async function recordChanges(tx: Transaction, changes: readonly ChangeToTell[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.rows(sql`
    insert into change (at, kind, article_id, path, reason)
    select x.at, x.kind, x."articleId", x.path, x.reason
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
      as x(at timestamptz, kind change_kind, "articleId" uuid, path text, reason text)`);
}

/** Notes that something around pieces changed which readers see on them: on every public piece `a` that `which` holds for. */
export async function recordUpdates(tx: Transaction, now: Date, which: Sql): Promise<void> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  // A schedule that has come and that nobody was told of yet will be told of as it then stands.
  await tx.rows(sql`
    insert into change (at, kind, article_id, path) select ${moment}, 'UPDATED', a.id, a.path from article a
    where a.status = 'PUBLISHED' and a.ordered_at <= ${moment} and a.announce_at is null and ${which}
    order by a.ordered_at, a.id`);
}

/**
 * Takes over a log that a dump brought from another server, whose transactions have higher numbers than this one has reached:
 * they are behind everything that is written here. Changes nothing otherwise.
 */
export async function adoptLog(db: Queryable): Promise<void> {
  const isAhead = sql`xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`;
  await db.rows(sql`update change set xid = 0 where ${isAhead}`);
  // A partner's log that was taken over to such a place is compared with everything instead, and tells of it anew.
  await db.rows(sql`
    update partner_log set xid = 0, change_id = 9223372036854775807, revision = -1, refreshes = true where ${isAhead}`);
}
