import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { get, noServer, openCutOff, type Seen } from '../support/cut-off.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { noDisk, openSmallDisk, type SmallDisk } from '../support/small-disk.js';

// How often the disk of the embedded database is filled, each time to another point.
const rounds = Number(process.env['FILLS'] ?? 4);
const root = fileURLToPath(new URL('../..', import.meta.url));

const disk = openSmallDisk(320);
if (!disk) it.skip(`a disk is full (${noDisk})`, () => undefined);
else describe('a disk that is full', () => stories(disk));

const create = documentOf('createArticle', 'article { slug }');
let written = 0;

interface Tried extends Seen {
  slug: string;
  isDone: boolean;
}

/** Saves a piece whose text cannot be packed. */
async function save(service: ServiceProcess, bytes = 200_000): Promise<Tried> {
  const slug = `piece-${(written += 1)}`;
  const html = `<p>${randomBytes(bytes / 2)
    .toString('hex')
    .replaceAll(/(.{8})/g, '$1 ')}</p>`;
  const input = { headline: slug, slug, section: 'asia', body: { html } };
  const seen = await get(`${service.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${service.adminToken}`,
    },
    body: JSON.stringify({ query: create, variables: { input } }),
  });
  return { ...seen, slug, isDone: seen.text.includes('CreateArticleSuccess') };
}

