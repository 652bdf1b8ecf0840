import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { claim } from '../../src/database/claims.js';
import type { Database } from '../../src/database/database.js';
import { openEmbedded } from '../../src/database/embedded.js';
import { holdFolder } from '../../src/database/hold.js';
import { sql } from '../../src/database/sql.js';
import { migrationsOnDisk } from '../support/migrations.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a claim', () => {
  const file = () => path.join(folder, 'claimed');
  const mark = 'left-by-dead';
  /** A line of a process that was killed. */
  const dead = `4194304 ${mark}`;

  /** The socket of a claim that bears `mark`. */
  async function listen(): Promise<Server> {
    const server = createServer((probe) => probe.destroy());
    await new Promise<void>((resolve) => server.listen(path.join(folder, `.${mark}`), resolve));
    return server;
  }

  /** Ends the process that listens, as far as the folder can tell: its socket stays. */
  async function kill(server: Server): Promise<void> {
    await rename(path.join(folder, `.${mark}`), path.join(folder, 'aside'));
    await new Promise((resolve) => server.close(resolve));
    await rename(path.join(folder, 'aside'), path.join(folder, `.${mark}`));
  }

  it('is the one’s that was first, and the next one’s when that gives it back', async () => {
    const [one, other] = [await claim(file()), await claim(file())];
    expect(await one.standing()).toBeNull();
    expect(await other.standing()).toBe(process.pid);
    expect(await one.standing()).toBeNull();
    await one.release();
    expect(await other.standing()).toBeNull();
    await other.release();
  });

  it('of a process that was killed does not stand, nor does what is no claim; nothing is left of either', async () => {
    await kill(await listen());
    await writeFile(file(), `${dead}\n\n0 34 5\nnonsense\n`);
    const one = await claim(file());
    expect(await one.standing()).toBeNull();
    expect(await readFile(file(), 'utf8')).not.toContain(mark);
    await one.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('stands in another container, whose processes have the same numbers, until its process is killed', async () => {
    const elsewhere = await listen();
    await writeFile(file(), `${process.pid} ${mark}\n`);
    const one = await claim(file());
    expect(await one.standing()).toBe(process.pid);
    await kill(elsewhere);
    expect(await one.standing()).toBeNull();
    await one.release();
  });

  it('that was given up stands in nobody’s way', async () => {
    const claims = [await claim(file()), await claim(file()), await claim(file())] as const;
    for (const each of claims) await each.standing();
    await claims[1].release();
    await claims[0].release();
    expect(await claims[2].standing()).toBeNull();
  });

  it('is one’s alone, however many claim it at once', async () => {
    await writeFile(file(), `${dead}\n`);
    let holders = 0;
    let turns = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const mine = await claim(file());
        while ((await mine.standing()) !== null) await new Promise(setImmediate);
        holders += 1;
        expect(holders).toBe(1);
        await new Promise(setImmediate);
        holders -= 1;
        turns += 1;
        await mine.release();
      }),
    );
    expect(turns).toBe(20);
  });
});

it('two who open one folder at once are holder and guest; both migrate, each migration is applied once', async () => {
  const both = await Promise.all([openEmbedded(folder), openEmbedded(folder)]);
  const [holder, guest] = [...both].sort((one, other) => one.kind.localeCompare(other.kind)) as [Database, Database];
  try {
    expect([holder.kind, guest.kind]).toEqual(['embedded', 'guest']);
    // The guest first, so that the holder has to wait for it.
    const reports = await Promise.all([guest.migrate(), holder.migrate()]);
    expect(reports.flatMap(({ applied }) => applied).sort()).toEqual(await migrationsOnDisk());
    expect(await guest.standing()).toEqual({ state: 'current' });

    // One that was cut off with its process is begun anew, rather than standing in every start's way.
    await holder.rows(sql`
      insert into _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
      values ('cut-off', '', '29991231000000_cut_off', now(), 0)`);
    expect(await holder.migrate()).toEqual({ applied: [] });
    expect(await holder.rows(sql`select 1 from _prisma_migrations where finished_at is null`)).toEqual([]);
  } finally {
    await guest.close();
    await holder.close();
  }
}, 60_000);

it('lets in one after the other, also after many that knocked and asked whether anybody is there', async () => {
  const holder = await openEmbedded(folder);
  try {
    for (let turn = 0; turn < 10; turn += 1) {
      await Promise.all(Array.from({ length: 5 }, () => holdFolder(folder)));
      const guest = await openEmbedded(folder);
      expect(guest.kind).toBe('guest');
      expect(await guest.rows(sql`select ${turn}::int as turn`)).toEqual([{ turn }]);
      await guest.close();
    }
  } finally {
    await holder.close();
  }
}, 60_000);

