import { ForPeople } from '../for-people.js';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { Dependency, Reads } from './dependencies.js';
import type { Presence } from './presence.js';
import type { RowMemory } from './row-memory.js';
import type { Sql } from './sql.js';
import type { Watch } from './watch.js';

/** What reading and writing inside one transaction goes through. */
export interface Transaction extends Queryable {
  readonly prisma: Prisma.TransactionClient;
}

/** Answers statements: the database itself or a transaction on it. */
export interface Queryable {
  rows<Row>(statement: Sql): Promise<Row[]>;
  /** The same, and says what the rows, and those that are missing, depend on: only such reading makes an answer that is kept. */
  read<Row>(statement: Sql, dependsOn: (rows: readonly Row[]) => Iterable<Dependency>): Promise<Row[]>;
  /** Sends what a library has written: with values one statement, without them a whole script. Answers the rows of its last. */
  send<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * The one store of content: a PostgreSQL server, or the PostgreSQL that runs inside this process.
 * Prisma writes and reads single things; `rows` sends a statement of ours over the same connections.
 */
export interface Database extends Queryable {
  /** Until `signal` says that nobody waits for them any more: a server is told to stop. */
  rows<Row>(statement: Sql, signal?: AbortSignal): Promise<Row[]>;
  read<Row>(
    statement: Sql,
    dependsOn: (rows: readonly Row[]) => Iterable<Dependency>,
    signal?: AbortSignal,
  ): Promise<Row[]>;
  readonly kind: 'postgres' | 'embedded' | 'guest';
  /** How its connections stand, where it has several. */
  readonly pool?: (() => PoolMeasures) | undefined;
  readonly prisma: PrismaClient;
  /** Runs `work` in one transaction. Inside it use only what it is given: the embedded database has a single connection. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /** This database for making one answer: what is read goes into `reads`; what is read in another way spoils them. */
  noting(reads: Reads): Database;
  /** This database, whose answers to anyone are read from `elsewhere` instead of here. */
  readingFrom(elsewhere: Pick<Database, 'rows'>): Database;
  /** Rows that are in memory; null where all are read. */
  readonly memory: RowMemory | null;
  /** This database with rows in `memory`; without any where that is null. */
  remembering(memory: RowMemory | null): Database;
  /** Says what an answer depends on besides what is read for it here. */
  note(dependencies: Iterable<Dependency>): void;
  /** Told of every message on `channel` whose transaction is committed, from now on and whoever sent it. */
  subscribe(channel: string, options: SubscriptionOptions): Promise<Subscription>;
  /** Brings the schema up to this program's migrations; two processes at once do not race. */
  migrate(): Promise<MigrationReport>;
  /** How the schema stands against this program's migrations, changing nothing. */
  standing(): Promise<SchemaStanding>;
  /** Gives up every connection to a server: whoever waits on one learns at once that no answer will come. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface TransactionOptions {
  timeoutMs?: number;
  /** Put around each statement that Prisma sends. */
  watch?: Watch;
}

/** Connections: open, of these at rest, and how many wait for one. */
export interface PoolMeasures {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface SubscriptionOptions {
  onMessage: (message: string) => void;
  /** The connection is gone: there are messages that will never come. Called once. */
  onLost: (error: Error) => void;
}

export interface Subscription {
  /** Resolves when every message committed before the call has been told of. Rejects when that cannot be found out. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

export interface MigrationReport {
  applied: string[];
}

/**
 * `expanded`: a newer program has added to it and taken nothing away, so that this one goes on as before. `ahead`: something that
 * this program needs may be gone.
 */
export type SchemaStanding =
  | { state: 'current' }
  | { state: 'expanded'; unknown: string[] }
  | { state: 'behind'; missing: string[] }
  | { state: 'ahead'; unknown: string[] };

export interface DatabaseOptions {
  /** Put around each statement that is sent; not around scripts, whose values stand in their text. */
  watch?: Watch | undefined;
  /** Told of each statement sent, for counting and measuring. */
  onStatement?: (text: string, durationMs: number) => void;
  /** A server gives up a statement that takes longer; not past a pooler, which has no sessions to tell so. */
  statementTimeoutMs?: number | undefined;
  /** Where it is known that the server does not answer: nobody waits to find it out again. */
  presence?: Presence | undefined;
  /** Told that the embedded database has stopped, as when its disk is full, and of each time it could not be opened again. */
  onStopped?: ((error: Error) => void) | undefined;
  /** Told of trouble on idle connections, which nobody else can report. */
  onTrouble?: (error: Error) => void;
}

/** The database cannot be used, and the message tells an operator what to do. */
export class DatabaseUnusable extends ForPeople {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnusable';
  }
}
