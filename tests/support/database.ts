import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Database, DatabaseOptions } from '../../src/database/database.js';
import { openPostgres } from '../../src/database/postgres.js';
import { inMemoryAgain } from './in-memory.js';

/** An empty, migrated database of the test's own: on the server under TEST_DATABASE_URL, otherwise in memory. */
export async function freshDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const template = process.env['TEST_TEMPLATE'];
  if (template === undefined) throw new Error('tests/support/global-setup.ts has not run; use the integration project');
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) return inMemoryAgain(template, options);

  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres({ connectionString: url.href }, { connections: 5, ...options });
  const others = new pg.Client(url.href);
  await others.connect();
  return {
    ...readableOnceWritten(database, others),
    close: async () => {
      await database.close();
      await others.end();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * A transaction that is open in any database of a server keeps back the end of the logs in all of them: with suites that run at
 * once on one server, what a test writes would be told of at moments that other tests decide. Here a write returns when no
 * other database's transaction is older. Those of its own database are its test's affair.
 */
function readableOnceWritten(database: Database, others: pg.Client): Database {
  const isKeptBack = `select from change where xid >= (
    select min(backend_xid::text::bigint) from pg_stat_activity
    where backend_xid is not null and datname is distinct from current_database()) limit 1`;
  return {
    ...database,
    transaction: async (work, options) => {
      const result = await database.transaction(work, options);
      while ((await others.query(isKeptBack)).rowCount) await pause(5);
      return result;
    },
    remembering: (memory) => readableOnceWritten(database.remembering(memory), others),
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const admin = new pg.Client(server);
  await admin.connect();
  try {
    // Copies of one template are made one at a time; PostgreSQL refuses a template that is in use.
    await admin.query('select pg_advisory_lock(7130122)');
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
