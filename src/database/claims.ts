import { randomBytes } from 'node:crypto';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';

/** Where the claim that bears `mark` listens as long as its process lives: no longer a name than that of PostgreSQL's socket. */
const socketOf = (file: string, mark: string) => path.join(path.dirname(file), `.${mark}`);

async function listenOn(socket: string): Promise<Server> {
  const server = createServer((probe) => probe.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: socket, exclusive: true }, resolve);
  });
  return server.unref();
}

const markIn = (line: string) => /^\d+ ([\w-]{12})$/.exec(line)?.[1];

/**
 * Whether the process that wrote `line` lives, and has not given its claim back. Its socket is asked and not its pid, which says
 * nothing in another container, where every service is process 1.
 */
function stands(file: string, line: string): Promise<boolean> {
  const mark = markIn(line);
  if (mark === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = connect(socketOf(file, mark));
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    // The kernel refuses for a process that is no more; anything else is no proof of that.
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

const withdrawal = (line: string) => `withdrawn ${line}`;

const pidIn = (line: string) => Number(line.split(' ')[0]);

/** A claim to what one process at a time may have. */
export interface Claim {
  /** The process that stands before this claim; null when the thing is ours. */
  standing(): Promise<number | null>;
  /** Gives it back, or gives up waiting for it. */
  release(): Promise<void>;
}

/**
 * Claims what `file` stands for. Claims are lines that are only ever added, and the first whose process lives has it: as the
 * dead do not come back, no two can find themselves first, and what a killed process had is free at once.
 */
export async function claim(file: string): Promise<Claim> {
  const mark = randomBytes(9).toString('base64url');
  const line = `${process.pid} ${mark}`;
  const living = await listenOn(socketOf(file, mark));
  let isFirst = false;
  const linesNow = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return {
    async standing() {
      if (isFirst) return null;
      let lines = await linesNow();
      // Whoever has the claim clears away the dead before it and, without meaning to, what was added meanwhile.
      while (!lines.includes(line)) {
        await appendFile(file, `${line}\n`);
        lines = await linesNow();
      }
      const before = lines.slice(0, lines.indexOf(line));
      for (const other of before) {
        if (!lines.includes(withdrawal(other)) && (await stands(file, other))) return pidIn(other);
      }
      isFirst = true;
      await writeFile(`${file}.${mark}`, `${line}\n`);
      await rename(`${file}.${mark}`, file);
      for (const left of before.map(markIn)) {
        if (left !== undefined) await rm(socketOf(file, left), { force: true });
      }
      return null;
    },
    async release() {
      if (isFirst) await rm(file, { force: true });
      else await appendFile(file, `${withdrawal(line)}\n`);
      await new Promise((resolve) => living.close(resolve));
    },
  };
}
