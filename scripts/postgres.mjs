// A PostgreSQL of one's own, from the installed binaries, for tests: it is started in a new folder, may be stopped, killed and
// started again, and is removed with all that was in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/**
 * Prepares one; null where no binaries are installed. `parent` is the folder that its own is made in. Nothing is flushed to the
 * disk for certain unless `isDurable`. With `primary` it is a standby of that one, which must be running.
 */
export async function ownPostgres({ parent = tmpdir(), settings = {}, isDurable = false, primary = null } = {}) {
  const bin = binaries();
  if (!bin) return null;
  const account = unprivileged();
  const folder = mkdtempSync(join(parent, 'dateline-postgres-'));
  const data = join(folder, 'data');
  // The account that runs the server must own its folder.
  if (account.uid !== undefined) spawnSync('chown', [`${account.uid}:${account.gid}`, folder]);
  const port = await freePort();
  const log = join(folder, 'log');
  const options = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: isDurable ? 'on' : 'off',
    max_connections: 200,
    ...settings,
  }).map(([name, value]) => `-c ${name}=${value}`);

  function run(program, ...args) {
    const { status, stderr, error } = spawnSync(join(bin, program), args, {
      ...account,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status === 0) return;
    const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
    throw new Error(`${join(bin, program)} failed: ${error?.message ?? stderr}${said}`);
  }

  const server = {
    bin,
    port,
    data,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start: () =>
      run('pg_ctl', 'start', '-D', data, '-w', '-t', '60', '-l', log, '-o', `-p ${port} ${options.join(' ')}`),
    /** `fast` ends connections and writes out what there is; `immediate` is as if the power had gone. */
    stop: (mode = 'fast') => run('pg_ctl', 'stop', '-D', data, '-m', mode, '-w'),
    /** Kills the one process that watches over all others: these end by themselves. */
    kill() {
      process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    },
    remove() {
      if (existsSync(join(data, 'postmaster.pid')))
        spawnSync(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate', '-w'], account);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    const copied = ['-h', '127.0.0.1', '-p', primary?.port, '-U', 'postgres', '-R', '-c', 'fast', '--no-sync'];
    if (primary) run('pg_basebackup', '-D', data, ...copied);
    else run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  } catch (error) {
    server.remove();
    throw error;
  }
  return server;
}

/** The folder that holds `initdb` and `pg_ctl`: on the PATH, else the newest where Debian keeps them. */
function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.find(
    (folder) => folder && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  );
  // On the PATH there may be links to some of them only.
  return found && dirname(realpathSync(join(found, 'initdb')));
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

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
