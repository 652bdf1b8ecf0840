import { readFile } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { Database, DatabaseOptions } from '../../src/database/database.js';
import { overPGlite, pgliteInMemory } from '../../src/database/embedded.js';

/** What a database in memory is brought back to. */
interface Beginning {
  /** What it is made of: another means that a suite changed it. */
  made: string;
  /** The tables that are not empty then, with what is in them. */
  rows: { name: string; rows: unknown[] }[];
  tables: string[];
}

/** More than two at once are asked for by few suites, and each takes memory. */
const mostIdle = 3;
const idle: { pglite: PGlite; beginning: Beginning }[] = [];

// No more suites come to this process: it ends when nothing is left in it.
process.once('disconnect', () => {
  for (const { pglite } of idle.splice(0)) void pglite.close();
});

/** A copy of the migrated, empty database in the file `template`: one that a suite of this process has closed and emptied, if there is one. */
export async function inMemoryAgain(template: string, options: DatabaseOptions): Promise<Database> {
  const { pglite, beginning } = idle.pop() ?? (await begin(template));
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      if (idle.length >= mostIdle) throw new Error('There are enough.');
      await empty(pglite, beginning);
      idle.push({ pglite, beginning });
    } catch {
      await pglite.close();
    }
  };
  return overPGlite(
    untilClosed(pglite, () => closing !== undefined),
    { close: () => (closing ??= close()) },
    options,
  );
}

/** What a suite left running must not reach the next one's rows. */
const untilClosed = (pglite: PGlite, isClosed: () => boolean): PGlite =>
  new Proxy(pglite, {
    get(target, name) {
      if (isClosed()) throw new Error('This database is closed.');
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

async function begin(template: string) {
  // Not `openAsBlob`: of Node 20's, a read is never over, and a process may wait for it when it ends.
  const pglite = await pgliteInMemory(new Blob([await readFile(template)]));
  const { rows: tables } = await pglite.query<{ name: string; filled: boolean }>(`
    select oid::regclass::text as name, pg_relation_size(oid) > 0 as filled from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> '_prisma_migrations'`);
  const rows = [];
  for (const { name } of tables.filter(({ filled }) => filled)) {
    rows.push({ name, rows: (await pglite.query(`select * from ${name}`)).rows });
  }
  return { pglite, beginning: { made: await made(pglite), rows, tables: tables.map(({ name }) => name) } };
}

/** Throws when it cannot be as it was in the beginning. */
async function empty(pglite: PGlite, { made: before, rows, tables }: Beginning): Promise<void> {
  await pglite.exec('rollback');
  await pglite.exec('discard all');
  await pglite.exec('drop schema if exists pgboss cascade');
  if ((await made(pglite)) !== before) throw new Error('A suite changed what the database is made of.');
  // What was measured of its tables is what plans are made from.
  await pglite.exec(`set allow_system_table_mods = on; delete from pg_statistic where starelid >= 16384; reset all`);
  await pglite.exec(`truncate ${tables.join()} restart identity`);
  for (const { name, rows: kept } of rows) {
    await pglite.query(`insert into ${name} select * from jsonb_populate_recordset(null::${name}, $1)`, [kept]);
  }
}

/** Tables, columns, indexes, functions, triggers, settings, and which migrations are applied. */
async function made(pglite: PGlite): Promise<string> {
  const { rows } = await pglite.query<{ made: string }>(`
    select md5(string_agg(part, ',' order by part)) as made from (
      select concat('relation ', oid, relname) from pg_class where relnamespace = 'public'::regnamespace
      union all select concat('column ', attrelid, attname, atttypid, attnotnull, attisdropped) from pg_attribute where attrelid >= 16384
      union all select concat('index ', indexrelid, indisvalid) from pg_index where indexrelid >= 16384
      union all select concat('constraint ', oid, convalidated) from pg_constraint where oid >= 16384
      union all select concat('function ', oid, md5(prosrc)) from pg_proc where oid >= 16384
      union all select concat('trigger ', oid, tgenabled) from pg_trigger
      union all select concat('set ', setdatabase, setconfig) from pg_db_role_setting
      union all select concat('migration ', migration_name, checksum, finished_at is null) from _prisma_migrations
    ) as parts (part)`);
  return rows[0]!.made;
}
