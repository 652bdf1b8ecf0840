import { randomBytes } from 'node:crypto';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** The claims of this process that it has not given back: two of its own exclude each other too. */
const ours = new Set<string>();

/** When process `pid` began, as the kernel counts; empty where that cannot be read. A pid alone is soon somebody else's. */
async function beginningOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process that wrote `line` lives, and has not given its claim back. */
async function stands(line: string): Promise<boolean> {
  const [pidText, mark = '', began = ''] = line.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || mark === '') return false;
  if (pid === process.pid) return ours.has(mark);
  if (!isRunning(pid)) return false;
  const beginning = await beginningOf(pid);
  return began === '' || beginning === '' || began === beginning;
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
  const line = `${process.pid} ${mark} ${await beginningOf(process.pid)}`;
  ours.add(mark);
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
      for (const other of lines.slice(0, lines.indexOf(line))) {
        if (!lines.includes(withdrawal(other)) && (await stands(other))) return pidIn(other);
      }
      isFirst = true;
      await writeFile(`${file}.${mark}`, `${line}\n`);
      await rename(`${file}.${mark}`, file);
      return null;
    },
    async release() {
      if (isFirst) await rm(file, { force: true });
      else await appendFile(file, `${withdrawal(line)}\n`);
      ours.delete(mark);
    },
  };
}
