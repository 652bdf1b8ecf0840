import { setTimeout as pause } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import type { Database, Queryable, Transaction } from '../database/database.js';
import { inSpan } from '../observability/tracing/spans.js';

/** Where work for later is asked for. */
export interface JobRequests {
  /** Has `queue` worked off from `at` on. The request is kept exactly if `tx` is; failing to make it never fails `tx`. */
  ask(tx: Transaction, queue: string, at: Date): Promise<void>;
}

/**
 * Work done on the side by whichever instance is free: kept in the database that has the content, PostgreSQL or embedded.
 * Nothing that readers see waits for it.
 */
export interface Jobs extends JobRequests {
  /** Lets work under way end, and takes up no more. */
  stop(): Promise<void>;
}

export interface JobsOptions {
  db: Database;
  log: Logger;
  /** What is done for each queue. It must bear being done twice, and at the same time elsewhere. */
  work: Readonly<Record<string, () => Promise<void>>>;
  /** How soon a request is seen. */
  pollEveryMs?: number;
  /** How often the work is done without a request, for those that were missed. */
  sweepEveryMs?: number;
}

const batchSize = 100;

const executor = (db: Queryable) => ({
  executeSql: async (text: string, values?: unknown[]) => ({ rows: await db.send<object>(text, values) }),
});

/**
 * Begins to work. The queue is pg-boss's; the loop is ours, because pg-boss's own leaves the end of a job unawaited: a
 * database that is away for a second would end the process.
 */
export function startJobs({ db, log, work, pollEveryMs = 2000, sweepEveryMs = 60_000 }: JobsOptions): Jobs {
  const stopping = new AbortController();
  let boss: PgBoss | undefined;

  /** A new one each time: pg-boss never forgets a start that failed. What such a one began, it is told to end. */
  async function open(): Promise<void> {
    const opening = new PgBoss({ db: executor(db), schedule: false });
    opening.on('error', (error) => log.warn({ err: error }, 'the queue of jobs has trouble'));
    try {
      await opening.start();
      // Of requests for one moment one is kept.
      for (const queue of Object.keys(work)) await opening.createQueue(queue, { name: queue, policy: 'short' });
    } catch (error) {
      await opening.stop({ graceful: false });
      throw error;
    }
    boss = opening;
  }

  async function workOff(boss: PgBoss, queue: string, run: () => Promise<void>): Promise<void> {
    const ids = (await boss.fetch(queue, { batchSize })).map(({ id }) => id);
    if (ids.length === 0) return;
    try {
      await inSpan(`job ${queue}`, {}, run);
      await boss.complete(queue, ids);
    } catch (error) {
      await boss.fail(queue, ids);
      throw error;
    }
  }

  async function attempt(what: string, doing: () => Promise<void>): Promise<void> {
    try {
      await doing();
    } catch (error) {
      if (!stopping.signal.aborted) log.error({ err: error }, what);
    }
  }

  async function loop(): Promise<void> {
    let sweptAt = -Infinity;
    while (!stopping.signal.aborted) {
      if (performance.now() - sweptAt >= sweepEveryMs) {
        sweptAt = performance.now();
        if (!boss) await attempt('the queue of jobs cannot be opened; it is tried again', open);
        for (const [queue, run] of Object.entries(work)) await attempt(`the sweep of ${queue} failed`, run);
      }
      const ready = boss;
      if (ready) {
        for (const [queue, run] of Object.entries(work)) {
          await attempt(`a job of ${queue} failed`, () => workOff(ready, queue, run));
        }
      }
      await pause(pollEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const working = loop();
  return {
    async ask(tx, queue, at) {
      if (!boss) return;
      await tx.send('savepoint asking', []);
      try {
        const request = { startAfter: at, singletonKey: at.toISOString(), db: executor(tx) };
        await boss.send(queue, {}, request);
        await tx.send('release savepoint asking', []);
      } catch (error) {
        await tx.send('rollback to savepoint asking', []);
        log.warn({ err: error }, `a job of ${queue} could not be asked for; the sweep does it`);
      }
    },
    async stop() {
      stopping.abort();
      await working;
      await boss?.stop({ graceful: false });
    },
  };
}
