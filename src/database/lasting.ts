import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { DatabaseAway, isDiskFull } from './presence.js';

/** PostgreSQL's own way out of a statement that failed, after which it goes on (PGlite, POSTGRES_MAIN_LONGJMP). */
const goesOn = 100;
/** PostgreSQL recovers into a new segment of its log, which is so large. */
const leastRoom = 17 * 2 ** 20;
const firstPauseMs = 250;
const longestPauseMs = 2000;
/** Where there seems to be no room it is tried all the same, so often. */
const triesBlindlyEveryMs = 15_000;

/** The embedded PostgreSQL has stopped, and is opened anew when it can be. */
class EmbeddedStopped extends DatabaseAway {
  constructor(cause: unknown) {
    const full = isDiskFull(cause) ? ': the disk is full' : '';
    super(`the embedded database has stopped${full}; it is opened again as soon as that can be done`, { cause });
  }
}

/**
 * Has `pglite` tell when PostgreSQL stops in it (PANIC, FATAL, or a fault of the machine it runs in), and refuse what it is asked
 * from then on. Of itself it would take no notice, and go round for ever with what was sent and nobody reads.
 */
function watchOver(pglite: PGlite, onStopped: (error: DatabaseAway) => void): void {
  let fault: unknown;
  /** What PostgreSQL said of it comes a moment after it has stopped. */
  let said: unknown;
  let error: DatabaseAway | undefined;
  const stopped = () => (error ??= new EmbeddedStopped(said ?? fault));

  let isWatched = false;
  function watch(module: PGlite['Module']): void {
    if (isWatched) return;
    isWatched = true;
    const advance = module._PostgresMainLoopOnce.bind(module);
    const restore = module.stackRestore.bind(module);
    let isLeft = false;
    module._PostgresMainLoopOnce = () => {
      isLeft = fault !== undefined;
      if (isLeft) throw stopped();
      try {
        advance();
      } catch (thrown) {
        if ((thrown as { status?: unknown }).status !== goesOn) {
          fault = thrown;
          setImmediate(() => onStopped(stopped()));
        }
        throw thrown;
      }
    };
    // Called where PGlite would go on after what was thrown.
    module.stackRestore = (place) => {
      if (isLeft) throw stopped();
      return restore(place);
    };
  }

  const send = pglite.execProtocolRawSync.bind(pglite);
  pglite.execProtocolRawSync = (message) => {
    if (fault !== undefined) throw stopped();
    watch(pglite.Module);
    return send(message);
  };
  const ask = pglite.execProtocolStream.bind(pglite);
  pglite.execProtocolStream = async (...asked) => {
    try {
      return await ask(...asked);
    } catch (refused) {
      if (fault !== undefined && !(refused instanceof DatabaseAway)) said ??= refused;
      throw refused;
    }
  };
}

/** Lets go of the files that `pglite` has open, and of nothing else: what has stopped must write no more. */
function abandon(pglite: PGlite): void {
  const module = pglite.Module as PGlite['Module'] & { _clear_setitimer(): void };
  try {
    // The alarm of a PostgreSQL that was recovering goes off again and again, and would keep the process from ending.
    module._clear_setitimer();
    (module.FS as { quit(): void }).quit();
  } catch {
    // It never came to open any.
  }
}

async function isRoomIn(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= leastRoom;
}

/** A PGlite that is opened anew when it has stopped. */
export interface Lasting {
  /** The one that runs, whichever it is; while there is none, all that is asked of it is refused. */
  readonly pglite: PGlite;
  /** Calls `listener` when it stops, with whatever was begun on it. Answers how to have that no more. */
  onStopped(listener: (error: Error) => void): () => void;
  close(): Promise<void>;
}

export interface LastingOptions extends PGliteOptions {
  dataDir: string;
  /** What is opened over it, each time anew. Answers how that is closed. */
  over: (pglite: PGlite) => Promise<() => Promise<unknown>>;
  /** Told that it has stopped, and each time it could not be opened. */
  onTrouble?: ((error: Error) => void) | undefined;
}

export async function openLasting({ over, onTrouble, ...options }: LastingOptions): Promise<Lasting> {
  const listeners = new Set<(error: Error) => void>();
  const closing = new AbortController();
  let reviving: Promise<void> = Promise.resolve();
  let running: { pglite: PGlite; shut: () => Promise<unknown> } | null = null;
  let last: PGlite;

  async function open(): Promise<void> {
    const pglite = new PGlite(options);
    let stopped: Error | undefined;
    watchOver(pglite, (error) => {
      stopped = error;
      if (running?.pglite === pglite) reviving = revive(error);
    });
    try {
      await pglite.waitReady;
      const shut = await over(pglite);
      if (stopped) {
        await shut();
        throw stopped;
      }
      running = { pglite, shut };
      last = pglite;
    } catch (error) {
      abandon(pglite);
      throw error;
    }
  }

  async function revive(error: DatabaseAway): Promise<void> {
    const before = running;
    running = null;
    onTrouble?.(error);
    const told = [...listeners];
    listeners.clear();
    for (const listener of told) listener(error);
    await before?.shut().catch(() => undefined);
    abandon(last);
    let tried = -Infinity;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await pause(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      const isDue = performance.now() - tried >= triesBlindlyEveryMs;
      if (!isDue && !(await isRoomIn(options.dataDir).catch(() => false))) continue;
      tried = performance.now();
      try {
        await open();
        return;
      } catch (cause) {
        onTrouble?.(new DatabaseAway('the embedded database cannot be opened again; it is tried further', { cause }));
      }
    }
  }

  await open();
  const pglite = new Proxy({} as PGlite, {
    get(_target, name) {
      const value: unknown = Reflect.get(last, name, last);
      return typeof value === 'function' ? (value.bind(last) as unknown) : value;
    },
  });
  return {
    pglite,
    onStopped(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await reviving;
      await running?.shut();
      await running?.pglite.close();
    },
  };
}

/** Whether the disk that `folder` is on has no room for the database that would be opened there. */
export const hasNoRoom = (folder: string): Promise<boolean> =>
  isRoomIn(folder).then(
    (isRoom) => !isRoom,
    () => false,
  );
