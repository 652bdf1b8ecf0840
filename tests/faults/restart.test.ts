import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from '../../src/database/sql.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { freePort, nginxProgram, temporaryPaths } from '../support/nginx.js';
import { startTwoServices, type TwoServices } from '../support/two-services.js';

// Both instances behind ops/nginx.conf are restarted, one after the other, so many times, while readers read and editors write.
const rounds = Number(process.env['RESTARTS'] ?? 1);
const readers = 8;
const editors = 4;
const longestPauseMs = 20;

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string) => readFile(path.join(root, file), 'utf8');

let folder: string;
let both: TwoServices;
let nginx: ChildProcess;
let edge: string;
let adminToken: string;
let hosts: string[];
/** For how long nginx may go on without an instance that is back. */
let leftOutSeconds: number;

beforeAll(async () => {
  if (!nginxProgram) throw new Error('There is no nginx: install nginx-light');
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-restart-'));
  const [, drainSeconds = ''] = /DRAIN_SECONDS: '(\d+)'/.exec(await textOf('compose.yaml')) ?? [];
  both = await startTwoServices({
    DRAIN_SECONDS: drainSeconds,
    COST_PER_MINUTE: '0',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  adminToken = both.services[0].adminToken;
  const port = await freePort();
  edge = `http://127.0.0.1:${port}`;
  hosts = both.services.map(({ url }) => new URL(url).host);
  const shipped = await textOf('ops/nginx.conf');
  leftOutSeconds = Number(/fail_timeout=(\d+)s/.exec(shipped)?.[1]);
  const configuration = shipped
    .replaceAll('dateline-1:4000', hosts[0]!)
    .replaceAll('dateline-2:4000', hosts[1]!)
    .replace('worker_processes auto;', 'worker_processes 2;')
    .replace('/run/nginx.pid', path.join(folder, 'pid'))
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('http {', `http {\n${temporaryPaths(folder)}`);
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, `daemon off;\nerror_log ${folder}/errors info;\n${configuration}`);
  nginx = spawn(nginxProgram, ['-p', folder, '-c', file, '-e', `${folder}/errors`], { stdio: 'ignore' });
  await eventually(async () => (await fetch(`${edge}/healthz`).catch(() => null))?.status === 200);
}, 120_000);
afterAll(async () => {
  nginx?.kill();
  await both?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

/** What has been asked so far, and what came of it. */
class Office {
  isOpen = true;
  asked = 0;
  readonly failed: string[] = [];
  readonly acknowledged: string[] = [];

  async ask(target: string, init: RequestInit, expected: string): Promise<boolean> {
    this.asked += 1;
    const what = `${init.method ?? 'GET'} ${target}`.slice(0, 60);
    const began = new Date().toISOString();
    try {
      const response = await fetch(edge + target, init);
      const text = await response.text();
      if (response.status === 200 && text.includes(expected)) return true;
      this.failed.push(`${began} ${what}: ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      this.failed.push(`${began} ${what}: ${String((error as Error).cause ?? error)}`);
    }
    return false;
  }

  async read(): Promise<void> {
    while (this.isOpen) {
      const query = `{ articles(first: 3) { nodes { n${this.asked}: id headline } } }`;
      await this.ask(`/graphql?${new URLSearchParams({ query })}`, { headers }, '"headline"');
      await this.ask('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) }, '"headline"');
      await pause(Math.random() * longestPauseMs);
    }
  }

  async write(editor: number): Promise<void> {
    const query = documentOf('createTag', 'tag { id }');
    for (let count = 0; this.isOpen; count += 1) {
      const name = `tag ${editor}-${count}`;
      const body = JSON.stringify({ query, variables: { input: { name } } });
      const init = { method: 'POST', headers: { ...headers, authorization: `Bearer ${adminToken}` }, body };
      if (await this.ask('/graphql', init, '"CreateTagSuccess"')) this.acknowledged.push(name);
      await pause(Math.random() * longestPauseMs);
    }
  }
}

it('no request fails while one instance after the other is restarted, and each write is made once', async () => {
  const office = new Office();
  const people = Promise.all([
    ...Array.from({ length: readers }, () => office.read()),
    ...Array.from({ length: editors }, (_, editor) => office.write(editor)),
  ]);
  try {
    for (let restart = 0; restart < 2 * rounds; restart += 1) {
      await pause(restart === 0 ? 500 : (leftOutSeconds + 1.5) * 1000);
      await both.restart(restart % 2 === 0 ? 0 : 1);
    }
    await pause(500);
  } finally {
    office.isOpen = false;
    await people;
  }
  const { asked, acknowledged } = office;
  process.stdout.write(`${asked} requests, of which ${acknowledged.length} writes; ${office.failed.length} failed\n`);
  expect(office.failed).toEqual([]);
  const rows = await both.db.rows<{ name: string }>(sql`select name from tag where name like 'tag %-%'`);
  expect(rows.map(({ name }) => name).sort()).toEqual([...acknowledged].sort());
  expect(acknowledged.length).toBeGreaterThan(20);
  // Nor was it luck: nginx knew of each before its port closed, and had nothing on its way there.
  const log = (await readFile(path.join(folder, 'errors'), 'utf8')).split('\n');
  for (const host of hosts) {
    const learned = (line: string) => line.includes(`"/stopping", upstream: "http://${host}/readyz?exclude=database"`);
    expect(log.filter((line) => line.includes('temporarily disabled while reading') && learned(line))).not.toEqual([]);
  }
  expect(log.filter((line) => /recv\(\) failed|upstream prematurely closed|no live upstreams/.test(line))).toEqual([]);
}, 180_000);
