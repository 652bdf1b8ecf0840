import type { Logger } from 'pino';
import { openReaders, type Readers } from '../access/readers.js';
import type { Database } from '../database/database.js';
import type { Counters } from '../graphql/context.js';
import { openCommentCounter } from './comment/writers.js';
import { openViews } from './trending/views.js';

export interface OpenCounters {
  readonly counters: Counters;
  readonly readers: Readers;
  /** Writes down what is counted and not written yet. */
  close(): Promise<void>;
}

/** What is counted of readers, for all requests of one instance. */
export function openCounters({ db, log, clock }: { db: Database; log: Logger; clock: () => Date }): OpenCounters {
  const readers = openReaders({ db });
  const views = openViews({ db, readers, log, clock });
  return {
    counters: { views, comments: openCommentCounter({ db, readers }) },
    readers,
    close: () =>
      views.flush().catch((error: unknown) => log.error({ err: error }, 'the last views could not be written')),
  };
}