describe('holder and guest, who are one session', () => {
  let holder: Database;
  let guest: Database;
  beforeEach(async () => {
    holder = await openEmbedded(folder);
    guest = await openEmbedded(folder);
    expect(guest.kind).toBe('guest');
    await holder.rows(sql`create table written (by text not null, number int not null)`);
  });
  afterEach(async () => {
    await guest.close();
    await holder.close();
  });

  /** Comes in as a client of its own, as soon as the place is free. */
  async function knock(): Promise<pg.Client> {
    const client = new pg.Client({ host: folder, database: 'postgres', user: 'postgres', password: 'postgres' });
    client.on('error', () => undefined);
    const isIn = await client.connect().then(
      () => true,
      () => false,
    );
    if (isIn) return client;
    await pause(50);
    return knock();
  }

  const written = (db: Database) => db.rows(sql`select by, number from written order by number, by`);
  const write = (db: Pick<Database, 'rows'>, by: string, number = 0) =>
    db.rows(sql`insert into written values (${by}, ${number}::int)`);

  it.each([
    ['the guest', () => [guest, holder] as const],
    ['the holder', () => [holder, guest] as const],
  ])('keep what the other writes while a transaction of %s is open that is rolled back', async (_name, both) => {
    const [one, other] = both();
    // So that the socket knows the guest.
    await guest.rows(sql`select 1`);
    let otherWrote: Promise<unknown> = Promise.resolve();
    const undone = one.transaction(async (tx) => {
      await write(tx, 'undone');
      otherWrote = write(other, 'kept');
      await pause(100);
      expect(await tx.rows(sql`select by from written`)).toEqual([{ by: 'undone' }]);
      throw new Error('undo it');
    });
    await expect(undone).rejects.toThrow('undo it');
    await otherWrote;
    expect(await written(holder)).toEqual([{ by: 'kept', number: 0 }]);
  });

  it('get their own answers, and lose nothing, when both ask much at once', async () => {
    const asking = (db: Database, by: string) =>
      Promise.all(
        Array.from({ length: 100 }, async (_, number) => {
          if (number % 5 > 0) {
            await write(db, by, number);
            expect(await db.rows(sql`select ${by}::text as by, ${number}::int as number`)).toEqual([{ by, number }]);
            return;
          }
          const undone = db.transaction(async (tx) => {
            await write(tx, `${by}, undone`, number);
            throw new Error('undo it');
          });
          await expect(undone).rejects.toThrow('undo it');
        }),
      );
    await Promise.all([asking(holder, 'holder'), asking(guest, 'guest')]);
    const expected = Array.from({ length: 100 }, (_, number) => number)
      .filter((number) => number % 5 > 0)
      .flatMap((number) => ['guest', 'holder'].map((by) => ({ by, number })));
    expect(await written(holder)).toEqual(expected);
  });

  it.each([
    [
      'a transaction',
      async (client: pg.Client) => void (await client.query("begin; insert into written values ('gone', 0)")),
    ],
    [
      'the first part of a statement',
      (client: pg.Client) => {
        // Parse, and nothing after it.
        client.connection.parse({ name: '', text: 'select 1', types: [] }, true);
        return pause(100);
      },
    ],
  ])('go on when a guest is cut off within %s', async (_name, begin) => {
    await guest.close();
    const client = await knock();
    await begin(client);
    client.connection.stream.destroy();
    await write(holder, 'kept');
    guest = await openEmbedded(folder);
    expect(await written(guest)).toEqual([{ by: 'kept', number: 0 }]);
  });
});

it('says who wrote a folder that it cannot read, and leaves it alone', async () => {
  const first = await openEmbedded(folder);
  const [{ major } = { major: '' }] = await first.rows<{ major: string }>(
    sql`select split_part(current_setting('server_version'), '.', 1) as major`,
  );
  await first.close();
  const version = path.join(folder, 'pgdata', 'PG_VERSION');
  expect((await readFile(version, 'utf8')).trim()).toBe(major);
  await writeFile(version, '17\n');
  await expect(openEmbedded(folder)).rejects.toThrow(
    `was written by PostgreSQL 17, and this program has PostgreSQL ${major}`,
  );
  await writeFile(version, `${major}\n`);
  await (await openEmbedded(folder)).close();
}, 60_000);
