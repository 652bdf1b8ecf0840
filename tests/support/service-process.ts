import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NewsroomRole } from '../../src/access/viewer.js';
import type { Answer } from './service.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startsWithinMs = 120_000;
const stopsWithinMs = 15_000;

/** The built service as a process of its own, on a port of this machine. */
export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** The first administrator's. */
  readonly adminToken: string;
  /** What it has said so far, for a test that failed. */
  said(): string;
  /** Runs the command line beside it; answers what it printed. */
  command(...args: string[]): Promise<string>;
  /** A new token of a new member of the newsroom, made by the command line. */
  tokenFor(role: NewsroomRole, name: string): Promise<string>;
  /** Asks as the bearer of `token`. Rejects when the process ends before it has answered. */
  query(document: string, variables?: Record<string, unknown>, token?: string): Promise<Answer>;
  /** Stops it where it stands, as a machine that is suspended; and lets it go on. */
  suspend(): void;
  resume(): void;
  /** Ends it as an operator does. Rejects when it had to be killed. */
  stop(): Promise<void>;
  /** Ends it as the kernel does when memory runs out: nothing of the process gets to know. */
  kill(): Promise<void>;
}

/**
 * Starts it over the sample newsroom in a new folder, which is removed at its end; over the one that DATA_DIR in
 * `environment` names, which stays. A variable given as undefined is not set.
 */
export async function startServiceProcess(
  environment: Record<string, string | undefined> = {},
  program: readonly string[] = ['dist/main.js'],
): Promise<ServiceProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'dateline-'));
  const adminToken = 'dlt_the-first-administrator-of-a-test';
  const env = {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    SITE_NAME: 'The Roadstead',
    PUBLIC_URL: 'https://roadstead.example',
    DATELINE_ADMIN_TOKEN: adminToken,
    ...environment,
  };
  const child = spawn(process.execPath, program, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));

  async function endBy(signal: 'SIGTERM' | 'SIGKILL') {
    const isObeyed = await end(child, signal);
    await rm(folder, { recursive: true, force: true });
    if (!isObeyed) throw new Error(`The service did not end within ${stopsWithinMs / 1000} s. It said:\n${said}`);
  }
  const command = async (...args: string[]) => {
    const run = promisify(execFile)(process.execPath, ['dist/cli/dateline.js', ...args], { cwd: root, env });
    return (await run).stdout.trim();
  };

  try {
    const url = await addressIn(child, () => said);
    return {
      url,
      pid: child.pid ?? 0,
      adminToken,
      said: () => said,
      suspend: () => void child.kill('SIGSTOP'),
      resume: () => void child.kill('SIGCONT'),
      command,
      tokenFor: (role, name) => command('token', 'create', '--role', role, '--name', name),
      async query(query, variables = {}, token = adminToken) {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query, variables }),
        });
        return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
      },
      stop: () => endBy('SIGTERM'),
      kill: () => endBy('SIGKILL'),
    };
  } catch (error) {
    await endBy('SIGKILL');
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

/** Answers whether it ended by `signal`, rather than by being killed for not ending. */
async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
  await ended;
  clearTimeout(timer);
  return signal === 'SIGKILL' || child.signalCode !== 'SIGKILL';
}
