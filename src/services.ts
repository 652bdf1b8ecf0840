import type { Logger } from 'pino';
import type { Answers } from './answers/answers.js';
import type { Database } from './database/database.js';
import type { Site } from './config.js';
import type { JobRequests } from './jobs/jobs.js';
import type { Outgoing } from './outgoing/ask.js';

/** What the whole service works with. The clock is here so that only the outermost file reads the real one. */
export interface Services {
  readonly db: Database;
  readonly site: Site;
  readonly log: Logger;
  /** Where work for later is asked for; absent where none is done. */
  readonly jobs?: JobRequests | undefined;
  /** Where answers to anyone are kept; each is made anew when absent. */
  readonly answers?: Answers | undefined;
  /**
   * For how many seconds what anyone may read may be shown after it was last known to be true, while the database is away; an
   * hour when absent.
   */
  readonly staleIfError?: number;
  /** The way out, to addresses that somebody gave. */
  readonly outgoing: Outgoing;
  clock(): Date;
}
