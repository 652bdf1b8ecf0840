import { listEach, oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { conflictsOf, partnerFeedsById } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    partnerFeed: ReturnType<typeof partnerFeedLoaders>;
  }
}

/** What is read of partners' feeds, each batch one statement. */
export const partnerFeedLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => partnerFeedsById(db, ids),
    (row) => row.id,
  ),
  conflicts: listEach(
    (ids: readonly string[]) => conflictsOf(db, ids),
    (row) => row.feedId,
  ),
});