/** A write that was refused can be made again later, and says no more than that. */
function isRefusedToRetry({ status, text, headers }: Seen): void {
  expect({ status, text }).toMatchObject({ status: 503 });
  const [error] = (JSON.parse(text) as { errors: { extensions: object }[] }).errors;
  expect(error?.extensions).toMatchObject({ code: 'UNAVAILABLE' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(text).not.toMatch(/disk|space|pg_wal|base\//i);
}

/** Saves until that is refused. Answers what was acknowledged, and the refusal. */
async function saveUntilRefused(service: ServiceProcess): Promise<{ done: string[]; refused: Tried }> {
  const done: string[] = [];
  for (;;) {
    const tried = await save(service);
    if (!tried.isDone) return { done, refused: tried };
    done.push(tried.slug);
  }
}

/** The pieces among `slugs` that are there. */
async function thereOf(service: ServiceProcess, slugs: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (let from = 0; from < slugs.length; from += 20) {
    const some = slugs.slice(from, from + 20);
    const fields = some.map((slug, index) => `a${index}: article(by: { slug: "${slug}" }) { slug body { wordCount } }`);
    const { data, errors } = await service.query(`{ ${fields.join(' ')} }`);
    if (errors) throw new Error(JSON.stringify(errors));
    for (const found of Object.values(data as Record<string, { slug: string; body: { wordCount: number } } | null>)) {
      if (found && found.body.wordCount > 0) there.push(found.slug);
    }
  }
  return there;
}

async function dateline(environment: Record<string, string>, ...args: string[]) {
  const env = { PATH: process.env['PATH'], PUBLIC_URL: 'https://roadstead.example', ...environment };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['dist/cli/dateline.js', ...args], {
      cwd: root,
      env,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

function stories(disk: SmallDisk): void {
  afterAll(() => disk.close());

  it(`the embedded database stops, is opened again when there is room, and has all that was acknowledged, ${rounds} times`, async () => {
    const environment = { DATA_DIR: join(disk.folder, 'data') };
    const service = await startServiceProcess({ ...environment, COST_PER_MINUTE: '0' });
    const page = `${service.url}/graphql?${new URLSearchParams({ query: '{ sections { name } }' })}`;
    const acknowledged: string[] = [];
    let stops = 0;
    try {
      for (let round = 0; round < rounds; round += 1) {
        await eventually(async () => (await get(`${service.url}/readyz`)).status === 200);
        await get(page);
        expect((await get(page)).status).toBe(200);
        // In turn too little for its tables, which is an error, and for a new segment of its log, which it does not survive.
        disk.fill(round % 2 === 0 ? 15e6 : Math.floor(Math.random() * 4e6));
        const { done, refused } = await saveUntilRefused(service);
        acknowledged.push(...done);
        isRefusedToRetry(refused);
        // Kept answers go on being shown, whether PostgreSQL goes on or has stopped.
        disk.fill();
        for (let count = 0; count < 5; count += 1) {
          const again = await save(service);
          if (again.isDone) acknowledged.push(again.slug);
          else isRefusedToRetry(again);
          const shown = await get(page);
          expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Asia')]);
          expect(shown.ms).toBeLessThan(1000);
        }
        const ready = await get(`${service.url}/readyz`);
        if (ready.status === 503) stops += 1;
        process.stdout.write(`${done.length} saved, then ${ready.status} ${ready.text}\n`);
        expect((await get(`${service.url}/healthz`)).status).toBe(200);
        disk.free();
        const began = performance.now();
        await eventually(async () => {
          const { isDone, slug } = await save(service);
          if (isDone) acknowledged.push(slug);
          return isDone;
        }, 30_000);
        process.stdout.write(
          `stored again ${((performance.now() - began) / 1000).toFixed(1)} s after there was room\n`,
        );
        expect(await thereOf(service, acknowledged)).toEqual(acknowledged);
      }
      expect(service.said()).toMatch(/the disk of the database is full/);
      expect(service.said()).not.toMatch(/unhandled|uncaught|a request met a fault/i);
    } finally {
      await service.stop();
    }
    process.stdout.write(`stopped ${stops} times of ${rounds}\n`);
    const doctor = await dateline(environment, 'doctor');
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.not.stringMatching(/^problem/m)]);
  }, 600_000);

  it('a PostgreSQL that has no room for its tables goes on reading, and writing when there is room', async () => {
    const world = await openCutOff({ parent: disk.folder });
    if (!world) {
      process.stderr.write(`SKIPPED: ${noServer}\n`);
      return;
    }
    const elsewhere = await mkdtemp(join(tmpdir(), 'dateline-wal-'));
    try {
      moveLog(world.server, elsewhere);
      const service = await world.serve();
      disk.fill(2e6);
      const { done, refused } = await saveUntilRefused(service);
      isRefusedToRetry(refused);
      for (let count = 0; count < 5; count += 1) {
        const again = await save(service);
        if (again.isDone) done.push(again.slug);
        else isRefusedToRetry(again);
      }
      expect(await thereOf(service, done)).toEqual(done);
      const ready = await get(`${service.url}/readyz`);
      expect([ready.status, JSON.parse(ready.text)]).toEqual([200, expect.objectContaining({ diskFull: 1 })]);
      expect(service.said()).toMatch(/the disk of the database is full/);
      disk.free();
      const after = await save(service);
      expect(after.text).toContain('CreateArticleSuccess');
      expect(await thereOf(service, [...done, after.slug])).toEqual([...done, after.slug]);
      expect(service.said()).not.toMatch(/unhandled|uncaught|a request met a fault/i);
    } finally {
      await world.close();
      disk.free();
      await rm(elsewhere, { recursive: true, force: true });
    }
  }, 120_000);

  it('a PostgreSQL that has no room for its log ends; what is kept is shown, and all that was acknowledged is there when it is back', async () => {
    const world = await openCutOff();
    if (!world) {
      process.stderr.write(`SKIPPED: ${noServer}\n`);
      return;
    }
    try {
      moveLog(world.server, disk.folder);
      const service = await world.serve();
      const page = `${service.url}/graphql?${new URLSearchParams({ query: '{ sections { name } }' })}`;
      await get(page);
      disk.fill(15e6);
      const { done, refused } = await saveUntilRefused(service);
      isRefusedToRetry(refused);
      await eventually(async () => (await get(`${service.url}/readyz`)).status === 503, 5000);
      await eventually(async () => (await get(page)).headers.has('cache-status'), 5000);
      expect((await get(page)).text).toContain('Asia');
      isRefusedToRetry(await save(service));
      disk.free();
      // As whoever watches over it does. It may have come back by itself.
      await eventually(() => {
        try {
          world.server.start();
          return true;
        } catch (error) {
          return /another server might be running|already running/i.test((error as Error).message);
        }
      }, 20_000);
      const began = performance.now();
      await eventually(async () => (await save(service)).isDone, 5000);
      process.stdout.write(`stored again ${((performance.now() - began) / 1000).toFixed(1)} s after it was back\n`);
      expect(await thereOf(service, done)).toEqual(done);
      expect(service.said()).not.toMatch(/unhandled|uncaught|a request met a fault/i);
    } finally {
      await world.close();
      disk.free();
      await rm(join(disk.folder, 'pg_wal'), { recursive: true, force: true });
    }
  }, 120_000);

  it('a command that finds no room says so, and leaves nothing half done', async () => {
    const environment = { DATA_DIR: join(disk.folder, 'commands') };
    expect(await dateline(environment, 'migrate')).toMatchObject({ code: 0 });
    const file = join(tmpdir(), `dateline-disk-${process.pid}.ndjson`);
    const pieces = Array.from({ length: 400 }, (_, index) => ({
      kind: 'article',
      slug: `imported-${index}`,
      headline: `Imported ${index}`,
      body: `<p>${randomBytes(4000)
        .toString('hex')
        .replaceAll(/(.{8})/g, '$1 ')}</p>`,
      section: 'asia',
      authors: [],
      tags: [],
      publishedAt: '2021-10-21T08:00:00.000Z',
      status: 'PUBLISHED',
      language: 'en',
    }));
    const lines = [{ kind: 'section', slug: 'asia', name: 'Asia', parent: null }, ...pieces];
    try {
      await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      disk.fill(12e6);
      const full = await dateline(environment, 'import', file);
      expect(full).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/disk .*is full.*What came before is stored/s),
      });
      expect(full.stderr).not.toMatch(/^ +at /m);
      disk.fill();
      const closed = await dateline(environment, 'doctor');
      if (closed.code !== 0) expect(closed.stderr).toMatch(/its disk is full/);
      disk.free();
      const again = await dateline(environment, 'import', file);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/article/) });
      const backups = join(disk.folder, 'backups');
      await mkdir(backups);
      await writeFile(join(backups, 'paper.tar.gz'), 'the one before');
      disk.fill(20e6);
      const backup = await dateline(environment, 'backup', join(backups, 'paper.tar.gz'));
      expect(backup).toMatchObject({ code: 1, stderr: expect.stringMatching(/no room .*No backup was written/s) });
      expect(backup.stderr).not.toMatch(/^ +at /m);
      expect(readdirSync(backups)).toEqual(['paper.tar.gz']);
      disk.free();
      // Nothing but that nobody has been let in yet.
      const { stdout } = await dateline(environment, 'doctor');
      expect(stdout.match(/^problem.*$/gm)).toEqual([expect.stringMatching(/administrator/)]);
    } finally {
      disk.free();
      await rm(file, { force: true });
    }
  }, 300_000);
}

/** Has the server keep its log in a folder of `parent` instead. */
function moveLog(server: { data: string; stop(): void; start(): void }, parent: string): void {
  server.stop();
  execFileSync('sh', [
    '-ec',
    'mv "$1/pg_wal" "$2/pg_wal"; chmod a+x "$2"; ln -s "$2/pg_wal" "$1/pg_wal"',
    'sh',
    server.data,
    parent,
  ]);
  server.start();
}
