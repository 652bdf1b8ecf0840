import { listEach, oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { attemptsOf, deliveriesById, webhooksById } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    webhook: ReturnType<typeof webhookLoaders>;
  }
}

/** What is read of webhooks, each batch one statement. */
export const webhookLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => webhooksById(db, ids),
    (row) => row.id,
  ),
  deliveryById: oneEach(
    (ids: readonly string[]) => deliveriesById(db, ids),
    (row) => row.id,
  ),
  attempts: listEach(
    (ids: readonly string[]) => attemptsOf(db, ids),
    (row) => row.deliveryId,
  ),
});
