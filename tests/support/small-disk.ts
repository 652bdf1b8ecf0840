import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, in memory, that can be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room but so many bytes, and what `free` gives back is as much. */
  fill(leaving?: number): void;
  free(): void;
  room(): number;
  close(): void;
}

/** What there is to say where none can be made. */
export const noDisk = 'this user may not mount a tmpfs, so that there is no disk to fill';

/** Null where none can be made. */
export function openSmallDisk(megabytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    process.stderr.write(`SKIPPED: ${noDisk}\n`);
    return null;
  }
  chmodSync(folder, 0o777);
  const filling = join(folder, 'filling');
  const room = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  const piece = Buffer.alloc(2 ** 16, 1);
  return {
    folder,
    room,
    fill(leaving = 0) {
      for (let left = room() - leaving; left > 0; left -= piece.length) {
        writeFileSync(filling, piece.subarray(0, Math.min(left, piece.length)), { flag: 'a' });
      }
    },
    free: () => rmSync(filling, { force: true }),
    close() {
      // What a process that was killed had open may be let go of a moment later.
      execFileSync('umount', ['--lazy', folder]);
      rmdirSync(folder);
    },
  };
}
