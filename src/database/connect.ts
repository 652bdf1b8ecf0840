import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  Transaction as AdapterTransaction,
} from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.js';
import type {
  Database,
  DatabaseOptions,
  MigrationReport,
  PoolMeasures,
  Subscription,
  SubscriptionOptions,
  Transaction,
} from './database.js';
import type { Dependency, Reads } from './dependencies.js';
import { applyMigrations, compareMigrations } from './migrations.js';
import { isDiskFull } from './presence.js';
import type { RowMemory } from './row-memory.js';
import { refuseUnstorable, sql, type Sql } from './sql.js';
import type { Watch } from './watch.js';

/** What differs between a server and the embedded database. */
export interface Driver {
  readonly kind: Database['kind'];
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** One statement; it is given up, if that is possible, when `signal` says so. */
  query<Row>(text: string, values: unknown[], signal?: AbortSignal): Promise<Row[]>;
  /** Runs any number of statements in one go. Answers the rows of the last. */
  script<Row>(text: string): Promise<Row[]>;
  /** Sends a statement on the connection that holds a transaction of the adapter's. */
  queryWithin<Row>(transaction: AdapterTransaction, text: string, values: unknown[]): Promise<Row[]>;
  /** Runs `work` while no other process migrates this database. */
  migrateAlone(work: () => Promise<MigrationReport>): Promise<MigrationReport>;
  subscribe(channel: string, options: SubscriptionOptions): Promise<Subscription>;
  /** Breaks off every connection, where there are any. */
  hangUp?(): void;
  /** Connections, where there are several. */
  readonly pool?: () => PoolMeasures;
  close(): Promise<void>;
}

/**
 * Where the adapter leaves the transaction it begins for the one that is being opened. A plain object: Prisma keeps a
 * hundred closed transactions, and with each whatever can be reached from here.
 */
const opening = new AsyncLocalStorage<{ begun?: AdapterTransaction; watch?: Watch | undefined }>();
let transactions = 0;

/** Runs `work` where {@link opening} can be seen. Following every promise of the process costs reading a tenth: only writing pays it. */
async function following<Result>(work: () => Promise<Result>, watch?: Watch): Promise<Result> {
  transactions += 1;
  try {
    return await opening.run({ watch }, work);
  } finally {
    transactions -= 1;
    if (transactions === 0) opening.disable();
  }
}

/** The connection that an adapter's transaction runs on, which adapters keep to themselves. */
export function connectionOf<Connection>(transaction: AdapterTransaction): Connection {
  const connection: unknown = Reflect.get(transaction, 'client');
  if (!connection) throw new Error('the adapter keeps its connection elsewhere than it did');
  return connection as Connection;
}

/** `transaction` itself, with `watch` around each statement that Prisma sends on it. */
function watchedTransaction(transaction: AdapterTransaction, watch: Watch): AdapterTransaction {
  const queryRaw = transaction.queryRaw.bind(transaction);
  const executeRaw = transaction.executeRaw.bind(transaction);
  return Object.assign(transaction, {
    queryRaw: (query: Parameters<typeof queryRaw>[0]) => watch(query.sql, () => queryRaw(query)),
    executeRaw: (query: Parameters<typeof executeRaw>[0]) => watch(query.sql, () => executeRaw(query)),
  });
}

// The engine notes a migration when it begins and when it has ended. A process killed in between would leave open whether it
// was applied, and nobody could start; in the script's own transaction the note says it.
const noteThatItIsApplied = `do $$ begin
  if to_regclass('public._prisma_migrations') is not null then
    update public._prisma_migrations set finished_at = now() where finished_at is null and rolled_back_at is null;
  end if;
end $$`;

/**
 * An adapter that runs a migration as the one script it is. Prisma's own cut it at every semicolon, inside functions and
 * comments too, or do not wait for its end; and one leaves out the schema's name, without which migrating does not start.
 */
