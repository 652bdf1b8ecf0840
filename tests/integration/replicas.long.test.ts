import { pino } from 'pino';
import { ownPostgres, type OwnPostgres } from '../../scripts/postgres.mjs';
import type { Database } from '../../src/database/database.js';
import { openReplica } from '../../src/database/open.js';
import { openPostgres } from '../../src/database/postgres.js';
import { Replicas } from '../../src/database/replicas.js';
import { sql } from '../../src/database/sql.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { anArticle, aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

// A server and a standby of it, both the test's own: what they replay, and when, is the test's to say.
const server = await ownPostgres({ settings: { wal_level: 'replica', max_wal_senders: 4 } });
if (server) stories(server);
else it.skip('replicas are read from (there are no PostgreSQL binaries here to start servers from)', () => undefined);

function stories(primary: OwnPostgres): void {
  const log = pino({ level: 'silent' });
  let standby: OwnPostgres;
  let db: Database;
  let copy: Database;
  let replicas: Replicas;
  let service: TestService;
  let [atPrimary, atReplica] = [0, 0];

  beforeAll(async () => {
    primary.start();
    db = await openPostgres({ connectionString: primary.url }, { onStatement: () => void (atPrimary += 1) });
    await db.migrate();
    standby = (await ownPostgres({ primary }))!;
    standby.start();
    copy = await openPostgres({ connectionString: standby.url });
    const open = () => openReplica(standby.url, { onStatement: (text) => void (atReplica += counted(text)) });
    replicas = new Replicas({ primary: db, open: [open], log });
    service = await startService({ answers: true, beside: { db }, replicas });
    await service.load([aSection(), ...['one', 'two', 'three'].map((slug) => anArticle({ slug, headline: slug }))]);
  }, 120_000);
  afterAll(async () => {
    await service?.close();
    await replicas?.close();
    await copy?.close();
    await db?.close();
    standby?.remove();
    primary.remove();
  }, 60_000);

  /** What is asked of a replica to know how far it is, is no reading. */
  const counted = (text: string): number => (/pg_last_wal_replay_lsn|pg_control_system/.test(text) ? 0 : 1);
  const isFollowed = () => eventually(() => replicas.usable === 1);
  const replay = (what: 'pause' | 'resume') => copy.send(`select pg_wal_replay_${what}()`, []);
  let asked = 0;
  /** Asks what nobody has asked before. */
  async function headlines(headers?: Record<string, string>): Promise<string[]> {
    asked += 1;
    const { data } = await service.query(
      `query Q${asked} { articles(first: 3) { nodes { headline } } }`,
      {},
      headers ?? {},
    );
    return (data.articles.nodes as { headline: string }[]).map(({ headline }) => headline);
  }
  const rename = (headline: string) => db.rows(sql`update article set headline = ${headline} where slug = 'one'`);

  async function where(asking: () => Promise<unknown>): Promise<{ primary: number; replica: number }> {
    [atPrimary, atReplica] = [0, 0];
    await asking();
    return { primary: atPrimary, replica: atReplica };
  }

  /** As soon as it is quiet: while the process is held up, it asks the primary. */
  const isReadFrom = () =>
    eventually(async () => {
      const { primary, replica } = await where(() => headlines());
      return primary === 0 && replica === 1;
    });

  it('answer what anyone may read, and the primary is left alone', async () => {
    await isReadFrom();
  });

  it('answer nobody who signs in, and take no writes', async () => {
    const editor = await service.signIn('editor');
    await service.answers?.caughtUp();
    await isFollowed();
    expect(await where(() => headlines(editor))).toMatchObject({ replica: 0 });
    const create = documentOf('createTag', 'tag { name }');
    expect(await where(() => service.query(create, { input: { name: 'Standby' } }, editor))).toMatchObject({
      replica: 0,
    });
  });

  it('that lag are not read from before they have what was told of', async () => {
    await isFollowed();
    await replay('pause');
    try {
      await rename('Not replayed yet');
      await service.answers?.caughtUp();
      expect(replicas.usable).toBe(0);
      const places = await where(async () => expect(await headlines()).toContain('Not replayed yet'));
      expect(places).toMatchObject({ replica: 0 });
      expect(await copy.rows(sql`select from article where headline = 'Not replayed yet'`)).toEqual([]);
    } finally {
      await replay('resume');
    }
    await isReadFrom();
    expect(await headlines()).toContain('Not replayed yet');
  });

  it('show a writer what was written, and everybody else, however the two overlap', async () => {
    let readThere = 0;
    for (let round = 0; round < 60; round += 1) {
      if (round % 5 === 0) await isFollowed();
      if (round % 7 === 0) await replay(round % 2 ? 'resume' : 'pause');
      await rename(`Round ${round}`);
      await service.answers?.caughtUp();
      const before = atReplica;
      expect(await headlines()).toContain(`Round ${round}`);
      readThere += atReplica - before;
      await replay('resume');
      await isFollowed();
      expect(await headlines()).toContain(`Round ${round}`);
    }
    expect(atReplica).toBeGreaterThan(40);
    expect(readThere).toBeLessThan(60);
  }, 60_000);

  it('that go away are missed by nobody, and are read from again when they are back', async () => {
    await isFollowed();
    standby.stop('immediate');
    await eventually(async () => {
      expect(await headlines()).toHaveLength(3);
      return replicas.usable === 0;
    });
    standby.start();
    await isReadFrom();
  }, 60_000);

  it('are standbys of this server: no other is taken for one', async () => {
    const said: unknown[] = [];
    const stranger = new Replicas({
      primary: db,
      open: [() => openReplica(primary.url)],
      log: pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line)) }),
    });
    await eventually(() => said.length > 0);
    expect(stranger.usable).toBe(0);
    expect(JSON.stringify(said[0])).toContain('It is no standby of the server of DATABASE_URL');
    await stranger.close();
  });
}
