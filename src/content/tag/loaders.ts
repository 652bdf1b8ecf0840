import { listEach, oneEach, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { tagsById, tagsBySlug, tagsOf } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    tag: ReturnType<typeof tagLoaders>;
  }
}

export const tagLoaders = (db: Database) => ({
  byId: oneEach(
    remembered(db, 'tag', {
      read: (ids) => tagsById(db, ids),
      keyOf: (row) => row.id,
      dependsOn: (id) => on('tag', [id]),
    }),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => tagsBySlug(db, slugs),
    (row) => row.slug,
  ),
  ofArticle: listEach(
    remembered(db, 'tags', {
      read: (ids) => tagsOf(db, ids),
      keyOf: (row) => row.articleId,
      dependsOn: (id, tags) => [
        ...on('article', [id]),
        ...on(
          'tag',
          tags.map((tag) => tag.id),
        ),
      ],
    }),
    (row) => row.articleId,
  ),
});
