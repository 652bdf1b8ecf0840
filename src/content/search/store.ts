import type { Logger } from 'pino';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { type Rounds, startRounds } from '../../jobs/rounds.js';

/** So many documents are made in one transaction, so that nobody waits long for what it holds. */
const mostAtOnce = 250;
/** So many transactions at once: one for each of the cores that a small server has. */
const atOnce = 2;
const everyMs = 5000;

/** What this transaction writes is found by search once {@link refreshSearch} was there, instead of when it commits. */
export async function searchedLater(tx: Transaction): Promise<void> {
  await tx.rows(sql`select set_config('dateline.search_later', 'on', true)`);
}

/** Makes the search documents that were left for later. Any number of instances may do it at once. */
export async function refreshSearch(db: Database): Promise<void> {
  async function refresh(): Promise<void> {
    for (let made = mostAtOnce; made === mostAtOnce;) {
      const [row] = await db.rows<{ made: number }>(sql`select search_refresh_later(${mostAtOnce}::int) as made`);
      made = row?.made ?? 0;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, refresh));
}

/** Makes what an import that was killed has left, and what a name on very many pieces asks for. */
export function startSearchRounds({ db, log }: { db: Database; log: Logger }): Rounds {
  return startRounds({ what: 'making search documents', everyMs, log, round: () => refreshSearch(db) });
}
