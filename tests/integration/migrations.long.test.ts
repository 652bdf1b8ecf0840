import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrationsOnDisk } from '../support/migrations.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patience = 300_000;

const migrate = async (environment: Record<string, string>) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'src/cli/dateline.ts', 'migrate'],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    },
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('applied '))
    .map((line) => line.slice('applied '.length));
};

async function race(environment: Record<string, string>) {
  const [first, second] = await Promise.all([migrate(environment), migrate(environment)]);
  expect([...first, ...second].sort()).toEqual(await migrationsOnDisk());
  expect(await migrate(environment)).toEqual([]);
}

const server = process.env['TEST_DATABASE_URL'];
(server === undefined ? it.skip : it)(
  'two processes that migrate one server at once apply each migration once',
  async () => {
    const name = `dateline_race_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client(server);
    await admin.connect();
    await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
    try {
      const url = new URL(server ?? '');
      url.pathname = `/${name}`;
      await race({ DATABASE_URL: url.href });
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    }
  },
  3 * patience,
);
