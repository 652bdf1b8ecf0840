import { oneEach, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { authorsById, authorsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    author: ReturnType<typeof authorLoaders>;
  }
}

export const authorLoaders = (db: Database) => ({
  byId: oneEach(
    remembered(db, 'author', {
      read: (ids) => authorsById(db, ids),
      keyOf: (row) => row.id,
      dependsOn: (id) => on('author', [id]),
    }),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => authorsBySlug(db, slugs),
    (row) => row.slug,
  ),
});
