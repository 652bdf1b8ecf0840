import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { Sql } from './sql.js';

/** What reading and writing inside one transaction goes through. */
export interface Transaction extends Queryable {
  readonly prisma: Prisma.TransactionClient;
}

/** Answers statements: the database itself or a transaction on it. */
export interface Queryable {
  rows<Row>(statement: Sql): Promise<Row[]>;
  /** Sends what a library has written: with values one statement, without them a whole script. Answers the rows of its last. */
  send<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * The one store of content: a PostgreSQL server, or the PostgreSQL that runs inside this process.
 * Prisma writes and reads single things; `rows` sends a statement of ours over the same connections.
 */
export interface Database extends Queryable {
  readonly kind: 'postgres' | 'embedded' | 'guest';
  readonly prisma: PrismaClient;
  /** Runs `work` in one transaction. Inside it use only what it is given: the embedded database has a single connection. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>, options?: { timeoutMs?: number }): Promise<Result>;
  /** Brings the schema up to this program's migrations; two processes at once do not race. */
  migrate(): Promise<MigrationReport>;
  /** How the schema stands against this program's migrations, changing nothing. */
  standing(): Promise<SchemaStanding>;
  close(): Promise<void>;
}

export interface MigrationReport {
  applied: string[];
}

export type SchemaStanding =
  { state: 'current' } | { state: 'behind'; missing: string[] } | { state: 'ahead'; unknown: string[] };

export interface DatabaseOptions {
  /** Told of each statement sent, for counting and measuring. */
  onStatement?: (text: string, durationMs: number) => void;
  /** Told of trouble on idle connections, which nobody else can report. */
  onTrouble?: (error: Error) => void;
}

/** The database cannot be used, and the message tells an operator what to do. */
export class DatabaseUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnusable';
  }
}
