import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from './service.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The service as a process that a test may kill at any moment, and start again over the same folder. */
export interface KilledService {
  start(): Promise<void>;
  /** As the kernel does it when memory runs out: nothing of the process gets to know. */
  kill(): Promise<void>;
  /** Rejects when the process ends before it has answered. */
  query(document: string, variables?: Record<string, unknown>): Promise<Answer>;
  readonly folder: string;
  remove(): Promise<void>;
}

const token = 'dlt_the-administrator-of-the-killed';

export async function aServiceToKill(): Promise<KilledService> {
  const folder = await mkdtemp(join(tmpdir(), 'dateline-killed-'));
  let child: ChildProcess | undefined;
  let url = '';

  async function kill() {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  return {
    folder,
    kill,
    async start() {
      const env = {
        PATH: process.env['PATH'],
        PORT: '0',
        DATA_DIR: folder,
        LOG_LEVEL: 'error',
        DATELINE_NEWSROOM: 'off',
        DATELINE_ADMIN_TOKEN: token,
      };
      const starting = spawn(process.execPath, ['dist/main.js'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
      child = starting;
      let said = '';
      url = await new Promise<string>((resolve, reject) => {
        for (const stream of [starting.stdout, starting.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            said += chunk.toString();
            const found = /graph and desk +(http:\S+)\/graphql/.exec(said)?.[1];
            if (found) resolve(found);
          });
        }
        starting.once('exit', (code) =>
          reject(new Error(`It ended with ${code} before it listened. It said:\n${said}`)),
        );
      });
    },
    async query(document, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: document, variables }),
      });
      return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
    },
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
