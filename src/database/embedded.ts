import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import type {
  SqlMigrationAwareDriverAdapterFactory,
  Transaction as AdapterTransaction,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { connectionOf, databaseOver, type Driver, withWholeScripts } from './connect.js';
import { type Database, type DatabaseOptions, DatabaseUnusable } from './database.js';
import { openDoor } from './door.js';
import { holdFolder, migratingAlone } from './hold.js';
import { hasNoRoom, type Lasting, openLasting } from './lasting.js';
import { openPostgres } from './postgres.js';
import { isDiskFull } from './presence.js';

const extensions = { pg_trgm, unaccent };

/** How long a guest may say nothing before the place is given to the next: one that was killed may never hang up. */
const guestsIdleMs = 60_000;

interface Embedding {
  close: () => Promise<void>;
  /** Keeps others that are let in from migrating meanwhile; without it there are none. */
  migrateAlone?: Driver['migrateAlone'];
  /** Told when it stops; it never does when absent. */
  onStopped?: Lasting['onStopped'];
}

/**
 * Prisma's adapter over PGlite, whose transactions end when Prisma has sent the statement for it, as on a server. Left to the
 * adapter, a COMMIT that failed is answered as one that was made, and nobody is told of a ROLLBACK that failed.
 */
function adapterOver(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPGlite(pglite);
  const connect = factory.connect.bind(factory);
  return Object.assign(factory, {
    async connect() {
      const adapter = await connect();
      const begin = adapter.startTransaction.bind(adapter);
      return Object.assign(adapter, {
        async startTransaction(...how: Parameters<typeof begin>) {
          const begun = await begin(...how);
          // What is left to it is to let go of the connection, which it does either way when it commits.
          return Object.assign(begun, { options: { usePhantomQuery: false }, rollback: () => begun.commit() });
        },
      });
    },
  });
}

/** A database over a PGlite that somebody else has opened. */
export function overPGlite(
  pglite: PGlite,
  { close, migrateAlone, onStopped }: Embedding,
  options: DatabaseOptions = {},
): Database {
  return databaseOver(
    {
      kind: 'embedded',
      adapter: withWholeScripts(adapterOver(pglite), (script) => pglite.exec(script)),
      // What is running cannot be broken off: it runs in this process, and nothing else does meanwhile.
      async query<Row>(text: string, values: unknown[], signal?: AbortSignal) {
        signal?.throwIfAborted();
        return (await pglite.query<Row>(text, values)).rows;
      },
      // In a transaction, so that a script that breaks off inside one of its own does not leave it to the next who asks.
      script: async <Row>(text: string) =>
        ((await pglite.transaction((within) => within.exec(text))).at(-1)?.rows ?? []) as Row[],
      queryWithin: async <Row>(transaction: AdapterTransaction, text: string, values: unknown[]) =>
        (await connectionOf<PGliteTransaction>(transaction).query<Row>(text, values)).rows,
      migrateAlone: migrateAlone ?? ((work) => work()),
      async subscribe(channel, { onMessage, onLost }) {
        const stop = await pglite.listen(channel, onMessage);
        const forget = onStopped?.(onLost);
        return {
          // Messages come with the answer to whatever is asked next.
          caughtUp: async () => void (await pglite.query('select 1')),
          close() {
            forget?.();
            return stop();
          },
        };
      },
      close,
    },
    options,
  );
}

function joinHolder(folder: string, options: DatabaseOptions): Promise<Database> {
  return openPostgres(
    { host: folder, database: 'postgres', user: 'postgres', password: 'postgres' },
    {
      ...options,
      connections: 1,
      prepared: false,
      kind: 'guest',
      migrateAlone: (work) => migratingAlone(folder, work),
    },
  );
}

/** The PostgreSQL whose files PGlite reads and writes. */
export const postgresMajor = '18';

/** Where in a data folder the database's files stand. */
export const pglitePlace = (folder: string): string => path.join(path.resolve(folder), 'pgdata');

/** Where a backup stands that has been restored, and is about to be put in its place. */
export const restoredPlace = (folder: string): string => `${pglitePlace(folder)}.restored`;

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Does what was left by a restoration that was cut off at its very end: the old is set aside, the new is whole. */
async function finishRestoring(folder: string): Promise<void> {
  const [place, restored] = [pglitePlace(folder), restoredPlace(folder)];
  if (!(await isThere(place)) && (await isThere(restored))) await rename(restored, place);
}

/** Throws {@link DatabaseUnusable} when another PostgreSQL wrote what is in `dataDir`. */
async function mustFit(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'PG_VERSION');
  const wrote = (await readFile(file, 'utf8').catch(() => postgresMajor)).trim();
  if (wrote === postgresMajor) return;
  throw new DatabaseUnusable(
    `The data folder ${path.dirname(dataDir)} was written by PostgreSQL ${wrote}, and this program has PostgreSQL ${postgresMajor}. ` +
      'Export it with the program that wrote it (`dateline export`), and import that into a new folder.',
  );
}

