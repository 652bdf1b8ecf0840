import type { Sight } from '../access/viewer.js';
import type { Site } from '../config.js';
import type { Database } from '../database/database.js';

/** Each noun adds its loaders here from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Loaders {}

/** What a resolver gets. One for each request: `now` is one moment, and loaders must not outlive what they have read. */
export interface Context extends Sight {
  readonly db: Database;
  readonly site: Site;
  readonly loaders: Loaders;
  readonly requestId: string;
}