export function withWholeScripts(
  factory: SqlMigrationAwareDriverAdapterFactory,
  runScript: (script: string) => Promise<unknown>,
): SqlMigrationAwareDriverAdapterFactory {
  const mended = async (connecting: Promise<SqlDriverAdapter>) => {
    const adapter = await connecting;
    const begin = adapter.startTransaction.bind(adapter);
    return Object.assign(adapter, {
      startTransaction: async (...how: Parameters<typeof begin>) => {
        const transaction = await begin(...how);
        const store = opening.getStore();
        if (store) store.begun = store.watch ? watchedTransaction(transaction, store.watch) : transaction;
        return transaction;
      },
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
      executeScript: async (script: string) => void (await runScript(`${script}\n;${noteThatItIsApplied}`)),
    });
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => mended(factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** One watch inside the other. */
const both = (outer: Watch | undefined, inner: Watch | undefined): Watch | undefined =>
  outer && inner ? (text, send) => outer(text, () => inner(text, send)) : (outer ?? inner);

const journalExists = sql`select to_regclass('_prisma_migrations') is not null as "exists"`;

/** Puts Prisma and plain statements over one driver. */
export function databaseOver(driver: Driver, { onStatement, watch, presence }: DatabaseOptions = {}): Database {
  const prisma = new PrismaClient({
    adapter: driver.adapter,
    ...(onStatement ? { log: [{ emit: 'event' as const, level: 'query' as const }] } : {}),
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  });
  if (onStatement) {
    (prisma as PrismaClient<'query'>).$on('query', (event) => onStatement(event.query, event.duration));
  }

  /** Has it known where there is no room for what was to be written. */
  const noticing = <Result>(doing: Promise<Result>): Promise<Result> =>
    doing.catch((error: unknown) => {
      if (isDiskFull(error)) presence?.hadNoRoom();
      throw error;
    });

  async function told<Row>(
    { text, values }: Pick<Sql, 'text' | 'values'>,
    send: (text: string, values: unknown[]) => Promise<Row[]>,
  ): Promise<Row[]> {
    refuseUnstorable(values);
    const sent = () => noticing(watch ? watch(text, () => send(text, values)) : send(text, values));
    if (!onStatement) return sent();
    const began = performance.now();
    const answer = await sent();
    onStatement(text, performance.now() - began);
    return answer;
  }

  async function script<Row>(text: string): Promise<Row[]> {
    if (!onStatement) return driver.script(text);
    const began = performance.now();
    const answer = await driver.script<Row>(text);
    onStatement(text, performance.now() - began);
    return answer;
  }

  const rows = <Row>(statement: Sql, signal?: AbortSignal) =>
    told<Row>(statement, (text, values) => driver.query(text, values, signal));

  const database: Database = {
    kind: driver.kind,
    prisma,
    rows,
    read: (statement, _dependsOn, signal) => rows(statement, signal),
    memory: null,
    pool: driver.pool,
    note: () => undefined,
    noting: (reads) => noting(database, reads, database),
    remembering: (memory) => remembering(database, memory, database),
    readingFrom: (elsewhere) => readingFrom(database, elsewhere),
    subscribe: (channel, options) => driver.subscribe(channel, options),
    send: <Row>(text: string, values?: readonly unknown[]) =>
      values ? told<Row>({ text, values: [...values] }, (sent, given) => driver.query(sent, given)) : script<Row>(text),
    transaction(work, options) {
      const within = async (tx: Transaction['prisma']) => {
        const transaction = opening.getStore()?.begun;
        if (!transaction) throw new Error('a transaction has begun that the adapter did not tell of');
        // Prisma writes a statement's values out as JSON and reads its rows back; a body of text is spared both here.
        // A connection takes one statement at a time; those asked for together are sent in their order.
        let last: Promise<unknown> = Promise.resolve();
        const inTurn = <Result>(send: () => Promise<Result>): Promise<Result> => {
          const result = last.then(send);
          last = result.catch(() => undefined);
          return result;
        };
        const rowsWithin = <Row>(statement: Sql) =>
          inTurn(() => told<Row>(statement, (text, values) => driver.queryWithin(transaction, text, values)));
        return work({
          prisma: tx,
          rows: rowsWithin,
          read: rowsWithin,
          send: <Row>(text: string, values: readonly unknown[] = []) =>
            inTurn(() =>
              told<Row>({ text, values: [...values] }, (sent, given) => driver.queryWithin(transaction, sent, given)),
            ),
        });
      };
      const { timeoutMs: timeout } = options ?? {};
      return following(
        () => noticing(prisma.$transaction(within, timeout === undefined ? {} : { timeout })),
        both(options?.watch, watch),
      );
    },
    migrate: () =>
      driver.migrateAlone(async () => {
        // What was begun and has no note of its end was rolled back with the process that began it.
        const [table] = await rows<{ exists: boolean }>(journalExists);
        if (table?.exists)
          await rows(sql`delete from _prisma_migrations where finished_at is null and rolled_back_at is null`);
        return applyMigrations(driver.adapter);
      }),
    async standing() {
      const [table] = await rows<{ exists: boolean }>(journalExists);
      if (!table?.exists) return compareMigrations([]);
      const applied = await rows<{ name: string }>(
        sql`select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null order by 1`,
      );
      return compareMigrations(applied.map((migration) => migration.name));
    },
    hangUp: () => driver.hangUp?.(),
    async close() {
      await prisma.$disconnect();
      await driver.close();
    },
  };
  return database;
}

type Source = Pick<Database, 'rows'>;

/** `database` with what is read from `source` noted in `reads`. */
function noting(database: Database, reads: Reads, source: Source): Database {
  const unnoted = <Result>(result: Result): Result => {
    reads.spoil();
    return result;
  };
  return {
    ...database,
    remembering: (memory) => noting(database.remembering(memory), reads, source),
    note: (dependencies) => reads.note(dependencies),
    get prisma() {
      return unnoted(database.prisma);
    },
    rows: (statement, signal) => unnoted(database.rows(statement, signal)),
    send: (text, values) => unnoted(database.send(text, values)),
    transaction: (work, options) => unnoted(database.transaction(work, options)),
    async read<Row>(statement: Sql, dependsOn: (rows: readonly Row[]) => Iterable<Dependency>, signal?: AbortSignal) {
      const rows = await source.rows<Row>(statement, signal);
      reads.note(dependsOn(rows));
      return rows;
    },
  };
}

/** `database` with rows in `memory`. */
function remembering(database: Database, memory: RowMemory | null, source: Source): Database {
  if (database.memory === memory) return database;
  return over({ ...database, memory }, source);
}

const readingFrom = (database: Database, source: Source): Database => over({ ...database }, source);

/** `database` for which what is noted is read from `source`. */
function over(database: Database, source: Source): Database {
  return Object.assign(database, {
    noting: (reads: Reads) => noting(database, reads, source),
    remembering: (memory: RowMemory | null) => remembering(database, memory, source),
    readingFrom: (elsewhere: Source) => readingFrom(database, elsewhere),
  });
}
