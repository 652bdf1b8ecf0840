import type { Queryable, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { ChangeKind, WebhookContent } from '../../generated/prisma/enums.js';
import { uuidv7 } from '../../identifiers.js';

export interface WebhookValues {
  name: string;
  url: string;
  kinds: ChangeKind[];
  content: WebhookContent;
}

/**
 * Keeps a new webhook. It is told of what is committed from now on. Arrays of an enum are sent as text: the embedded database
 * knows only those that were there when it was opened.
 */
export async function insertWebhook(
  db: Queryable,
  { name, url, kinds, content }: WebhookValues,
  { partnerId, secret, now }: { partnerId: string | null; secret: string; now: Date },
): Promise<string> {
  const id = uuidv7();
  // Whoever writes now and has not ended may still commit changes: the place is before the first of them.
  const place =
    partnerId === null
      ? sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0`
      : sql`0, coalesce((select max(id) from partner_change where partner_id = ${partnerId}::uuid), 0)`;
  await db.rows(sql`
    insert into webhook (id, name, url, partner_id, kinds, content, secret, cursor_xid, cursor_id, created_at)
    values (${id}::uuid, ${name}, ${url}, ${partnerId}::uuid, ${kinds}::text[]::change_kind[], ${content}::webhook_content, ${secret},
      ${place}, ${now.toISOString()}::timestamptz)`);
  return id;
}

export async function changeWebhook(
  db: Queryable,
  id: string,
  values: WebhookValues & { disabledAt: Date | null; disabledReason: string | null },
): Promise<void> {
  const { name, url, kinds, content, disabledAt, disabledReason } = values;
  // Whatever held it up before the change may be over with it.
  await db.rows(sql`
    update webhook set name = ${name}, url = ${url}, kinds = ${kinds}::text[]::change_kind[], content = ${content}::webhook_content,
      disabled_at = ${disabledAt?.toISOString() ?? null}::timestamptz, disabled_reason = ${disabledReason}::text,
      failures = 0, failing_since = null, paused_until = null, revision = revision + 1
    where id = ${id}::uuid`);
}

/** Signs with `secret` from now on, and until `until` with the one before as well. */
export async function changeSecret(db: Queryable, id: string, secret: string, until: Date): Promise<void> {
  await db.rows(sql`
    update webhook set previous_secret = secret, previous_secret_until = ${until.toISOString()}::timestamptz, secret = ${secret},
      revision = revision + 1
    where id = ${id}::uuid`);
}

export async function dropWebhook({ prisma }: Transaction, id: string): Promise<void> {
  await prisma.webhook.delete({ where: { id }, select: { id: true } });
}

/** Which messages are to be sent again: one; or of a webhook those that were given up, or all that were told of since. */
export type ToSendAgain = { readonly deliveryId: string } | { readonly webhookId: string; readonly since: Date | null };

/** Has messages sent at once, each under the id it has, as if they had never been tried. Answers how many. */
export async function sendAgain(db: Queryable, which: ToSendAgain, now: Date): Promise<number> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const those =
    'deliveryId' in which
      ? sql`id = ${which.deliveryId}::uuid`
      : sql`webhook_id = ${which.webhookId}::uuid
          and ${which.since ? sql`created_at >= ${which.since.toISOString()}::timestamptz` : sql`status = 'FAILED'`}`;
  const [row] = await db.rows<{ count: number }>(sql`
    with again as (
      update webhook_delivery set status = 'PENDING', tries = 0, ended_at = null, due_at = ${moment}
      where ${those} returning webhook_id
    ),
    awake as (update webhook set paused_until = null where id in (select webhook_id from again))
    select count(*)::int as count from again`);
  return row?.count ?? 0;
}
