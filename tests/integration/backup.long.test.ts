import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { manifestOf, restoreBackup, takeBackup } from '../../src/database/backup.js';
import type { Database } from '../../src/database/database.js';
import { openEmbedded } from '../../src/database/embedded.js';
import { sql } from '../../src/database/sql.js';
import { migrationsOnDisk } from '../support/migrations.js';

const now = new Date('2026-06-15T12:00:00.000Z');

let folder: string;
let dataFolder: string;
let file: string;
/** The backup of a small database, taken once for all that only read it. */
let taken: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-backup-'));
  dataFolder = path.join(folder, 'data');
  file = path.join(folder, 'backup.tar.gz');
  const holder = await openEmbedded(dataFolder);
  await holder.migrate();
  await holder.rows(sql`create table written (number int not null)`);
  await holder.rows(sql`insert into written select generate_series(1, 1000)`);
  await takeBackup(holder, { dataFolder, file, program: '0.1.0', now });
  await holder.close();
  taken = await readFile(file);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => writeFile(file, taken));

const into = (name: string) => ({ dataFolder: path.join(folder, name), now });

async function numbersIn(name: string): Promise<number[]> {
  const db = await openEmbedded(path.join(folder, name));
  try {
    return (await db.rows<{ number: number }>(sql`select number from written order by 1`)).map(({ number }) => number);
  } finally {
    await db.close();
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

it('says what it is, is for its owner alone, and leaves nothing else behind', async () => {
  expect(await manifestOf(file)).toMatchObject({
    format: 1,
    program: '0.1.0',
    postgres: '18',
    takenAt: now.toISOString(),
    migrations: await migrationsOnDisk(),
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).filter((name) => name.startsWith('backup'))).toEqual(['backup.tar.gz']);
});

it('is restored as it was taken, into a folder that was not there', async () => {
  const { setAside, manifest } = await restoreBackup(file, into('new'));
  expect([setAside, manifest.takenAt]).toEqual([null, now.toISOString()]);
  expect(await numbersIn('new')).toEqual(upTo(1000));
  expect((await readdir(path.join(folder, 'new'))).filter((name) => name.startsWith('restoring'))).toEqual([]);
});

it('holds all that was written before it began, and nothing of what was half done, when a guest takes it beside writers', async () => {
  const holder = await openEmbedded(path.join(folder, 'busy'));
  await holder.migrate();
  await holder.rows(sql`create table written (number int not null)`);
  const guest = await openEmbedded(path.join(folder, 'busy'));
  expect(guest.kind).toBe('guest');
  let acknowledged = 0;
  let isOver = false;
  // Two rows for each number, in two statements of one transaction.
  const writing = (async () => {
    for (let number = 1; !isOver; number += 1) {
      await holder.transaction(async (tx) => {
        await tx.rows(sql`insert into written values (${number}::int)`);
        await tx.rows(sql`insert into written values (${number}::int)`);
      });
      acknowledged = number;
      // The database runs in this process: without a pause nobody else would be heard.
      await new Promise(setImmediate);
    }
  })();
  while (acknowledged < 20) await new Promise(setImmediate);
  const before = acknowledged;
  await takeBackup(guest, { dataFolder: path.join(folder, 'busy'), file, program: '0.1.0', now });
  const after = acknowledged;
  isOver = true;
  await writing;
  await guest.close();
  await holder.close();

  await restoreBackup(file, into('from-busy'));
  const found = await numbersIn('from-busy');
  const last = found.at(-1) ?? 0;
  expect(last).toBeGreaterThanOrEqual(before);
  expect(last).toBeLessThanOrEqual(after);
  expect(found).toEqual(upTo(last).flatMap((number) => [number, number]));
});

describe('where there are data already', () => {
  const other = () => path.join(folder, 'other');
  beforeAll(async () => {
    const db = await openEmbedded(other());
    await db.rows(sql`create table written (number int not null)`);
    await db.rows(sql`insert into written values (7)`);
    await db.close();
  });

  it('is refused, and they are left alone', async () => {
    await expect(restoreBackup(file, into('other'))).rejects.toThrow(
      /There are data in the folder .* already\. Name an empty one in DATA_DIR, or say --replace/,
    );
    expect(await numbersIn('other')).toEqual([7]);
  });

  it('is refused while somebody runs on them', async () => {
    const holder = await openEmbedded(other());
    try {
      await expect(restoreBackup(file, { ...into('other'), replace: true })).rejects.toThrow(
        /A Dateline is running on the data folder .*\. Stop it, then restore\./,
      );
    } finally {
      await holder.close();
    }
    expect(await numbersIn('other')).toEqual([7]);
  });

  it('loses nothing of them when the backup is damaged, asked to replace them or not', async () => {
    await writeFile(file, taken.subarray(0, taken.length - 5000));
    await expect(restoreBackup(file, { ...into('other'), replace: true })).rejects.toThrow('cannot be restored');
    expect(await numbersIn('other')).toEqual([7]);
    expect((await readdir(other())).filter((name) => !/^(pgdata|holder)$/.test(name))).toEqual([]);
  });

  it('sets them aside when told to replace them', async () => {
    const { setAside } = await restoreBackup(file, { ...into('other'), replace: true });
    expect(await numbersIn('other')).toEqual(upTo(1000));
    await mkdir(path.join(folder, 'aside'));
    await rename(setAside ?? '', path.join(folder, 'aside', 'pgdata'));
    expect(await numbersIn('aside')).toEqual([7]);
  });
});

it('is put in its place by the next start, when restoring was killed at its very end', async () => {
  await restoreBackup(file, into('killed'));
  const place = path.join(folder, 'killed', 'pgdata');
  await rename(place, `${place}.restored`);
  expect(await numbersIn('killed')).toEqual(upTo(1000));
});

/** The backup with another manifest. */
async function saying(change: Record<string, unknown>): Promise<void> {
  const cwd = await mkdtemp(path.join(folder, 'changed-'));
  await tar.extract({ file, cwd });
  const manifest = path.join(cwd, 'dateline-backup.json');
  const said = JSON.parse(await readFile(manifest, 'utf8')) as object;
  await writeFile(manifest, JSON.stringify({ ...said, ...change }));
  await tar.create({ file, cwd, gzip: true }, ['dateline-backup.json', 'pgdata']);
}

const flipped = (at: number) => {
  const bytes = Buffer.from(taken);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
};

describe('is refused, and leaves no database, when it', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['is not there', () => rm(file), /ENOENT/],
    ['is a text', () => writeFile(file, 'Lorem ipsum'), /it is not a file that `dateline backup` wrote/],
    ['is empty', () => writeFile(file, ''), /it is not a file that `dateline backup` wrote/],
    [
      'is another archive',
      () => tar.create({ file, gzip: true, cwd: folder }, ['data/pgdata/PG_VERSION']),
      /it is not a file that `dateline backup` wrote/,
    ],
    ['ends too soon', () => writeFile(file, taken.subarray(0, taken.length >> 1)), /it is (damaged|not whole)/],
    ['has a byte that changed', () => writeFile(file, flipped(taken.length >> 1)), /it is (damaged|not whole)/],
    ['lacks a file', () => saying({ files: 1_000_000 }), /it is not whole: \d+ files of 1000000/],
    [
      'is of a newer program',
      () => saying({ program: '9.0.0', migrations: ['99991231000000_create_future'] }),
      /taken by the newer Dateline 9\.0\.0, with the migration 99991231000000_create_future/,
    ],
    ['is of a newer form', () => saying({ program: '9.0.0', format: 2 }), /written by the newer Dateline 9\.0\.0/],
    ['is of another PostgreSQL', () => saying({ postgres: '17' }), /written by PostgreSQL 17, and this program has/],
    ['lies about its migrations', () => saying({ migrations: [] }), /has other migrations than it says/],
  ])('%s', async (_name, harm, words) => {
    await harm();
    await expect(restoreBackup(file, into('refused'))).rejects.toThrow(words);
    const left = await readdir(path.join(folder, 'refused')).catch(() => []);
    expect(left).toEqual([]);
  });
});

it('fails, and leaves nothing, when the transaction it copies in is lost', async () => {
  const lost: Database = Object.assign(Object.create(await opened()) as Database, {
    transaction: async () => Promise.reject(new Error('Connection terminated')),
  });
  try {
    const elsewhere = path.join(folder, 'lost.tar.gz');
    const failing = takeBackup(lost, { dataFolder, file: elsewhere, program: '0.1.0', now });
    await expect(failing).rejects.toThrow('Connection terminated');
    expect((await readdir(folder)).filter((name) => name.startsWith('lost'))).toEqual([]);
  } finally {
    await lost.close();
  }
});

const opened = () => openEmbedded(dataFolder);
