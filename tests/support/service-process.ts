import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NewsroomRole } from '../../src/access/viewer.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startsWithinMs = 60_000;
const stopsWithinMs = 15_000;

/** The built service as a process of its own: on a port of this machine, over the sample newsroom in a new folder. */
export interface ServiceProcess {
  readonly url: string;
  /** The first administrator's. */
  readonly adminToken: string;
  /** What it has said so far, for a test that failed. */
  said(): string;
  /** Runs the command line beside it; answers what it printed. */
  command(...args: string[]): Promise<string>;
  /** A new token of a new member of the newsroom, made by the command line. */
  tokenFor(role: NewsroomRole, name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startServiceProcess(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'dateline-'));
  const adminToken = 'dlt_the-first-administrator-of-a-test';
  const env = {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    SITE_NAME: 'The Roadstead',
    DATELINE_ADMIN_TOKEN: adminToken,
    ...environment,
  };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));

  async function stop() {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  }
  const command = async (...args: string[]) => {
    const run = promisify(execFile)(process.execPath, ['dist/cli/dateline.js', ...args], { cwd: root, env });
    return (await run).stdout.trim();
  };

  try {
    const url = await addressIn(child, () => said);
    return {
      url,
      adminToken,
      said: () => said,
      command,
      tokenFor: (role, name) => command('token', 'create', '--role', role, '--name', name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address it prints once it listens. */
async function addressIn(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const give = (how: string) => reject(new Error(`The service ${how}. It said:\n${said()}`));
    const timer = setTimeout(give, startsWithinMs, `did not listen within ${startsWithinMs / 1000} s`);
    child.once('exit', (code) => {
      clearTimeout(timer);
      give(`ended with ${code} before it listened`);
    });
    child.stdout?.on('data', () => {
      const url = /graph and desk +(http:\S+)\/graphql/.exec(said())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
  await ended;
  clearTimeout(timer);
}
