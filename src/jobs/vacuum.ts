import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import { name, sql } from '../database/sql.js';
import { type Rounds, startRounds } from './rounds.js';

/** One table after the other, so that all are done in half a day, and none keeps the others waiting for long. */
const everyMs = 10 * 60_000;

/** Takes away what is left of rows that were changed or deleted, in the table that has waited longest, and looks at what it holds. */
export async function vacuumNext(db: Database): Promise<void> {
  const [next] = await db.rows<{ name: string }>(sql`
    select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
    order by last_vacuum nulls first, relid limit 1`);
  if (next) await db.rows(sql`vacuum (analyze) ${name(next.name)}`);
}

/** Does for the embedded database what a server does by itself: there is no autovacuum in it. */
export function startVacuuming({ db, log }: { db: Database; log: Logger }): Rounds {
  return startRounds({ what: 'vacuuming', everyMs, log, round: () => vacuumNext(db) });
}
