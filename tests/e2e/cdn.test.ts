import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { freePort, nginxProgram, temporaryPaths } from '../support/nginx.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let cdn: Receiver;
let service: ServiceProcess;
let nginx: ChildProcess;
let edge: string;
let documentId: string;

beforeAll(async () => {
  if (!nginxProgram) throw new Error('There is no nginx: install nginx-light');
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-edge-'));
  cdn = await startReceiver();
  service = await startServiceProcess({ PURGE_URL: `${cdn.url}/purge`, PURGE_HEADER: 'Fastly-Key: secret' });
  const port = await freePort();
  edge = `http://127.0.0.1:${port}`;
  const [, documented = ''] = /```nginx\n([^]*?)```/.exec(await readFile(path.join(root, 'docs/cdn.md'), 'utf8')) ?? [];
  const configuration = documented
    .replace('/var/cache/nginx/dateline', path.join(folder, 'cache'))
    .replace('server 127.0.0.1:4000;', `server ${new URL(service.url).host};`)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('http {', `http {\n  access_log off;\n${temporaryPaths(folder)}`);
  const file = path.join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log ${folder}/errors;\n${configuration}`,
  );
  await mkdir(path.join(folder, 'logs'), { recursive: true });
  nginx = spawn(nginxProgram, ['-p', folder, '-c', file, '-e', `${folder}/errors`], { stdio: 'ignore' });
  await eventually(async () => (await fetch(`${edge}/healthz`).catch(() => null))?.status === 200);
  const document = await readFile(path.join(root, 'schema/operations/latest-feed.graphql'), 'utf8');
  documentId = createHash('sha256').update(document).digest('hex');
});
afterAll(async () => {
  nginx?.kill();
  await service?.kill();
  await cdn?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (at: string, headers: Record<string, string> = {}) =>
  fetch(`${at}/graphql?documentId=${documentId}&variables=${encodeURIComponent('{"first":3}')}`, {
    headers: { accept: 'application/graphql-response+json', ...headers },
  });

describe('nginx as docs/cdn.md has it', () => {
  it('asks once, answers everybody, and says 304 to whoever has the answer', async () => {
    const first = await ask(edge);
    expect([first.status, first.headers.get('x-cache')]).toEqual([200, 'MISS']);
    expect(first.headers.get('surrogate-key')).toBeNull();
    expect(await first.json()).toHaveProperty('data.latestFeed.entries.edges.2');
    const second = await ask(edge);
    expect(second.headers.get('x-cache')).toBe('HIT');
    const unchanged = await ask(edge, { 'if-none-match': second.headers.get('etag') ?? '' });
    expect([unchanged.status, unchanged.headers.get('x-cache')]).toEqual([304, 'HIT']);
  });

  it('lets whoever signs in through, and keeps nothing of theirs', async () => {
    const mine = await ask(edge, { authorization: `Bearer ${service.adminToken}` });
    expect([mine.status, mine.headers.get('x-cache')]).toEqual([200, 'BYPASS']);
    expect(mine.headers.get('cache-control')).toMatch(/no-store/);
    expect((await ask(edge)).headers.get('x-cache')).toBe('HIT');
  });
});

describe('a cache that can be told what to forget', () => {
  it('is told to forget everything when the service starts, and by whom', async () => {
    await eventually(() => cdn.received.length > 0);
    expect(cdn.received[0]?.headers['surrogate-key']).toBe('all');
    expect(cdn.received[0]).toMatchObject({ method: 'POST', path: '/purge', body: '{"tags":["all"]}' });
    expect(cdn.received[0]?.headers['fastly-key']).toBe('secret');
  });

  it('is told within half a second of a change, by a name that stood on the answer', async () => {
    const answer = await ask(service.url);
    const names = (answer.headers.get('surrogate-key') ?? '').split(' ');
    expect(names[0]).toBe('all');
    expect(names.length).toBeGreaterThan(3);
    const [newest] = (await answer.json()).data.latestFeed.entries.edges;
    const piece = (
      await service.query('query ($path: String!) { resolvePath(path: $path) { ... on Article { id revision } } }', {
        path: newest.node.article.path,
      })
    ).data?.['resolvePath'];
    cdn.received.length = 0;
    const changedAt = performance.now();
    const { data } = await service.query(documentOf('updateArticle', 'article { id }'), {
      input: { id: piece.id, expectedRevision: piece.revision, headline: 'Another headline' },
    });
    expect(data?.['updateArticle'].__typename).toBe('UpdateArticleSuccess');
    await eventually(() => cdn.received.length > 0);
    const told = cdn.received.flatMap(({ headers }) => String(headers['surrogate-key']).split(' '));
    expect(told).toContain('many');
    expect(told.filter((name) => names.includes(name))).not.toEqual([]);
    expect((cdn.received[0]?.at ?? Infinity) - changedAt).toBeLessThan(2500);
  });
});

it('goes on answering what it has when the service is gone', async () => {
  await ask(edge);
  await service.kill();
  const answer = await ask(edge);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-cache')).toMatch(/HIT|STALE|UPDATING/);
  expect((await ask(edge, { authorization: `Bearer ${service.adminToken}` })).status).toBe(502);
});
