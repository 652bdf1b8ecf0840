import { randomBytes } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { makeReady } from '../../src/cli/open.js';
import { withWholeScripts } from '../../src/database/connect.js';
import { DatabaseUnusable } from '../../src/database/database.js';
import { schemaDifference } from '../../src/database/migrations.js';
import { sql } from '../../src/database/sql.js';
import { freshDatabase } from '../support/database.js';
import { migrationsOnDisk } from '../support/migrations.js';

const patience = 300_000;

describe('schema.prisma and the migrations', () => {
  /** An empty PostgreSQL in which the engine may try migrations out. */
  let pglite: PGlite;
  beforeAll(async () => {
    pglite = await PGlite.create({ extensions: { pg_trgm, unaccent } });
  }, patience);
  afterAll(() => pglite.close());

  function difference(from: 'nothing' | 'migrations'): Promise<string> {
    const factory = withWholeScripts(new PrismaPGlite(pglite), (script) => pglite.exec(script));
    return schemaDifference({ ...factory, connectToShadowDb: () => factory.connect() }, from);
  }

  it(
    'are compared by a means that sees a difference',
    async () => {
      expect(await difference('nothing')).toContain('CREATE TABLE "audit_entry"');
    },
    patience,
  );

  it(
    'say the same',
    async () => {
      expect((await difference('migrations')).trim()).toBe('-- This is an empty migration.');
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

  it('that a newer program has added to is used as before, while both run; one from which it has taken away is refused, in words that say what to do', async () => {
    const db = await freshDatabase();
    try {
      await db.rows(sql`
        insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
        values (${randomBytes(18).toString('hex')}, '', '29991231000000_add_the_future', now(), now(), 1)`);
      expect(await db.standing()).toEqual({ state: 'expanded', unknown: ['29991231000000_add_the_future'] });
      await expect(makeReady(db)).resolves.toBeUndefined();
      await db.rows(sql`
        insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
        values (${randomBytes(18).toString('hex')}, '', '29991231000001_remove_the_past', now(), now(), 1)`);
      expect((await db.standing()).state).toBe('ahead');
      const refusal = await makeReady(db).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DatabaseUnusable);
      expect((refusal as Error).message).toBe(
        'The database is newer than this program: it has the migration 29991231000001_remove_the_past. Start the newer Dateline that made it.',
      );
    } finally {
      await db.close();
    }
  });

  it(
    'that is empty is brought up where it is embedded; a server waits to be told',
    async () => {
      const db = await freshDatabase();
      try {
        await db.send('drop schema public cascade; create schema public');
        expect(await db.standing()).toEqual({ state: 'behind', missing: await migrationsOnDisk() });
        await expect(makeReady({ ...db, kind: 'postgres' })).rejects.toThrow(
          /lacks \d+ migrations of this program\. Run `dateline migrate` first\./,
        );
        expect((await db.standing()).state).toBe('behind');
        await makeReady({ ...db, kind: 'embedded' });
        expect(await db.standing()).toEqual({ state: 'current' });
      } finally {
        await db.close();
      }
    },
    patience,
  );
});
