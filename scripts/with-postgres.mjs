// node scripts/with-postgres.mjs -- command …
// Runs the command with TEST_DATABASE_URL naming a real PostgreSQL: the one it already names, else the one that answers on
// 127.0.0.1:5432 without a password, else one of the installed binaries, started for this run and removed after it.
import { spawn } from 'node:child_process';
import pg from 'pg';
import { ownPostgres } from './postgres.mjs';

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
  const own = await ownPostgres().catch(failed);
  if (!own) return undefined;
  process.on('uncaughtException', (error) => {
    own.remove();
    throw error;
  });
  try {
    own.start();
  } catch (error) {
    own.remove();
    failed(error);
  }
  const version = await versionOf(own.url);
  if (version instanceof Error) {
    own.remove();
    throw version;
  }
  return { url: own.url, version, which: `started from ${own.bin}`, stop: own.remove };
}

function failed(error) {
  console.error(error.message);
  process.exit(1);
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