/** Whether nobody listens where somebody did. */
const isGone = (cause: unknown) =>
  ['ENOENT', 'ECONNREFUSED'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');

/**
 * Opens the PostgreSQL that runs inside this process on `folder`. When another process has the folder, joins it by the
 * socket it keeps there.
 */
export async function openEmbedded(folder: string, options: DatabaseOptions = {}): Promise<Database> {
  const hold = await holdFolder(folder).catch((error: unknown) => {
    throw isDiskFull(error) ? noRoom(folder, error) : error;
  });
  if (!hold.held) {
    try {
      return await joinHolder(hold.folder, options);
    } catch (error) {
      // It answered, and has ended since.
      if (!isGone((error as Error).cause)) throw error;
      return openEmbedded(folder, options);
    }
  }
  const migrateAlone: Driver['migrateAlone'] = (work) => migratingAlone(folder, work);
  const dataDir = pglitePlace(folder);
  try {
    await finishRestoring(folder);
    await mkdir(dataDir, { recursive: true });
    await mustFit(dataDir);
    const lasting = await openLasting({
      dataDir,
      extensions,
      async over(pglite) {
        const door = await openDoor(pglite, hold.socket, guestsIdleMs);
        return () => door.stop();
      },
      onTrouble: options.onStopped,
    });
    const close = async () => {
      await lasting.close();
      await hold.release();
    };
    const onStopped: Lasting['onStopped'] = (listener) => lasting.onStopped(listener);
    return overPGlite(lasting.pglite, { close, migrateAlone, onStopped }, options);
  } catch (error) {
    await hold.release().catch(() => undefined);
    // What PGlite throws when it cannot begin seldom says why.
    const isFull = isDiskFull(error) || (!(error instanceof DatabaseUnusable) && (await hasNoRoom(folder)));
    throw isFull ? noRoom(folder, error) : error;
  }
}

const noRoom = (folder: string, cause: unknown): DatabaseUnusable =>
  new DatabaseUnusable(
    `The data folder ${folder} cannot be opened: its disk is full. Make room, or name another folder in DATA_DIR; nothing in it is lost.`,
    { cause },
  );

/** Clearing the room for pages takes longest of all when a database is opened: one that lives in memory needs little of it. */
const inMemory = { extensions, startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] };

/** An empty PGlite in memory, or a copy of the one that `template` holds (see {@link migratedTemplate}). */
export const pgliteInMemory = (template?: Blob): Promise<PGlite> =>
  PGlite.create({ ...inMemory, ...(template ? { loadDataDir: template } : {}) });

/** {@link pgliteInMemory} as a database, closed with it. */
export async function openInMemory(template?: Blob, options: DatabaseOptions = {}): Promise<Database> {
  const pglite = await pgliteInMemory(template);
  return overPGlite(pglite, { close: () => pglite.close() }, options);
}

/** A migrated, empty database as one file, for {@link openInMemory}: without what nobody who copies it asks for. */
export async function migratedTemplate(): Promise<Blob> {
  const pglite = await PGlite.create({ ...inMemory, initDbStartParams: ['--wal-segsize=1'] });
  const database = overPGlite(pglite, { close: () => pglite.close() });
  await database.migrate();
  await pglite.exec('update pg_database set datistemplate = false');
  for (const name of ['template0', 'template1']) await pglite.exec(`drop database ${name}`);
  await pglite.exec('checkpoint');
  const template = await pglite.dumpDataDir('none');
  await database.close();
  return template;
}

/** The names of the migrations that are applied to a database, or to the files of one that nobody runs on. */
export async function appliedIn(database: Database | string): Promise<string[]> {
  const applied = 'select migration_name as name from _prisma_migrations where finished_at is not null order by 1';
  if (typeof database !== 'string') {
    return (await database.send<{ name: string }>(applied, [])).map(({ name }) => name);
  }
  const pglite = await PGlite.create({ dataDir: database, extensions });
  try {
    return (await pglite.query<{ name: string }>(applied)).rows.map(({ name }) => name);
  } finally {
    await pglite.close();
  }
}
