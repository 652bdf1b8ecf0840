import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Database, DatabaseOptions } from './database.js';
import { openPostgres } from './postgres.js';

/** An empty database of its own on the server of `serverUrl`; closing it drops it. */
export async function openScratch(serverUrl: string, options: DatabaseOptions = {}): Promise<Database> {
  const name = `dateline_scratch_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = await openPostgres({ connectionString: url.href }, options);
  const close = () => database.close();
  return {
    ...database,
    close: async () => {
      await close();
      await onServer(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const admin = new pg.Client(serverUrl);
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
