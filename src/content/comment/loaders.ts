import type { Sight } from '../../access/viewer.js';
import { countEach, listEach, oneEach, perArguments } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import type { Page } from '../../database/keyset.js';
import { commentsById, repliesTo, shownCounts, threadCounts, threadsUnder } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    comment: ReturnType<typeof commentLoaders>;
  }
}

export const commentLoaders = (db: Database, sight: Sight) => ({
  byId: oneEach(
    (ids: readonly string[]) => commentsById(db, sight, ids),
    (row) => row.id,
  ),
  threads: perArguments((page: Page) =>
    listEach(
      (ids: readonly string[]) => threadsUnder(db, page, ids),
      (row) => row.articleId,
    ),
  ),
  replies: listEach(
    (ids: readonly string[]) => repliesTo(db, ids),
    (row) => row.parentId ?? '',
  ),
  shownCount: countEach((ids: readonly string[]) => shownCounts(db, ids)),
  threadCount: countEach((ids: readonly string[]) => threadCounts(db, ids)),
});
