import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const token = 'dlt_the-first-administrator-of-a-test';

const run = promisify(execFile);

async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { cwd: root, maxBuffer: 1e8 });
  return (stdout + stderr).trim();
}

/** The one that IMAGE names, else one built from this checkout. */
const image = process.env['IMAGE'] ?? 'dateline-under-test';
const volume = `dateline-test-${process.pid}`;
const containers: string[] = [];

beforeAll(async () => {
  if (!process.env['IMAGE']) await docker('build', '--tag', image, '.');
}, 600_000);
afterEach(async () => {
  if (containers.length === 0) return;
  await docker('rm', '--force', '--volumes', ...containers.splice(0));
  await docker('volume', 'rm', volume);
});

/** A container with no more rights than compose.yaml gives it, over the volume of this test. */
async function started(...environment: string[]): Promise<string> {
  const id = await docker(
    ...['run', '--detach', '--publish', '127.0.0.1::4000', '--volume', `${volume}:/var/lib/dateline`],
    ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true'],
    ...[`DATELINE_ADMIN_TOKEN=${token}`, ...environment].flatMap((setting) => ['--env', setting]),
    image,
  );
  containers.push(id);
  return id;
}

const addressOf = async (id: string) => `http://${(await docker('port', id, '4000')).split('\n')[0]}`;

const stateOf = async (id: string) =>
  JSON.parse(await docker('inspect', '--format', '{{json .State}}', id)) as {
    Running: boolean;
    ExitCode: number;
    Health: { Status: string };
  };

/** 0 where nothing answers: a port that Docker publishes takes connections before the service does. */
const statusAt = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ status }) => status,
    () => 0,
  );

async function serving(id: string): Promise<string> {
  const url = await addressOf(id);
  await eventually(async () => (await statusAt(`${url}/readyz`)) === 200, 60_000);
  return url;
}

async function query(url: string, document: string) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: document }),
  });
  return response.json() as Promise<unknown>;
}

const inside = (id: string, script: string) => docker('exec', id, 'sh', '-c', script);

it('serves as nobody special, from a root that is only read, and says itself that it is well', async () => {
  const id = await started();
  const url = await serving(id);
  expect(await query(url, '{ articles(first: 1) { nodes { headline } } viewer { role } }')).toMatchObject({
    data: { articles: { nodes: [{ headline: expect.any(String) as string }] }, viewer: { role: 'ADMIN' } },
  });
  for (const path of ['/', '/graphql', '/schema.graphql', '/feeds/latest.rss']) {
    expect([path, await statusAt(url + path)]).toEqual([path, 200]);
  }
  expect(await inside(id, 'id -u; grep -c "^Cap...:.0*$" /proc/1/status')).toBe('1000\n5');
  const writable = await inside(id, 'find / -xdev -writable 2>/dev/null || true');
  expect(writable.split('\n').filter((path) => !/^(\/var)?\/tmp\b|^\/var\/lib\/dateline\b/.test(path))).toEqual([]);
  await eventually(async () => (await stateOf(id)).Health.Status === 'healthy', 30_000);

  const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
  expect(await inside(id, 'dateline --version')).toBe(version);
  expect(await inside(id, 'dateline doctor')).toMatch(/^ok +database$/m);
});

it('goes on answering for DRAIN_SECONDS when it is told to stop, exits with 0, and the next one has what was written', async () => {
  const first = await started('DATELINE_NEWSROOM=off', 'DRAIN_SECONDS=3');
  const url = await serving(first);
  await query(url, 'mutation { createTag(input: { name: "kept" }) { __typename } }');
  const stopped = docker('stop', '--time', '20', first);
  await eventually(async () => (await statusAt(`${url}/readyz`)) === 503);
  expect(await query(url, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  await stopped;
  expect(await stateOf(first)).toMatchObject({ Running: false, ExitCode: 0 });
  const next = await serving(await started('DATELINE_NEWSROOM=off'));
  expect(await query(next, '{ tag(by: { slug: "kept" }) { name } }')).toEqual({ data: { tag: { name: 'kept' } } });
});

it('two containers that are given one volume at once exclude each other, and one that was killed is in nobody’s way', async () => {
  const both = await Promise.all([started('DATELINE_NEWSROOM=off'), started('DATELINE_NEWSROOM=off')]);
  const running = async () => {
    const states = await Promise.all(both.map(stateOf));
    return both.filter((_, index) => states[index]?.Running);
  };
  await eventually(async () => (await running()).length === 1, 60_000);
  const [winner] = await running();
  const loser = both.find((id) => id !== winner)!;
  expect((await stateOf(loser)).ExitCode).toBe(1);
  expect(await docker('logs', loser)).toContain('A Dateline already serves the data folder');
  await serving(winner!);
  await docker('kill', winner!);
  await docker('start', loser);
  await serving(loser);
});

it('is made of what npm run sbom says, and has nothing in it that only a build or a test needs', async () => {
  const list = await docker('run', '--rm', '--entrypoint', 'find', image, '/app', '-type', 'f');
  const needless =
    /\.env|\.npmrc|\/(src\/.*|[^/]*)\.[cm]?ts$|node_modules\/.*\.map$|\/node_modules\/(typescript|esbuild|jest|prisma|react)\/|\.node$/;
  expect(list.split('\n').filter((file) => needless.test(file))).toEqual([]);

  const installed = list
    .split('\n')
    .map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1]);
  const { stdout } = await run(process.execPath, ['scripts/sbom.mjs'], { cwd: root, maxBuffer: 1e8 });
  const { components } = JSON.parse(stdout) as { components: { name: string }[] };
  expect(new Set(installed.filter((name) => name !== undefined))).toEqual(new Set(components.map(({ name }) => name)));

  const [megabytes] = (await docker('run', '--rm', '--entrypoint', 'du', image, '-sm', '/app')).split('\t');
  expect(Number(megabytes)).toBeLessThan(130);
});
