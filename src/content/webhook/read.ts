import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { name, nothing, sql } from '../../database/sql.js';
import type { ChangeKind, WebhookContent, WebhookDeliveryStatus } from '../../generated/prisma/enums.js';

/** A webhook without its secrets. */
export interface WebhookRow {
  id: string;
  name: string;
  url: string;
  partnerId: string | null;
  kinds: ChangeKind[];
  content: WebhookContent;
  previousSecretUntil: Date | null;
  failures: number;
  failingSince: Date | null;
  pausedUntil: Date | null;
  disabledAt: Date | null;
  disabledReason: string | null;
  revision: number;
  createdAt: Date;
}

export interface DeliveryRow {
  id: string;
  webhookId: string;
  articleId: string;
  kind: ChangeKind;
  path: string;
  reason: string | null;
  at: Date;
  status: WebhookDeliveryStatus;
  dueAt: Date;
  createdAt: Date;
  endedAt: Date | null;
}

export interface AttemptRow {
  deliveryId: string;
  number: number;
  at: Date;
  tookMs: number;
  status: number | null;
  problem: string | null;
}

export const webhookColumns = name(
  'w.id, w.name, w.url, w.partner_id as "partnerId", w.kinds::text[] as kinds, w.content, w.failures, ' +
    'w.previous_secret_until as "previousSecretUntil", w.failing_since as "failingSince", w.paused_until as "pausedUntil", ' +
    'w.disabled_at as "disabledAt", w.disabled_reason as "disabledReason", w.revision, w.created_at as "createdAt"',
);

const deliveryColumns = name(
  'd.id, d.webhook_id as "webhookId", d.article_id as "articleId", d.kind, d.path, d.reason, d.at, d.status, ' +
    'd.due_at as "dueAt", d.created_at as "createdAt", d.ended_at as "endedAt"',
);

export const webhooksById = (db: Queryable, ids: readonly string[]): Promise<WebhookRow[]> =>
  db.rows(sql`select ${webhookColumns} from webhook w where w.id = any(${ids}::uuid[])`);

export const deliveriesById = (db: Queryable, ids: readonly string[]): Promise<DeliveryRow[]> =>
  db.rows(sql`select ${deliveryColumns} from webhook_delivery d where d.id = any(${ids}::uuid[])`);

export const attemptsOf = (db: Queryable, deliveryIds: readonly string[]): Promise<AttemptRow[]> =>
  db.rows(sql`
    select a.delivery_id as "deliveryId", a.number, a.at, a.took_ms as "tookMs", a.status, a.problem
    from webhook_attempt a where a.delivery_id = any(${deliveryIds}::uuid[]) order by a.delivery_id, a.number`);

export const placeByCreation = ({ createdAt, id }: { createdAt: Date; id: string }): Key => [createdAt.getTime(), id];

export function webhooksNewestFirst(db: Queryable, page: Page): Promise<WebhookRow[]> {
  const { within, orderBy, limit } = keyset(page, newestFirst('w'));
  return db.rows(sql`select ${webhookColumns} from webhook w where ${within} order by ${orderBy} ${limit}`);
}

export async function webhookCount(db: Queryable): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`select count(*)::int as count from webhook`);
  return row?.count ?? 0;
}

export interface DeliveryFilter {
  webhookId: string;
  status: WebhookDeliveryStatus | null;
}

const those = ({ webhookId, status }: DeliveryFilter) =>
  sql`d.webhook_id = ${webhookId}::uuid${status ? sql` and d.status = ${status}::webhook_delivery_status` : nothing}`;

export function deliveriesNewestFirst(db: Queryable, filter: DeliveryFilter, page: Page): Promise<DeliveryRow[]> {
  const { within, orderBy, limit } = keyset(page, newestFirst('d'));
  return db.rows(sql`
    select ${deliveryColumns} from webhook_delivery d where ${those(filter)} and ${within} order by ${orderBy} ${limit}`);
}

export async function deliveryCount(db: Queryable, filter: DeliveryFilter): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from webhook_delivery d where ${those(filter)}`,
  );
  return row?.count ?? 0;
}

const newestFirst = (alias: string) =>
  ({ column: name(`${alias}.created_at`), id: name(`${alias}.id`), type: 'timestamptz', descending: true }) as const;
