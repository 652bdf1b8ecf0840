import type { Queryable } from '../database/database.js';
import { sql } from '../database/sql.js';
import type { Metrics, Reading } from '../observability/metrics.js';

/** What waits is counted up to here: to know that it is more is enough, and looking must not cost more for it. */
const mostCounted = 10_000;

interface Waiting {
  webhooks: number;
  hubRequests: number;
  hubSubscriptions: number;
  search: number;
  announcements: number;
}

/** How much waits in each queue that is worked off in the background. */
export async function waitingIn(db: Queryable): Promise<Reading[]> {
  const [row] = await db.rows<Waiting>(sql`
    select
      (select count(*)::int from (select from webhook_delivery where status = 'PENDING' limit ${mostCounted}::int) w) as webhooks,
      (select count(*)::int from (select from hub_request limit ${mostCounted}::int) r) as "hubRequests",
      (select count(*)::int from (select from hub_subscription where wanted > had limit ${mostCounted}::int) s) as "hubSubscriptions",
      (select count(*)::int from (select from search_stale limit ${mostCounted}::int) t) as search,
      (select count(*)::int from (select from article where announce_at <= now() limit ${mostCounted}::int) a) as announcements`);
  const { webhooks = 0, hubRequests = 0, hubSubscriptions = 0, search = 0, announcements = 0 } = row ?? {};
  const of = { webhooks, hub_requests: hubRequests, hub_subscriptions: hubSubscriptions, search, announcements };
  return Object.entries(of).map(([queue, value]) => ({ labels: { queue }, value }));
}

/** Has the queues measured whenever somebody looks. */
export function measureQueues(metrics: Metrics, db: Queryable): void {
  metrics.gauges({
    name: 'dateline_queue_waiting',
    help: `How much waits to be done in the background, counted up to ${mostCounted}.`,
    labels: ['queue'],
    read: () => waitingIn(db),
    across: 'max',
  });
}
