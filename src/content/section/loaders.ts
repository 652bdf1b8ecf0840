import { listEach, oneEach, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { childrenOf, sectionsById, sectionsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    section: ReturnType<typeof sectionLoaders>;
  }
}

export const sectionLoaders = (db: Database) => ({
  byId: oneEach(
    remembered(db, 'section', {
      read: (ids) => sectionsById(db, ids),
      keyOf: (row) => row.id,
      dependsOn: (id) => on('section', [id]),
    }),
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
