import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { Transaction as AdapterTransaction } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { connectionOf, databaseOver, withWholeScripts } from './connect.js';
import type { Database, DatabaseOptions } from './database.js';
import { holdFolder } from './hold.js';
import { openPostgres } from './postgres.js';

const extensions = { pg_trgm, unaccent };

function overPGlite(pglite: PGlite, close: () => Promise<void>, options: DatabaseOptions): Database {
  return databaseOver(
    {
      kind: 'embedded',
      adapter: withWholeScripts(new PrismaPGlite(pglite), (script) => pglite.exec(script)),
      query: async <Row>(text: string, values: unknown[]) => (await pglite.query<Row>(text, values)).rows,
      // In a transaction, so that a script that breaks off inside one of its own does not leave it to the next who asks.
      script: async <Row>(text: string) =>
        ((await pglite.transaction((within) => within.exec(text))).at(-1)?.rows ?? []) as Row[],
      queryWithin: async <Row>(transaction: AdapterTransaction, text: string, values: unknown[]) =>
        (await connectionOf<PGliteTransaction>(transaction).query<Row>(text, values)).rows,
      migrateAlone: (work) => work(),
      close,
    },
    options,
  );
}

/**
 * Opens the PostgreSQL that runs inside this process on `folder`. When another process has the folder, joins it by the
 * socket it keeps there.
 */
export async function openEmbedded(folder: string, options: DatabaseOptions = {}): Promise<Database> {
  const hold = await holdFolder(folder);
  if (!hold.held) {
    const where = { host: hold.folder, database: 'postgres', user: 'postgres', password: 'postgres' };
    return openPostgres(where, { ...options, connections: 1, prepared: false, kind: 'guest' });
  }
  const dataDir = path.join(folder, 'pgdata');
  await mkdir(dataDir, { recursive: true });
  const pglite = await PGlite.create({ dataDir, extensions });
  const door = new PGLiteSocketServer({ db: pglite, path: hold.socket });
  await door.start();
  return overPGlite(
    pglite,
    async () => {
      await door.stop();
      await pglite.close();
      await hold.release();
    },
    options,
  );
}

/** An empty database in memory, or a copy of the one that `template` holds (see {@link dumpEmbedded}). */
export async function openInMemory(template?: Blob, options: DatabaseOptions = {}): Promise<Database> {
  const pglite = await PGlite.create({ extensions, ...(template ? { loadDataDir: template } : {}) });
  return overPGlite(pglite, () => pglite.close(), options);
}

/** A migrated, empty database as one file, for {@link openInMemory}. */
export async function migratedTemplate(): Promise<Blob> {
  const pglite = await PGlite.create({ extensions });
  const database = overPGlite(pglite, () => pglite.close(), {});
  await database.migrate();
  const template = await pglite.dumpDataDir('none');
  await database.close();
  return template;
}
