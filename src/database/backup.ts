import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as tar from 'tar';
import { z } from 'zod';
import { type Database, DatabaseUnusable } from './database.js';
import { appliedIn, pglitePlace, postgresMajor, restoredPlace } from './embedded.js';
import { holdFolder } from './hold.js';
import { compareMigrations } from './migrations.js';
import { sql } from './sql.js';

const manifestName = 'dateline-backup.json';
const copyName = 'pgdata';
/** Says which process runs on the files; nobody does on a copy. */
const leftOut = new Set(['postmaster.pid']);
/** A guest that says nothing is shown out after a minute; copying much takes longer. */
const keepPlaceEveryMs = 5000;
const longestCopyMs = 6 * 3_600_000;

const Manifest = z.object({
  /** What this is, for a person who looks into the archive. */
  what: z.literal('a backup of Dateline’s embedded database'),
  format: z.number().int(),
  /** The Dateline that took it. */
  program: z.string(),
  postgres: z.string(),
  migrations: z.array(z.string()),
  takenAt: z.iso.datetime(),
  files: z.number().int(),
  bytes: z.number().int(),
});

/** What a backup says of itself, in its first file. */
export type Manifest = z.infer<typeof Manifest>;

const format = 1;

interface Size {
  files: number;
  bytes: number;
}

async function sizeOf(folder: string): Promise<Size> {
  const size = { files: 0, bytes: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    size.files += 1;
    size.bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return size;
}

export interface BackupOptions {
  /** The folder of the embedded database, which this process or another has opened. */
  dataFolder: string;
  /** What the backup is called when it is whole; one of that name is there until then. */
  file: string;
  program: string;
  now: Date;
}

/**
 * Writes the embedded database behind `db` to a file, as it stands at one moment. Writing and reading wait while its files are
 * copied; packing the copy keeps nobody waiting.
 */
export async function takeBackup(db: Database, { dataFolder, file, program, now }: BackupOptions): Promise<Manifest> {
  const migrations = await appliedIn(db);
  const target = path.resolve(file);
  await mkdir(path.dirname(target), { recursive: true });
  const partial = `${target}.partial-${randomBytes(4).toString('hex')}`;
  // Beside the target, where there has to be room; for nobody else to read.
  const copies = await mkdtemp(`${target}.copy-`);
  try {
    await copyStill(db, pglitePlace(dataFolder), path.join(copies, copyName));
    const manifest: Manifest = {
      what: 'a backup of Dateline’s embedded database',
      format,
      program,
      postgres: postgresMajor,
      migrations,
      takenAt: now.toISOString(),
      ...(await sizeOf(path.join(copies, copyName))),
    };
    await writeFile(path.join(copies, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    // It holds what signs tokens and webhooks.
    const written = await open(partial, 'wx', 0o600);
    try {
      for await (const chunk of tar.create({ gzip: true, portable: true, cwd: copies }, [manifestName, copyName])) {
        await written.write(chunk);
      }
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(partial, target);
    return manifest;
  } finally {
    await rm(partial, { force: true });
    await removed(copies);
  }
}

/** Copies the files of the database while a transaction of ours keeps everybody else from touching them. */
async function copyStill(db: Database, from: string, to: string): Promise<void> {
  await db.transaction(
    async (tx) => {
      // What is in memory alone is written; what is left is in the log beside it, as after a crash.
      await tx.rows(sql`checkpoint`);
      const keepingPlace = setInterval(() => void tx.rows(sql`select 1`).catch(() => undefined), keepPlaceEveryMs);
      try {
        const filter = (source: string) => !leftOut.has(path.basename(source));
        await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, filter });
      } finally {
        clearInterval(keepingPlace);
      }
      // Fails where the transaction ended before the copy did: that would be a copy of no one moment.
      await tx.rows(sql`select 1`);
    },
    { timeoutMs: longestCopyMs },
  );
}

/** Removes a folder to which what failed may still be writing. */
const removed = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

const notOurs = (file: string, why: string) => new DatabaseUnusable(`${file} cannot be restored: ${why}`);

async function isGzip(file: string): Promise<boolean> {
  try {
    for await (const chunk of createReadStream(file, { end: 1 })) return (chunk as Buffer).equals(Buffer.of(31, 139));
  } catch (error) {
    throw notOurs(file, (error as Error).message);
  }
  return false;
}

const damaged = (file: string, error: unknown) =>
  notOurs(file, `it is damaged (${(error as Error).message}). Take another copy of it, or an older backup.`);

/** Throws {@link DatabaseUnusable} where bytes of it are missing or others than were written: gzip keeps a sum of them. */
async function mustBeWhole(file: string): Promise<void> {
  try {
    await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) if (chunk.length === 0) return;
    });
  } catch (error) {
    throw damaged(file, error);
  }
}

