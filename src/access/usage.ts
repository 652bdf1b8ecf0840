import type { Queryable } from '../database/database.js';
import { sql } from '../database/sql.js';

/** How often a key asked on one day of UTC, and how many of these requests were refused for being too many. */
export interface Usage {
  keyId: string;
  /** As in `2026-01-31`. */
  day: string;
  requests: number;
  refused: number;
}

export const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** Adds to what is counted already: one statement however many keys. */
export async function addUsage(db: Queryable, usage: readonly Usage[]): Promise<void> {
  if (usage.length === 0) return;
  // Sorted, so that two instances who add to the same keys at once wait for each other in one order.
  const rows = [...usage].sort((one, other) => (one.keyId + one.day < other.keyId + other.day ? -1 : 1));
  await db.rows(sql`
    insert into key_usage as u (key_id, day, requests, refused)
    select x."keyId", x.day, x.requests, x.refused
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x("keyId" uuid, day date, requests int, refused int)
    join api_key k on k.id = x."keyId"
    on conflict (key_id, day) do update set requests = u.requests + excluded.requests, refused = u.refused + excluded.refused`);
}

/** What keys used on each of the last days on which they asked, the latest first. */
export const usageOf = (db: Queryable, days: number, now: Date, keyIds: readonly string[]): Promise<Usage[]> =>
  db.rows(sql`
    select key_id as "keyId", day::text, requests, refused from key_usage
    where key_id = any(${keyIds}::uuid[]) and day > ${dayOf(now)}::date - ${days}::int order by key_id, day desc`);
