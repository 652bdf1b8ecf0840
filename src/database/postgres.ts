import { PrismaPg } from '@prisma/adapter-pg';
import type { Transaction as AdapterTransaction } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { connectionOf, databaseOver, type Driver, withWholeScripts } from './connect.js';
import { type Database, type DatabaseOptions, DatabaseUnusable } from './database.js';
import { ended, endsWithinMs, WatchedPool } from './pool.js';
import { answeredWithin, isDatabaseAway } from './presence.js';
import { StatementNames } from './statement-names.js';

/** Any number works, as long as every Dateline uses the same. */
const migrationLock = 7_130_121;

const timestamptz = 1184;

const usualMoment = pg.types.getTypeParser(timestamptz, 'text') as (text: string) => unknown;

/** `2026-06-15 12:00:00+00`, or with up to six digits of a fraction before the `+`. */
const isUsual = (text: string): boolean =>
  text.length >= 22 && text.length <= 29 && text[4] === '-' && text[10] === ' ' && text.endsWith('+00');

const digitIn = (text: string, at: number): number => text.charCodeAt(at) - 48;
const pairIn = (text: string, at: number): number => digitIn(text, at) * 10 + digitIn(text, at + 1);

/**
 * A moment as PostgreSQL writes it in UTC, read by its digits: many times faster than the driver's own way, which is taken for
 * all that is written otherwise.
 */
export function momentFrom(text: string): unknown {
  if (!isUsual(text)) return usualMoment(text);
  const year = pairIn(text, 0) * 100 + pairIn(text, 2);
  // `Date.UTC` takes such for years of the twentieth century.
  if (year < 100) return usualMoment(text);
  let ms = 0;
  for (let at = 20, worth = 100; worth >= 1 && at < text.length - 3; at += 1, worth /= 10)
    ms += digitIn(text, at) * worth;
  return new Date(
    Date.UTC(year, pairIn(text, 5) - 1, pairIn(text, 8), pairIn(text, 11), pairIn(text, 14), pairIn(text, 17), ms),
  );
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === timestamptz && format !== 'binary') return momentFrom;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** The same on all connections of the process. */
const statementNames = new StatementNames();

/** How much longer than the server's own limit its answer is waited for. */
const graceMs = 2000;
/** How long it may take until changes are listened for. */
const hearsWithinMs = 3000;
export interface PostgresOptions extends DatabaseOptions {
  /** Connections at most. */
  connections?: number;
  /** Off where several clients share one session, as on the embedded database's socket. */
  prepared?: boolean;
  kind?: 'postgres' | 'guest';
  /** The URL past a pooler that hands connections on between transactions, where messages cannot be waited for. */
  direct?: string | undefined;
  /** How others are kept from migrating meanwhile, where all clients are one session and a lock would keep out none. */
  migrateAlone?: Driver['migrateAlone'];
}

/** Opens a PostgreSQL server by URL, or the embedded database of another process by the folder of its socket. */
export async function openPostgres(where: pg.PoolConfig, options: PostgresOptions = {}): Promise<Database> {
  const { connections = 10, prepared = true, kind = 'postgres', direct, onTrouble, presence } = options;
  const { statementTimeoutMs } = options;
  const config: pg.PoolConfig = {
    connectionTimeoutMillis: 5000,
    max: connections,
    types,
    ...(statementTimeoutMs !== undefined && direct === undefined ? { statement_timeout: statementTimeoutMs } : {}),
    // A server that cannot be heard breaks nothing off.
    ...(statementTimeoutMs !== undefined ? { query_timeout: statementTimeoutMs + graceMs } : {}),
    ...where,
  };
  const pool = new WatchedPool(config, presence);
  pool.on('error', (error) => onTrouble?.(error));
  await firstAnswer(pool, kind).catch(async (cause: unknown) => {
    await pool.end();
    throw isShutOut(cause) && kind === 'guest' ? occupied(where, cause) : unreachable(where, cause);
  });

  const breakOff = breakingOff(where);
  const statement = (text: string, values: unknown[]) =>
    prepared ? { name: statementNames.nameOf(text), text, values } : { text, values };
  const adapter = new PrismaPg(pool, {
    schema: 'public',
    ...(prepared ? { statementNameGenerator: (query) => statementNames.nameOf(query.sql) } : {}),
  });
  return databaseOver(
    {
      kind,
      adapter: withWholeScripts(adapter, (script) => pool.query(script)),
      query: async <Row>(text: string, values: unknown[], signal?: AbortSignal) => {
        const asked = statement(text, values);
        const isEnding = signal && kind === 'postgres';
        return (isEnding ? await queryUntil(signal, pool, breakOff, asked) : await pool.query(asked)).rows as Row[];
      },
      async script<Row>(text: string) {
        // Of several statements it answers a list of results, which its types do not say.
        const answer: unknown = await pool.query(text);
        const results = (Array.isArray(answer) ? answer : [answer]) as { rows: Row[] }[];
        return results.at(-1)?.rows ?? [];
      },
      queryWithin: async <Row>(transaction: AdapterTransaction, text: string, values: unknown[]) =>
        (await connectionOf<pg.PoolClient>(transaction).query(statement(text, values))).rows as Row[],
      async migrateAlone(work) {
        if (options.migrateAlone) return options.migrateAlone(work);
        const guard = new pg.Client(where);
        await guard.connect();
        try {
          await guard.query('select pg_advisory_lock($1)', [migrationLock]);
          return await work();
        } finally {
          await guard.end();
        }
      },
      async subscribe(channel, { onMessage, onLost }) {
        const client = new pg.Client({
          connectionTimeoutMillis: hearsWithinMs,
          ...where,
          ...(direct ? { connectionString: direct } : {}),
          keepAlive: true,
        });
        // Before it listens there is nothing to lose: that it could not begin is answered instead.
        let isOver = true;
        let asked: Promise<void> = Promise.resolve();
        const lost = (error: Error) => {
          if (!isOver) onLost(error);
          isOver = true;
        };
        client.on('notification', ({ payload }) => onMessage(payload ?? ''));
        client.on('error', lost);
        client.on('end', () => lost(new Error('the server closed the connection')));
        try {
          await client.connect();
          await answeredWithin(hearsWithinMs, client.query(`listen ${channel}`));
          isOver = false;
        } catch (error) {
          await ended(client);
          throw error;
        }
        return {
          // A message is handed over before the answer to what the connection is asked after it was sent.
          // One is asked after the other: a connection takes one statement at a time.
          caughtUp: () =>
            (asked = asked.catch(() => undefined).then(async () => void (await client.query('select 1')))),
          async close() {
            isOver = true;
            await ended(client);
          },
        };
      },
      pool: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      hangUp: () => pool.hangUp(),
      async close() {
        const deadline = setTimeout(() => pool.hangUp(), endsWithinMs);
        await pool.end();
        clearTimeout(deadline);
      },
    },
    options,
  );
}

