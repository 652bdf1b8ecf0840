import { byIdAndSlug, listEach, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { tagsById, tagsBySlug, tagsOf } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    tag: ReturnType<typeof tagLoaders>;
  }
}

export const tagLoaders = (db: Database) => ({
  ...byIdAndSlug(
    db,
    'tag',
    (ids) => tagsById(db, ids),
    (slugs) => tagsBySlug(db, slugs),
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
