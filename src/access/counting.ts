import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Queryable } from '../database/database.js';

export interface Limit {
  /** What keys of this limit begin with: no other limit has it. */
  readonly keyPrefix: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** How far the clocks of two machines may be apart. */
const apartMs = 60_000;

/** Counts against a limit in the database, for all instances together. Nobody is held up by a window longer than it lasts. */
export const countedIn = (db: Queryable, limit: Limit): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: {
      query: async ({ text, values }: { text: string; values: unknown[] }) => {
        let rows = await db.send<{ expire?: string | number }>(text, values);
        const [key, , ends] = values;
        const [row] = rows;
        // One that ends later than one that begins now was begun by a clock that was ahead: it is over.
        if (values.length === 4 && row && Number(row.expire) > Number(ends) + apartMs) {
          await db.send('delete from rate_limit where key = $1 and expire = $2', [key, row.expire]);
          rows = await db.send(text, values);
        }
        return { rows, rowCount: rows.length };
      },
    },
    storeType: 'client',
    tableName: 'rate_limit',
    tableCreated: true,
    ...limit,
  });