/**
 * Sends a statement, and has the server break it off when `signal` says so. Its connection is not used again then: the word to
 * break off may reach the server late, and would meet the next statement on it.
 */
async function queryUntil(
  signal: AbortSignal,
  pool: pg.Pool,
  breakOff: (processId: number) => void,
  statement: pg.QueryConfig,
): Promise<pg.QueryResult> {
  signal.throwIfAborted();
  const client = await pool.connect();
  let isBrokenOff = false;
  const giveUp = () => {
    isBrokenOff = true;
    // The driver’s types leave it out.
    const processId: unknown = Reflect.get(client, 'processID');
    if (typeof processId === 'number') breakOff(processId);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    signal.throwIfAborted();
    return await client.query(statement);
  } catch (error) {
    if (isDatabaseAway(error)) isBrokenOff = true;
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    client.release(isBrokenOff);
  }
}

/**
 * Has the server break off what its processes are at, over a connection of its own: those of the pool may all be waiting. Past
 * a pooler the processes are others than they seem, and what is not broken off ends by the server's own limit.
 */
function breakingOff(where: pg.PoolConfig): (processId: number) => void {
  let waiting: number[] = [];
  let isAtWork = false;

  async function work(): Promise<void> {
    const client = new pg.Client({ connectionTimeoutMillis: 5000, ...where });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (waiting.length > 0) {
        const processIds = waiting;
        waiting = [];
        await client.query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [processIds]);
      }
    } catch {
      waiting = [];
    } finally {
      isAtWork = false;
      await client.end().catch(() => undefined);
    }
  }

  return (processId) => {
    waiting.push(processId);
    if (isAtWork) return;
    isAtWork = true;
    void work();
  };
}

const patienceMs = 30_000;
const pauseMs = 100;

/** The socket of an embedded database lets in one at a time and hangs up on whoever knocks meanwhile: guests wait for it. */
async function firstAnswer(pool: pg.Pool, kind: Database['kind']): Promise<void> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      await pool.query('select 1');
      return;
    } catch (error) {
      if (kind !== 'guest' || !isShutOut(error) || waited >= patienceMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function isShutOut(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE' || message.startsWith('Connection terminated');
}

const occupied = ({ host }: pg.PoolConfig, cause: unknown): DatabaseUnusable =>
  new DatabaseUnusable(
    `The data folder ${host} lets in one command beside the service, and another is at work. Try again when it has ended.`,
    { cause },
  );

function unreachable(where: pg.PoolConfig, cause: unknown): DatabaseUnusable {
  const place = where.connectionString ? placeOf(where.connectionString) : (where.host ?? 'the database');
  const reason = cause instanceof AggregateError ? cause.errors.map(String).join('; ') : (cause as Error).message;
  return new DatabaseUnusable(
    `The database at ${place} cannot be used: ${reason}. Check DATABASE_URL and that the server is running.`,
    { cause },
  );
}

/** The URL without the password that may be in it. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + pathname;
  } catch {
    return 'DATABASE_URL';
  }
}
