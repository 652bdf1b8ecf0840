import { listEach, oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { tagsById, tagsBySlug, tagsOf } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    tag: ReturnType<typeof tagLoaders>;
  }
}

export const tagLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => tagsById(db, ids),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => tagsBySlug(db, slugs),
    (row) => row.slug,
  ),
  ofArticle: listEach(
    (ids: readonly string[]) => tagsOf(db, ids),
    (row) => row.articleId,
  ),
});
