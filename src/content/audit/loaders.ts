import { oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { auditById } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    audit: ReturnType<typeof auditLoaders>;
  }
}

export const auditLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => auditById(db, ids),
    (row) => row.id,
  ),
});
