// node scripts/with-postgres.mjs -- command …
// Runs the command with TEST_DATABASE_URL naming a real PostgreSQL: the one it already names, else the one that answers on
// 127.0.0.1:5432 without a password, else one of the installed binaries, started for this run and removed after it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

const command = process.argv.slice(process.argv.indexOf('--') + 1);
if (!process.argv.includes('--') || command.length === 0) {
  console.error('Usage: node scripts/with-postgres.mjs -- command …');
  process.exit(2);
}

const server = (await given()) ?? (await local()) ?? (await started());
if (!server) {
  console.error(
    'There is no PostgreSQL to test on. Name one in TEST_DATABASE_URL (its user must be allowed to create databases), ' +
      'or install one: apt-get install postgresql.',
  );
  process.exit(1);
}
console.log(`Testing on ${server.version} ${server.which}.`);

const child = spawn(command[0], command.slice(1), {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, TEST_DATABASE_URL: server.url },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Cannot run ${command[0]}: ${error.message}`);
  end(127);
});
child.on('close', (code) => end(code ?? 1));

function end(code) {
  server.stop?.();
  process.exit(code);
}

/** The server the environment names. One that does not answer is an error: testing on another would answer another question. */
async function given() {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) return undefined;
  const version = await versionOf(url);
  if (version instanceof Error) {
    console.error(`TEST_DATABASE_URL names a server that does not answer: ${version.message}`);
    process.exit(1);
  }
  return { url, version, which: 'as TEST_DATABASE_URL says' };
}

async function local() {
  const url = 'postgres://postgres@127.0.0.1:5432/postgres';
  const version = await versionOf(url);
  return version instanceof Error ? undefined : { url, version, which: 'on 127.0.0.1:5432' };
}

async function started() {
  const bin = binaries();
  if (!bin) return undefined;
  const account = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'dateline-postgres-'));
  const data = join(folder, 'data');
  const stop = () => {
    if (existsSync(data)) spawnSync(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate', '-w'], account);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('uncaughtException', (error) => {
    stop();
    throw error;
  });
  // The account that runs the server must own its folder.
  if (account.uid !== undefined) spawnSync('chown', [`${account.uid}:${account.gid}`, folder]);
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`;
  const steps = [
    ['initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    ['pg_ctl', 'start', '-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', options],
  ];
  for (const [program, ...args] of steps) {
    const { status, stderr, error } = spawnSync(join(bin, program), args, {
      ...account,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status === 0) continue;
    const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '';
    console.error(`${join(bin, program)} failed: ${error?.message ?? stderr}${log}`);
    stop();
    process.exit(1);
  }
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const version = await versionOf(url);
  if (version instanceof Error) {
    stop();
    throw version;
  }
  return { url, version, which: `started from ${bin}`, stop };
}

/** The folder that holds `initdb` and `pg_ctl`: on the PATH, else the newest where Debian keeps them. */
function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((folder) => folder && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')));
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`, from a folder that account may enter. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] =
    ['postgres', 'nobody'].map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean) ?? [];
  return uid === undefined ? {} : { uid: Number(uid), gid: Number(gid), cwd: '/' };
}

/** What the server calls itself, or why it does not answer. */
async function versionOf(connectionString) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query('show server_version');
    return `PostgreSQL ${rows[0].server_version}`;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
