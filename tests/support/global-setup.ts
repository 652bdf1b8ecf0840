import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migratedTemplate } from '../../src/database/embedded.js';
import { openPostgres } from '../../src/database/postgres.js';

/** Migrates one database, which every suite then copies. Where it is stands in TEST_TEMPLATE. */
export default async function setUp(): Promise<void> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined) {
    const folder = await mkdtemp(path.join(tmpdir(), 'dateline-template-'));
    const file = path.join(folder, 'template.tar');
    await writeFile(file, Buffer.from(await (await migratedTemplate()).arrayBuffer()));
    process.env['TEST_TEMPLATE'] = file;
    leaveBehind = () => rm(folder, { recursive: true, force: true });
    return;
  }
  const name = `dateline_template_${process.pid}`;
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres({ connectionString: url.href });
  await database.migrate();
  await database.close();
  process.env['TEST_TEMPLATE'] = name;
  leaveBehind = async () => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database where datname = $1 or datname like $1 || '\\_%'`,
      [name],
    );
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
    await admin.end();
  };
}

let leaveBehind: (() => Promise<void>) | undefined;

/** Removes what {@link setUp} made, and copies that a suite could not remove. */
export async function tearDown(): Promise<void> {
  await leaveBehind?.();
}
