import type { Sight } from '../../access/viewer.js';
import { countEach, listEach, oneEach, perArguments, remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import type { Page } from '../../database/keyset.js';
import { countsOf } from './counts.js';
import { type ArticleOrder, type ArticleOwner, pagesOf } from './lists.js';
import { type Direction, type Neighbourhood, neighboursOf, relatedTo } from './neighbours.js';
import { articlesById, articlesByPath, articlesBySlug, bylinesOf, correctionsOf } from './read.js';
import { wordsFor } from './rights.js';
import type { RowExtent } from './row.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    article: ReturnType<typeof articleLoaders>;
  }
}

interface PagesAsked {
  owner: ArticleOwner;
  order: ArticleOrder;
  page: Page;
  extent: RowExtent;
}

/** What is read of articles, each batch one statement. */
export function articleLoaders(db: Database, sight: Sight) {
  const words = wordsFor(db, sight.viewer);
  return {
    byId: oneEach(
      (ids: readonly string[]) => articlesById(db, sight, ids),
      (row) => row.id,
    ),
    bySlug: oneEach(
      (slugs: readonly string[]) => articlesBySlug(db, sight, slugs),
      (row) => row.slug,
    ),
    byPath: oneEach(
      (paths: readonly string[]) => articlesByPath(db, sight, paths),
      (row) => row.path,
    ),
    tree: oneEach(words.trees, (row) => row.articleId),
    body: oneEach(words.bodies, (row) => row.articleId),
    opening: oneEach(words.openings, (row) => row.articleId),
    bylines: listEach(
      remembered(db, 'bylines', {
        read: (ids) => bylinesOf(db, ids),
        keyOf: (row) => row.articleId,
        dependsOn: (id) => on('article', [id]),
      }),
      (row) => row.articleId,
    ),
    corrections: listEach(
      remembered(db, 'corrections', {
        read: (ids) => correctionsOf(db, ids),
        keyOf: (row) => row.articleId,
        dependsOn: (id) => on('article', [id]),
      }),
      (row) => row.articleId,
    ),
    pagesOf: perArguments(({ owner, order, page, extent }: PagesAsked) =>
      listEach(
        (ids: readonly string[]) => pagesOf(db, sight, owner, order, page, extent, ids),
        (row) => row.askedFor,
      ),
    ),
    countOf: perArguments((owner: ArticleOwner) =>
      countEach((ids: readonly string[]) => countsOf(db, sight, owner, ids)),
    ),
    neighbour: perArguments(({ direction, within }: { direction: Direction; within: Neighbourhood }) =>
      oneEach(
        (ids: readonly string[]) => neighboursOf(db, sight, direction, within, ids),
        (row) => row.askedFor,
      ),
    ),
    related: perArguments((count: number) =>
      listEach(
        (ids: readonly string[]) => relatedTo(db, sight, count, ids),
        (row) => row.askedFor,
      ),
    ),
  };
}
