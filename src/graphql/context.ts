import type { Sight } from '../access/viewer.js';
import type { Site } from '../config.js';
import type { Database } from '../database/database.js';
import type { Reads } from '../database/dependencies.js';
import type { Client } from '../http/client.js';
import type { JobRequests } from '../jobs/jobs.js';
import type { Outgoing } from '../outgoing/ask.js';

/** Each noun adds its loaders here from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Loaders {}

/** What is counted beside requests, for all of them; each noun adds its own from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Counters {}

/** What can be followed as it happens; each noun adds its own from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Live {}

/** What a resolver gets. One for each request: `now` is one moment, and loaders must not outlive what they have read. */
export interface Context extends Sight {
  readonly db: Database;
  readonly site: Site;
  /** Where work for later is asked for; absent where none is done. */
  readonly jobs?: JobRequests | undefined;
  /** The way out, to addresses that somebody gave. */
  readonly outgoing: Outgoing;
  readonly loaders: Loaders;
  readonly counters: Counters;
  /** Who sent the request, as far as the network tells. */
  readonly client: Client;
  readonly live: Live;
  /** Where a client that comes again to a stream was (HTML, `Last-Event-ID`); null for none. */
  readonly lastEventId: string | null;
  readonly requestId: string;
  /** Where what the answer depends on is gathered, when it may be kept. */
  readonly reads?: Reads | undefined;
}
