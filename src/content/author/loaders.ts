import { byIdAndSlug } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { authorsById, authorsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    author: ReturnType<typeof authorLoaders>;
  }
}

export const authorLoaders = (db: Database) =>
  byIdAndSlug(
    db,
    'author',
    (ids) => authorsById(db, ids),
    (slugs) => authorsBySlug(db, slugs),
  );
