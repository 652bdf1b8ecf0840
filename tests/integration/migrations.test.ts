import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import pg from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { makeReady } from '../../src/cli/open.js';
import { withWholeScripts } from '../../src/database/connect.js';
import { DatabaseUnusable } from '../../src/database/database.js';
import { openInMemory } from '../../src/database/embedded.js';
import { schemaDifference } from '../../src/database/migrations.js';
import { sql } from '../../src/database/sql.js';
import { freshDatabase } from '../support/database.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patience = 300_000;

const migrationsOnDisk = async () =>
  (await readdir(path.join(root, 'prisma/migrations'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

describe('schema.prisma and the migrations', () => {
  /** An empty PostgreSQL in which the engine may try migrations out. */
  async function difference(from: 'nothing' | 'migrations'): Promise<string> {
    const pglite = await PGlite.create({ extensions: { pg_trgm, unaccent } });
    const factory = withWholeScripts(new PrismaPGlite(pglite), (script) => pglite.exec(script));
    try {
      return await schemaDifference({ ...factory, connectToShadowDb: () => factory.connect() }, from);
    } finally {
      await pglite.close();
    }
  }

  it(
    'say the same',
    async () => {
      expect((await difference('migrations')).trim()).toBe('-- This is an empty migration.');
    },
    patience,
  );

  it(
    'are compared by a means that sees a difference',
    async () => {
      expect(await difference('nothing')).toContain('CREATE TABLE "audit_entry"');
    },
    patience,
  );
});

describe('a database', () => {
  it('that has every migration stands with this program', async () => {
    const db = await freshDatabase();
    try {
      expect(await db.standing()).toEqual({ state: 'current' });
      expect(await db.migrate()).toEqual({ applied: [] });
      await expect(makeReady(db)).resolves.toBeUndefined();
    } finally {
      await db.close();
    }
  });

  it('that a newer program has migrated is refused, in words that say what to do', async () => {
    const db = await freshDatabase();
    try {
      await db.rows(sql`
        insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
        values (${randomBytes(18).toString('hex')}, '', '29991231000000_add_the_future', now(), now(), 1)`);
      expect(await db.standing()).toEqual({ state: 'ahead', unknown: ['29991231000000_add_the_future'] });
      const refusal = await makeReady(db).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DatabaseUnusable);
      expect((refusal as Error).message).toBe(
        'The database is newer than this program: it has the migration 29991231000000_add_the_future. Start the newer Dateline that made it.',
      );
    } finally {
      await db.close();
    }
  });

  it(
    'that is empty is brought up where it is embedded; a server waits to be told',
    async () => {
      const db = await openInMemory();
      try {
        expect(await db.standing()).toEqual({ state: 'behind', missing: await migrationsOnDisk() });
        await expect(makeReady({ ...db, kind: 'postgres' })).rejects.toThrow(
          /lacks \d+ migrations of this program\. Run `dateline migrate` first\./,
        );
        expect((await db.standing()).state).toBe('behind');
        await makeReady(db);
        expect(await db.standing()).toEqual({ state: 'current' });
      } finally {
        await db.close();
      }
    },
    patience,
  );
});

describe('two processes that migrate at once', () => {
  const migrate = async (environment: Record<string, string>) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'src/cli/dateline.ts', 'migrate'],
      {
        cwd: root,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      },
    );
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('applied '))
      .map((line) => line.slice('applied '.length));
  };

  async function race(environment: Record<string, string>) {
    const [first, second] = await Promise.all([migrate(environment), migrate(environment)]);
    expect([...first, ...second].sort()).toEqual(await migrationsOnDisk());
    expect(await migrate(environment)).toEqual([]);
  }

  const server = process.env['TEST_DATABASE_URL'];
  (server === undefined ? it.skip : it)(
    'on one server apply each migration once',
    async () => {
      const name = `dateline_race_${randomBytes(6).toString('hex')}`;
      const admin = new pg.Client(server);
      await admin.connect();
      await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
      try {
        const url = new URL(server ?? '');
        url.pathname = `/${name}`;
        await race({ DATABASE_URL: url.href });
      } finally {
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.end();
      }
    },
    3 * patience,
  );
});
