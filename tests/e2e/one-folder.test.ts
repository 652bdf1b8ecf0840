import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from '../../src/database/embedded.js';
import { sql } from '../../src/database/sql.js';
import { migrationsOnDisk } from '../support/migrations.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patience = 120_000;

let folder: string;
let started: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-folder-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Migrating {
  child: ChildProcess;
  /** Its exit code, and what it printed. */
  ended: Promise<{ code: number | null; said: string }>;
}

function migrate(): Migrating {
  const env = { PATH: process.env['PATH'], DATA_DIR: folder };
  const child = spawn(process.execPath, ['dist/cli/dateline.js', 'migrate'], { cwd: root, env });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, said })) };
}

const appliedIn = (said: string) => [...said.matchAll(/^applied (.+)$/gm)].map(([, name]) => name ?? '');

/** What the folder notes of its migrations, each with how often it was begun. */
async function journal(): Promise<string[]> {
  const db = await openEmbedded(folder);
  try {
    expect(await db.standing()).toEqual({ state: 'current' });
    const rows = await db.rows<{ name: string }>(sql`select migration_name as name from _prisma_migrations order by 1`);
    return rows.map(({ name }) => name);
  } finally {
    await db.close();
  }
}

/** Waits for `file` in the folder to be there: how far the process that holds it has come. */
async function made(file: string): Promise<void> {
  while (
    !(await access(path.join(folder, file)).then(
      () => true,
      () => false,
    ))
  )
    await pause(5);
}

it(
  'two that migrate one new folder at once both succeed, and each migration is applied by one of them',
  async () => {
    const ends = await Promise.all([migrate().ended, migrate().ended]);
    expect(ends).toEqual([expect.objectContaining({ code: 0 }), expect.objectContaining({ code: 0 })]);
    expect(ends.flatMap(({ said }) => appliedIn(said)).sort()).toEqual(await migrationsOnDisk());
    expect(await journal()).toEqual(await migrationsOnDisk());
  },
  patience,
);

it.each([
  ['before it has opened the folder', 'holder', 300],
  ['when it has let the other in', '.s.PGSQL.5432', 0],
  ['while it migrates', '.s.PGSQL.5432', 700],
])(
  'one that is killed %s is followed by the other, which does all that is left',
  async (_when, file, afterMs) => {
    const first = migrate();
    await made(file);
    const second = migrate();
    // Any moment will do; this one is where the name of the test says on a machine that is not busy.
    await pause(afterMs);
    first.child.kill('SIGKILL');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(await journal()).toEqual(await migrationsOnDisk());
  },
  patience,
);
