import { listEach, oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { childrenOf, sectionsById, sectionsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    section: ReturnType<typeof sectionLoaders>;
  }
}

export const sectionLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => sectionsById(db, ids),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => sectionsBySlug(db, slugs),
    (row) => row.slug,
  ),
  children: listEach(
    (ids: readonly string[]) => childrenOf(db, ids),
    (row) => row.parentId ?? '',
  ),
});
