import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Queryable } from '../database/database.js';

export interface Limit {
  /** What keys of this limit begin with: no other limit has it. */
  readonly keyPrefix: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Counts against a limit in the database, for all instances together. */
export const countedIn = (db: Queryable, limit: Limit): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: {
      query: async ({ text, values }: { text: string; values: unknown[] }) => {
        const rows = await db.send(text, values);
        return { rows, rowCount: rows.length };
      },
    },
    storeType: 'client',
    tableName: 'rate_limit',
    tableCreated: true,
    ...limit,
  });
