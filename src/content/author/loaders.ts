import { oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { authorsById, authorsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    author: ReturnType<typeof authorLoaders>;
  }
}

export const authorLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => authorsById(db, ids),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => authorsBySlug(db, slugs),
    (row) => row.slug,
  ),
});
