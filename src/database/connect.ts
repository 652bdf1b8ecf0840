import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.js';
import type { Database, DatabaseOptions, MigrationReport, Transaction } from './database.js';
import { applyMigrations, compareMigrations } from './migrations.js';
import { refuseUnstorable, sql, type Sql } from './sql.js';

/** What differs between a server and the embedded database. */
export interface Driver {
  readonly kind: Database['kind'];
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  query<Row>(text: string, values: unknown[]): Promise<Row[]>;
  /** Runs `work` while no other process migrates this database. */
  migrateAlone(work: () => Promise<MigrationReport>): Promise<MigrationReport>;
  close(): Promise<void>;
}

/**
 * An adapter that runs a migration as the one script it is. Prisma's own cut it at every semicolon, inside functions and
 * comments too, or do not wait for its end; and one leaves out the schema's name, without which migrating does not start.
 */
export function withWholeScripts(
  factory: SqlMigrationAwareDriverAdapterFactory,
  runScript: (script: string) => Promise<unknown>,
): SqlMigrationAwareDriverAdapterFactory {
  const mended = async (connecting: Promise<SqlDriverAdapter>) =>
    Object.assign(await connecting, {
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
      executeScript: async (script: string) => void (await runScript(script)),
    });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => mended(factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** Puts Prisma and plain statements over one driver. */
export function databaseOver(driver: Driver, { onStatement }: DatabaseOptions = {}): Database {
  const prisma = new PrismaClient({
    adapter: driver.adapter,
    ...(onStatement ? { log: [{ emit: 'event' as const, level: 'query' as const }] } : {}),
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  });
  if (onStatement) {
    (prisma as PrismaClient<'query'>).$on('query', (event) => onStatement(event.query, event.duration));
  }

  async function rows<Row>(statement: Sql): Promise<Row[]> {
    const { text, values } = statement;
    refuseUnstorable(values);
    if (!onStatement) return driver.query<Row>(text, values);
    const began = performance.now();
    const answer = await driver.query<Row>(text, values);
    onStatement(text, performance.now() - began);
    return answer;
  }

  return {
    kind: driver.kind,
    prisma,
    rows,
    transaction: (work, options) =>
      prisma.$transaction(
        async (tx) => {
          const within: Transaction = {
            prisma: tx,
            rows: async <Row>(statement: Sql) => {
              refuseUnstorable(statement.values);
              return tx.$queryRaw<Row[]>(statement);
            },
          };
          return work(within);
        },
        options?.timeoutMs === undefined ? {} : { timeout: options.timeoutMs },
      ),
    migrate: () => driver.migrateAlone(() => applyMigrations(driver.adapter)),
    async standing() {
      const [table] = await rows<{ exists: boolean }>(sql`select to_regclass('_prisma_migrations') is not null as "exists"`);
      if (!table?.exists) return compareMigrations([]);
      const applied = await rows<{ name: string }>(
        sql`select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`,
      );
      return compareMigrations(applied.map((migration) => migration.name));
    },
    async close() {
      await prisma.$disconnect();
      await driver.close();
    },
  };
}
