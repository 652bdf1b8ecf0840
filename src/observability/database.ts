import type { Database } from '../database/database.js';
import type { Metrics } from './metrics.js';

export interface MeasuredDatabase {
  /** Each under the name of what it is used for. */
  pools: Readonly<Record<string, Database>>;
  /** Whether it had no room lately for what was to be written. */
  isFull: () => boolean;
  /** Resolves when all that was committed before is known here; with false where that cannot be found out. */
  caughtUp?: (() => Promise<boolean>) | undefined;
}

/** Has the connections measured, and how far behind the database its messages are, whenever somebody looks. */
export function measureDatabase(metrics: Metrics, { pools, isFull, caughtUp }: MeasuredDatabase): void {
  metrics.gauges({
    name: 'dateline_pool_connections',
    help: 'Connections to the database: open, idle of these, and how many wait for one. None for the embedded database.',
    labels: ['pool', 'state'],
    read: () =>
      Promise.resolve(
        Object.entries(pools).flatMap(([pool, { pool: measures }]) =>
          Object.entries(measures?.() ?? {}).map(([state, value]: [string, number]) => ({
            labels: { pool, state },
            value,
          })),
        ),
      ),
  });
  metrics.gauge(
    'dateline_database_disk_full',
    'Whether within the last minute something was not stored because the disk of the database is full.',
    () => Promise.resolve(isFull() ? 1 : 0),
    'max',
  );
  if (!caughtUp) return;
  const read = async () => {
    const began = performance.now();
    return (await caughtUp()) ? (performance.now() - began) / 1000 : Number.NaN;
  };
  metrics.gauge(
    'dateline_notify_lag_seconds',
    'How long it takes to learn of everything that is committed, measured when asked; NaN while nothing is heard.',
    read,
    'max',
  );
}
