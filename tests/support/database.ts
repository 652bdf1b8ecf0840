import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import pg from 'pg';
import type { Database, DatabaseOptions } from '../../src/database/database.js';
import { openInMemory } from '../../src/database/embedded.js';
import { openPostgres } from '../../src/database/postgres.js';

/** An empty, migrated database of the test's own: on the server under TEST_DATABASE_URL, otherwise in memory. */
export async function freshDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const template = process.env['TEST_TEMPLATE'];
  if (template === undefined) throw new Error('tests/support/global-setup.ts has not run; use the integration project');
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) return openInMemory(await openAsBlob(template), options);

  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres({ connectionString: url.href }, { connections: 5, ...options });
  const close = () => database.close();
  return {
    ...database,
    close: async () => {
      await close();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
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
