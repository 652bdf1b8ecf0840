import type { Logger } from 'pino';
import type { Database } from './database/database.js';
import type { Site } from './config.js';
import type { JobRequests } from './jobs/jobs.js';

/** What the whole service works with. The clock is here so that only the outermost file reads the real one. */
export interface Services {
  readonly db: Database;
  readonly site: Site;
  readonly log: Logger;
  /** Where work for later is asked for; absent where none is done. */
  readonly jobs?: JobRequests | undefined;
  clock(): Date;
}
