import type { Sight } from '../access/viewer.js';
import type { Site } from '../config.js';
import type { Database } from '../database/database.js';
import type { JobRequests } from '../jobs/jobs.js';

/** Each noun adds its loaders here from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Loaders {}

/** What a resolver gets. One for each request: `now` is one moment, and loaders must not outlive what they have read. */
export interface Context extends Sight {
  readonly db: Database;
  readonly site: Site;
  /** Where work for later is asked for; absent where none is done. */
  readonly jobs?: JobRequests | undefined;
  readonly loaders: Loaders;
  readonly requestId: string;
}
