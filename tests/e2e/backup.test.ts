import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { documentOf } from '../support/mutation.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;
let service: ServiceProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-backup-'));
});
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function dateline(environment: Record<string, string>, ...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], PUBLIC_URL: 'https://roadstead.example', ...environment };
  return (await run(process.execPath, ['dist/cli/dateline.js', ...args], { cwd: root, env })).stdout;
}

async function exportOf(environment: Record<string, string>, name: string): Promise<string[]> {
  const file = path.join(folder, name);
  await dateline(environment, 'export', file);
  return (await readFile(file, 'utf8')).trimEnd().split('\n');
}

describe('the embedded database, backed up while editors write', () => {
  const at = (name: string) => ({ DATA_DIR: path.join(folder, name) });

  it('is as it stood at one moment: each piece that was acknowledged before is there, and what came later is not', async () => {
    const paper = (service = await startServiceProcess(at('data')));
    let written = 0;
    let isOver = false;
    const refused: unknown[] = [];
    const create = documentOf('createArticle', 'article { slug }');
    const writing = (async () => {
      while (!isOver && refused.length === 0) {
        const number = String(written + 1).padStart(5, '0');
        const answer = await paper.query(create, {
          input: {
            headline: `Written ${number}`,
            slug: `written-${number}`,
            section: 'asia',
            body: { html: `<p>${'word '.repeat(200)}</p>` },
          },
        });
        if (answer.data?.['createArticle'].__typename === 'CreateArticleSuccess') written += 1;
        else refused.push(answer);
        await pause(50);
      }
    })();
    while (written < 10 && refused.length === 0) await pause(20);
    const before = written;
    const said = await dateline(at('data'), 'backup', path.join(folder, 'backup.tar.gz'));
    const after = written;
    isOver = true;
    await writing;
    expect(refused).toEqual([]);
    expect(said).toMatch(/backup\.tar\.gz: \d+\.\d MB of data in \d+\.\d MB\./);

    const restored = await dateline(at('restored'), 'restore', path.join(folder, 'backup.tar.gz'));
    expect(restored).toMatch(/is as it was at \d{4}-/);
    const numberIn = (line: string) => Number(/"slug":"written-(\d+)"/.exec(line)?.[1] ?? 0);
    const theirs = await exportOf(at('restored'), 'restored.ndjson');
    const last = Math.max(...theirs.map(numberIn));
    expect(last).toBeGreaterThanOrEqual(before);
    expect(last).toBeLessThanOrEqual(after);
    const ours = await exportOf(at('data'), 'ours.ndjson');
    expect(theirs).toEqual(ours.filter((line) => numberIn(line) <= last));
    // What is there is not written over.
    await expect(dateline(at('restored'), 'restore', path.join(folder, 'backup.tar.gz'))).rejects.toThrow(
      /There are data in the folder/,
    );
  }, 400_000);
});

describe('a PostgreSQL server, by the commands of docs/operating.md', () => {
  const server = process.env['TEST_DATABASE_URL'];
  const names = ['source', 'target'].map((name) => `dateline_backup_${process.pid}_${name}`);
  const urlOf = (name = '') => {
    const url = new URL(server ?? 'postgres://nobody');
    url.pathname = `/${name}`;
    return url.href;
  };
  const psql = (statement: string) => run('psql', ['--no-psqlrc', '--quiet', '--command', statement, server ?? '']);

  beforeAll(async () => {
    if (server === undefined) throw new Error('npm run test:e2e starts this with a PostgreSQL server');
    for (const name of names) await psql(`create database ${name}`);
  });
  afterAll(async () => {
    for (const name of names) await psql(`drop database if exists ${name} with (force)`);
  });

  it('is restored into a new database that exports the same bytes, and is well', async () => {
    const [source, target] = names.map((name) => ({ DATABASE_URL: urlOf(name) })) as [
      { DATABASE_URL: string },
      { DATABASE_URL: string },
    ];
    const operating = await readFile(path.join(root, 'docs/operating.md'), 'utf8');
    const [dump = '', restore = ''] = [...operating.matchAll(/^(pg_(?:dump|restore) .*)$/gm)].map(([line]) => line);
    expect([dump, restore]).toEqual([expect.stringMatching(/^pg_dump /), expect.stringMatching(/^pg_restore /)]);
    await dateline(source, 'migrate');
    const paper = await startServiceProcess(source);
    const written = await paper.query(documentOf('createArticle', 'article { slug }'), {
      input: { headline: 'Kept', slug: 'kept', section: 'asia', body: { html: '<p>Kept</p>' } },
    });
    expect(written.data?.['createArticle'].__typename).toBe('CreateArticleSuccess');
    await paper.stop();

    const sh = (line: string, environment: Record<string, string>) =>
      run('sh', ['-ec', line], { cwd: folder, env: { PATH: process.env['PATH'], ...environment } });
    await sh(dump, source);
    await sh(restore, target);
    const [ours, theirs] = [await exportOf(source, 'source.ndjson'), await exportOf(target, 'target.ndjson')];
    expect(theirs).toEqual(ours);
    expect(theirs.some((line) => line.includes('"slug":"kept"'))).toBe(true);
    const doctor = await dateline(target, 'doctor');
    expect(doctor).not.toMatch(/^problem/m);
  });
});
