import type { Sight } from '../../access/viewer.js';
import { countEach, listEach, oneEach, perArguments } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import type { Page } from '../../database/keyset.js';
import { collectedCounts, collectedPages, collectionsById, collectionsBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    collection: ReturnType<typeof collectionLoaders>;
  }
}

export const collectionLoaders = (db: Database, sight: Sight) => ({
  byId: oneEach(
    (ids: readonly string[]) => collectionsById(db, ids),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => collectionsBySlug(db, slugs),
    (row) => row.slug,
  ),
  articles: perArguments((page: Page) =>
    listEach(
      (ids: readonly string[]) => collectedPages(db, sight, page, ids),
      (row) => row.collectionId,
    ),
  ),
  articleCount: countEach((ids: readonly string[]) => collectedCounts(db, sight, ids)),
});
