import { tokensById, tokensOf, usersById } from '../../access/read.js';
import { listEach, oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    user: ReturnType<typeof userLoaders>;
  }
}

export const userLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => usersById(db, ids),
    (row) => row.id,
  ),
  tokens: listEach(
    (ids: readonly string[]) => tokensOf(db, ids),
    (row) => row.userId,
  ),
  tokenById: oneEach(
    (ids: readonly string[]) => tokensById(db, ids),
    (row) => row.id,
  ),
});
