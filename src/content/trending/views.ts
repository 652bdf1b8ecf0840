import { isbot } from 'isbot';
import type { Logger } from 'pino';
import type { Readers } from '../../access/readers.js';
import { isSignedIn, type Viewer } from '../../access/viewer.js';
import type { Database } from '../../database/database.js';
import type { Client } from '../../http/client.js';
import { startRounds, type Rounds } from '../../jobs/rounds.js';
import { beginningOf, halfHour } from './rules.js';
import { addViews, forgetReaders, type View } from './store.js';

declare module '../../graphql/context.js' {
  interface Counters {
    views: ViewCounter;
  }
}

export interface Looking {
  readonly viewer: Viewer;
  readonly client: Client;
  readonly now: Date;
}

export interface ViewCounter {
  /** Whether the view counts, unless the same reader's was counted before: not of programs, nor of the newsroom. */
  record(articleId: string, looking: Looking): Promise<boolean>;
  /** Writes what is counted and not written yet. Rejects when that fails; nothing is lost by it. */
  flush(): Promise<void>;
}

export interface ViewCounterOptions {
  readonly db: Database;
  readonly readers: Readers;
  readonly log: Logger;
  readonly clock: () => Date;
  /** How soon after the first of them views are written. */
  readonly writtenAfterMs?: number;
}

const mostAtOnce = 5000;
/** While the database does not answer, so many views wait; more are not counted. */
const mostWaiting = 50_000;

/** Counts views in memory and writes them together, half a second later: nobody who reads waits for a write. */
export function openViews(options: ViewCounterOptions): ViewCounter {
  const { db, readers, log, clock, writtenAfterMs = 500 } = options;
  let waiting = new Map<string, View>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const keyOf = ({ articleId, reader, halfHour }: View) => `${halfHour} ${articleId} ${reader}`;

  function takeIn(view: View): boolean {
    const key = keyOf(view);
    if (waiting.size >= mostWaiting && !waiting.has(key)) return false;
    waiting.set(key, view);
    timer ??= setTimeout(writeSoon, writtenAfterMs).unref();
    return true;
  }

  function writeSoon(): void {
    flush().catch((error: unknown) => log.warn({ err: error }, 'views could not be written; it is tried again'));
  }

  async function writeAll(): Promise<void> {
    const views = [...waiting.values()];
    waiting = new Map();
    let written = 0;
    try {
      for (; written < views.length; written += mostAtOnce) {
        await addViews(db, views.slice(written, written + mostAtOnce), clock());
      }
    } catch (error) {
      for (const view of views.slice(written)) takeIn(view);
      throw error;
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.catch(() => undefined).then(writeAll);
    return writing;
  }

  return {
    async record(articleId, { viewer, client, now }) {
      const isReader = client.agent !== null && !isbot(client.agent) && !isSignedIn(viewer);
      if (!isReader) return false;
      const { reader } = await readers.markOf(client, now);
      return takeIn({ articleId, reader, halfHour: beginningOf(now.getTime(), halfHour) });
    },
    flush,
  };
}

const forgetEveryMs = 60_000;

/** Deletes what views need no longer, until stopped. Any number of instances may. */
export const startForgetting = ({ db, log, clock }: Pick<ViewCounterOptions, 'db' | 'log' | 'clock'>): Rounds =>
  startRounds({
    what: 'the forgetting of readers',
    everyMs: forgetEveryMs,
    log,
    round: () => forgetReaders(db, clock()),
  });
