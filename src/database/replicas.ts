import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from './database.js';
import { answeredWithin, isDatabaseAway } from './presence.js';
import { sql } from './sql.js';

type Source = Pick<Database, 'rows'>;

export interface ReplicasOptions {
  primary: Source;
  /** How each replica is opened. */
  open: readonly (() => Promise<Database>)[];
  log: Logger;
}

const firstPauseMs = 2;
const longestPauseMs = 50;
/** A replica that cannot be asked, or is not one, is asked again after so long. */
const restMs = 1000;
const answersWithinMs = 3000;

interface Replica {
  readonly number: number;
  readonly open: () => Promise<Database>;
  db: Database | null;
  /** Up to which news it has everything. */
  has: number;
  following: Promise<void> | null;
}

/**
 * Standbys of the server (streaming replication), for reading what anyone may: each only while it has replayed all that has
 * been told of, so that it shows no less than the primary did when that was heard. It learns of news as memories do.
 */
export class Replicas {
  private readonly replicas: Replica[];
  private readonly stopping = new AbortController();
  /** Counts news; what was committed before the last is to be there. */
  private told = 0;
  private turn = 0;

  constructor(private readonly options: ReplicasOptions) {
    this.replicas = options.open.map((open, index) => ({
      number: index + 1,
      open,
      db: null,
      has: -1,
      following: null,
    }));
    this.forgetAll();
  }

  get size(): number {
    return this.replicas.length;
  }

  /** How many may be read from at this moment. */
  get usable(): number {
    return this.replicas.filter((replica) => this.isUsable(replica)).length;
  }

  learn(): void {
    this.forgetAll();
  }

  expect(): void {
    // What comes by the clock alone stands in the rows already.
  }

  setAside(): void {
    this.forgetAll();
  }

  forgetAll(): void {
    this.told += 1;
    for (const replica of this.replicas) replica.following ??= this.follow(replica);
  }

  /**
   * Reads from one that has everything, each in turn, and from `primary` where none has, or the one that was asked gives up: a
   * replica breaks off a statement that stands in the way of replaying. While no news is heard, from `primary` too.
   */
  over(primary: Source, hearing: { readonly isCurrent: boolean }): Source {
    return {
      rows: async (statement, signal) => {
        const replica = hearing.isCurrent ? this.next() : undefined;
        if (!replica?.db) return await primary.rows(statement, signal);
        try {
          return await replica.db.rows(statement, signal);
        } catch (error) {
          if (!isDatabaseAway(error) && !isConflict(error)) throw error;
          this.lose(replica, error);
          return await primary.rows(statement, signal);
        }
      },
    };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.replicas.map(async ({ following }) => following));
    await Promise.all(this.replicas.map(async ({ db }) => db?.close()));
  }

  private isUsable({ db, has }: Replica): boolean {
    return db !== null && has === this.told;
  }

  private next(): Replica | undefined {
    const { length } = this.replicas;
    this.turn = (this.turn + 1) % length;
    for (let step = 0; step < length; step += 1) {
      const replica = this.replicas[(this.turn + step) % length];
      if (replica && this.isUsable(replica)) return replica;
    }
    return undefined;
  }

  private lose(replica: Replica, error: unknown): void {
    this.options.log.warn({ err: error, replica: replica.number }, 'a replica gave up; the primary is read meanwhile');
    replica.has = -1;
    replica.following ??= this.follow(replica);
  }

  /** Until it has replayed everything that had been committed when it was last told of something. */
  private async follow(replica: Replica): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted && !this.isUsable(replica)) {
      const { told } = this;
      try {
        replica.db ??= await this.opened(replica);
        const [position] = await answeredWithin(
          answersWithinMs,
          this.options.primary.rows<{ lsn: string }>(sql`select pg_current_wal_insert_lsn()::text as lsn`),
        );
        if (await this.hasReplayed(replica.db, position?.lsn ?? null, () => this.told !== told)) replica.has = told;
      } catch (error) {
        if (signal.aborted) break;
        this.options.log.warn(
          { err: error, replica: replica.number },
          'a replica cannot be read from; it is tried again',
        );
        await pause(restMs, undefined, { signal }).catch(() => undefined);
      }
    }
    replica.following = null;
  }

  private async opened({ open }: Replica): Promise<Database> {
    const db = await open();
    try {
      const identity = sql`select system_identifier::text as system, pg_is_in_recovery() as standby, current_database() as name
        from pg_control_system()`;
      type Identity = { system: string; standby: boolean; name: string };
      const [[its], [ours]] = await Promise.all([
        db.rows<Identity>(identity),
        this.options.primary.rows<Identity>(identity),
      ]);
      if (!its?.standby || its.system !== ours?.system || its.name !== ours.name)
        throw new Error('It is no standby of the server of DATABASE_URL, or another database on it.');
      return db;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  private async hasReplayed(db: Database, lsn: string | null, isOver: () => boolean): Promise<boolean> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const [row] = await answeredWithin(
        answersWithinMs,
        db.rows<{ there: boolean | null }>(sql`select pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn as there`),
      );
      if (row?.there === null || row === undefined) throw new Error('It is a standby no longer.');
      if (row.there) return true;
      if (this.stopping.signal.aborted) return false;
      await pause(pauseMs);
      // Told of more meanwhile: there is a later place to wait for.
      if (isOver()) return false;
    }
  }
}

/** SQLSTATE of a statement that a standby broke off because what it reads is to be replayed over. */
const isConflict = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '40001';
