import { byIdAndSlug, listEach, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { childrenOf, inTree, sectionsById, sectionsBySlug, topSections } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    section: ReturnType<typeof sectionLoaders>;
  }
}

export const sectionLoaders = (db: Database) => ({
  ...byIdAndSlug(
    db,
    'section',
    (ids) => sectionsById(db, ids),
    (slugs) => sectionsBySlug(db, slugs),
  ),
  children: listEach(
    remembered(db, 'subsections', {
      read: (ids) => childrenOf(db, ids),
      keyOf: (row) => row.parentId ?? '',
      dependsOn: (_id, rows) => inTree(rows),
    }),
    (row) => row.parentId ?? '',
  ),
  /** Those at the top of the tree, under the empty key. */
  top: listEach(
    remembered(db, 'top sections', {
      read: () => topSections(db),
      keyOf: () => '',
      dependsOn: (_key, rows) => inTree(rows),
    }),
    () => '',
  ),
});
