import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { DatabaseUnusable } from './database.js';

/** The name under which a PostgreSQL client looks for a server in a folder. */
const socketName = '.s.PGSQL.5432';

/** Either this process holds the folder, or another does and answers on the socket. */
export type Hold = { held: true; socket: string; release: () => Promise<void> } | { held: false; folder: string };

/** Resolves true when something accepts a connection on `socket`. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    const done = (result: boolean) => {
      probe.destroy();
      resolve(result);
    };
    probe.setTimeout(2000, () => done(false));
    probe.once('connect', () => done(true));
    probe.once('error', () => done(false));
  });
}

/** When process `pid` began, as the kernel counts; null where that cannot be read. A pid alone is soon somebody else's. */
async function beginningOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function holderOf(lock: string): Promise<number | null> {
  const [pidText, began] = (await readFile(lock, 'utf8').catch(() => '')).split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isRunning(pid)) return null;
  const beginning = await beginningOf(pid);
  return began && beginning && began !== beginning ? null : pid;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Takes `dataFolder` for this process, or finds the process that has it and lets others in.
 * A holder that was killed leaves its lock behind; the lock says whose it was, so it is taken over at once.
 */
export async function holdFolder(dataFolder: string): Promise<Hold> {
  const folder = path.resolve(dataFolder);
  await mkdir(folder, { recursive: true });
  const lock = path.join(folder, 'holder');
  const socket = path.join(folder, socketName);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const handle = await open(lock, 'wx');
      await handle.writeFile(`${process.pid}\n${(await beginningOf(process.pid)) ?? ''}\n`);
      await handle.close();
      await rm(socket, { force: true });
      return { held: true, socket, release: () => rm(lock, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await answers(socket)) return { held: false, folder };
    const holder = await holderOf(lock);
    if (holder === null) await rm(lock, { force: true });
    else if (attempt === 99) {
      throw new DatabaseUnusable(
        `The data folder ${folder} is held by process ${holder}, which does not answer. ` +
          `Stop that process, or name another folder in DATA_DIR.`,
      );
    } else await pause(100);
  }
  throw new DatabaseUnusable(`The data folder ${folder} could not be taken: others keep taking and leaving it.`);
}