/** What `file` says of itself. Throws {@link DatabaseUnusable} where this program cannot restore it. */
export async function manifestOf(file: string): Promise<Manifest> {
  const foreign = `it is not a file that \`dateline backup\` wrote.`;
  if (!(await isGzip(file))) throw notOurs(file, foreign);
  await mustBeWhole(file);
  let text = '';
  let isFirst = true;
  await tar
    .list({
      file,
      onReadEntry(entry) {
        if (isFirst && entry.path === manifestName) entry.on('data', (chunk) => (text += chunk.toString('utf8')));
        isFirst = false;
      },
    })
    // An archive in it that cannot be read is none of ours.
    .catch(() => undefined);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw notOurs(file, foreign);
  }
  const { format: itsFormat, program } = z.object({ format: z.number(), program: z.string() }).partial().parse(found);
  if (itsFormat !== undefined && itsFormat > format) {
    throw notOurs(file, `it was written by the newer Dateline ${program ?? ''}. Restore it with that, or a later one.`);
  }
  const parsed = Manifest.safeParse(found);
  if (!parsed.success) throw notOurs(file, foreign);
  const manifest = parsed.data;
  if (manifest.postgres !== postgresMajor) {
    throw notOurs(
      file,
      `its data were written by PostgreSQL ${manifest.postgres}, and this program has PostgreSQL ${postgresMajor}. Restore it with Dateline ${manifest.program}, and bring it over by \`dateline export\` and \`dateline import\`.`,
    );
  }
  const standing = await compareMigrations(manifest.migrations);
  if (standing.state === 'ahead') {
    throw notOurs(
      file,
      `it was taken by the newer Dateline ${manifest.program}, with the migration ${standing.unknown.at(-1)}. Restore it with that, or a later one.`,
    );
  }
  return manifest;
}

export interface RestoreOptions {
  dataFolder: string;
  /** Has what is in the folder set aside, which is refused otherwise. */
  replace?: boolean;
  now: Date;
}

export interface Restored {
  manifest: Manifest;
  /** Where what was in the folder stands now; null when there was nothing. */
  setAside: string | null;
}

/**
 * Puts a backup where the embedded database is kept. It is unpacked beside, opened and looked at, and only then put in place:
 * until that moment, and when anything fails, the folder stands as it stood. Throws {@link DatabaseUnusable}.
 */
export async function restoreBackup(file: string, options: RestoreOptions): Promise<Restored> {
  const { dataFolder, replace = false, now } = options;
  const manifest = await manifestOf(file);
  const hold = await holdFolder(dataFolder);
  if (!hold.held) {
    throw new DatabaseUnusable(`A Dateline is running on the data folder ${dataFolder}. Stop it, then restore.`);
  }
  const place = pglitePlace(dataFolder);
  const unpacked = await mkdtemp(path.join(path.resolve(dataFolder), 'restoring-'));
  try {
    const isTaken = (await readdir(place).catch(() => [])).length > 0;
    if (isTaken && !replace) {
      throw new DatabaseUnusable(
        `There are data in the folder ${dataFolder} already. Name an empty one in DATA_DIR, or say --replace: what is there is set aside, not deleted.`,
      );
    }
    await unpack(file, unpacked, manifest);
    const copy = path.join(unpacked, copyName);
    await mustOpen(file, copy, manifest);
    const ready = restoredPlace(dataFolder);
    await rm(ready, { recursive: true, force: true });
    await rename(copy, ready);
    // A process that is killed from here on has restored: who opens the folder next does what is left (see openEmbedded).
    const setAside = isTaken ? `${place}.before-${now.toISOString().replaceAll(/[:.]/g, '-')}` : null;
    if (setAside === null) await rm(place, { recursive: true, force: true });
    else await rename(place, setAside);
    await rename(ready, place);
    return { manifest, setAside };
  } finally {
    await hold.release();
    await removed(unpacked);
  }
}

async function unpack(file: string, to: string, manifest: Manifest): Promise<void> {
  try {
    await tar.extract({
      file,
      cwd: to,
      strict: true,
      preserveOwner: false,
      filter: (name, entry) => !('type' in entry) || ['File', 'OldFile', 'Directory'].includes(entry.type),
    });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (/^E(NOSPC|DQUOT|ACCES|ROFS|IO)$/.test(code)) throw error;
    throw damaged(file, error);
  }
  const { files, bytes } = await sizeOf(path.join(to, copyName)).catch(() => ({ files: 0, bytes: 0 }));
  if (files !== manifest.files || bytes !== manifest.bytes) {
    throw notOurs(
      file,
      `it is not whole: ${files} files of ${manifest.files} and ${bytes} bytes of ${manifest.bytes} are in it. Take another copy of it, or an older backup.`,
    );
  }
}

/** Throws {@link DatabaseUnusable} where what was unpacked is no database, or another than its manifest says. */
async function mustOpen(file: string, place: string, { migrations }: Manifest): Promise<void> {
  const applied = await appliedIn(place).catch((error: unknown) => {
    throw notOurs(file, `what is in it does not open (${(error as Error).message}).`);
  });
  if (applied.join() !== migrations.join()) {
    throw notOurs(file, 'the database in it has other migrations than it says. Take an older backup.');
  }
}
