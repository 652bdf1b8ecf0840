import { mkdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { claim } from './claims.js';
import { DatabaseUnusable } from './database.js';

/** The name under which a PostgreSQL client looks for a server in a folder. */
const socketName = '.s.PGSQL.5432';

const lookEveryMs = 100;
/** How long a process that holds the folder may take to open it: a slow disk, a crash to recover from. */
const opensWithinMs = 120_000;
/** How long one that has opened it may leave others without an answer. */
const answersWithinMs = 10_000;

/** Either this process holds the folder, or another does and answers on the socket. */
export type Hold = { held: true; socket: string; release: () => Promise<void> } | { held: false; folder: string };

/** An SSLRequest (PostgreSQL, Frontend/Backend Protocol, 53.7): a server says at once in one byte whether it speaks TLS. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Resolves true when something accepts a connection on `socket`: it answers, or it hangs up because another is being
 * served. The answer is waited for: who hangs up first may be gone before the server has looked, and then it keeps the
 * place for nobody.
 */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    let isThere = false;
    const done = () => {
      probe.end();
      resolve(isThere);
    };
    probe.setTimeout(2000, () => {
      isThere = false;
      done();
      probe.destroy();
    });
    probe.once('connect', () => {
      isThere = true;
      probe.write(sslRequest);
    });
    probe.once('data', done);
    probe.once('error', done);
    probe.once('close', done);
  });
}

/**
 * Takes `dataFolder` for this process, or waits for the process that has it to let others in. When that one is killed
 * meanwhile, the folder is taken after all. Throws {@link DatabaseUnusable}.
 */
export async function holdFolder(dataFolder: string): Promise<Hold> {
  const folder = path.resolve(dataFolder);
  await mkdir(folder, { recursive: true });
  const socket = path.join(folder, socketName);
  if (await answers(socket)) return { held: false, folder };
  const holding = await claim(path.join(folder, 'holder'));
  let opening = 0;
  let silent = 0;
  for (;;) {
    const holder = await holding.standing();
    if (holder === null) {
      await rm(socket, { force: true });
      return { held: true, socket, release: () => holding.release() };
    }
    if (await answers(socket)) {
      await holding.release();
      return { held: false, folder };
    }
    // The holder makes the socket when it has opened the folder.
    const isOpened = await stat(socket).then(
      () => true,
      () => false,
    );
    if (isOpened) silent += lookEveryMs;
    else opening += lookEveryMs;
    if (silent >= answersWithinMs || opening >= opensWithinMs) {
      await holding.release();
      throw new DatabaseUnusable(
        `The data folder ${folder} is held by process ${holder}, which ${isOpened ? 'does not answer' : `has not opened it for ${opensWithinMs / 1000} s`}. ` +
          `Stop that process, or name another folder in DATA_DIR.`,
      );
    }
    await pause(lookEveryMs);
  }
}

/** Runs `work` while no other process migrates the database in `dataFolder`, whether it holds the folder or is let in. */
export async function migratingAlone<Result>(dataFolder: string, work: () => Promise<Result>): Promise<Result> {
  const turn = await claim(path.join(path.resolve(dataFolder), 'migrating'));
  try {
    while ((await turn.standing()) !== null) await pause(lookEveryMs);
    return await work();
  } finally {
    await turn.release();
  }
}
