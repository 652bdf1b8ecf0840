import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { name, sql } from '../../database/sql.js';

/** A subscription without its secret. */
export interface SubscriptionRow {
  id: string;
  topic: string;
  callback: string;
  isSigned: boolean;
  leaseUntil: Date;
  isBehind: boolean;
  tries: number;
  dueAt: Date;
}

export const placeByLease = ({ leaseUntil, id }: SubscriptionRow): Key => [leaseUntil.getTime(), id];

const lasting = (now: Date) => sql`s.lease_until > ${now.toISOString()}::timestamptz`;

/** Subscriptions whose lease is not over, the one that lasts longest first. */
export function subscriptionsByLease(db: Queryable, now: Date, page: Page): Promise<SubscriptionRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('s.lease_until'),
    id: name('s.id'),
    type: 'timestamptz',
    descending: true,
  });
  return db.rows(sql`
    select s.id, s.topic, s.callback, s.secret is not null as "isSigned", s.lease_until as "leaseUntil",
      s.wanted > s.had as "isBehind", s.tries, s.due_at as "dueAt"
    from hub_subscription s where ${lasting(now)} and ${within} order by ${orderBy} ${limit}`);
}

export async function subscriptionCount(db: Queryable, now: Date): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from hub_subscription s where ${lasting(now)}`,
  );
  return row?.count ?? 0;
}
