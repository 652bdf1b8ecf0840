import type { Viewer } from '../../access/viewer.js';
import { remembered } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { excerptOf, wordCountOf } from './body/text.js';
import { type BodyTree, element, text } from './body/tree.js';
import { bodiesOf, type BodyRow, openingsOf, type TreeRow, treesOf } from './read.js';
import { htmlIn, picturelessIn } from './words/words.js';

const teaserLength = 300;

/** What stands for a piece where its words are not given: the standfirst, or the beginning of the body. */
export const teaserOf = (standfirst: string | null, opening: string): string =>
  standfirst ?? excerptOf(opening, teaserLength);

/** How much of the words of a piece a viewer gets, and whether its pictures. */
export const rightsOf = (viewer: Viewer): { words: 'FULL' | 'TEASER'; pictures: boolean } =>
  viewer.role === 'partner'
    ? { words: viewer.entitlement?.depth ?? 'TEASER', pictures: viewer.entitlement?.images ?? false }
    : { words: 'FULL', pictures: true };

/** The words of pieces, as far as `viewer` gets them: whatever shows words reads them here. */
export const wordsFor = (db: Database, viewer: Viewer) => {
  const { words, pictures } = rightsOf(viewer);

  const teasers = async (ids: readonly string[]) =>
    (await openingsOf(db, ids)).map(({ articleId, standfirst, opening }) => ({
      articleId,
      opening: teaserOf(standfirst, opening),
    }));

  async function trees(ids: readonly string[]): Promise<TreeRow[]> {
    if (words === 'TEASER') {
      return (await teasers(ids)).map(({ articleId, opening }) => ({
        articleId,
        tree: JSON.stringify(bodyOf(opening)),
        wordCount: wordCountOf(opening),
      }));
    }
    const rows = await treesOf(db, ids);
    if (pictures) return rows;
    return Promise.all(rows.map(async (row) => ({ ...row, tree: await picturelessIn(row.tree) })));
  }

  const wholeBodies = remembered(db, 'body', {
    read: (ids) => bodiesOf(db, ids),
    keyOf: (row) => row.articleId,
    dependsOn: (id) => on('article', [id]),
  });
  const wholeOpenings = remembered(db, 'opening', {
    read: (ids) => openingsOf(db, ids),
    keyOf: (row) => row.articleId,
    dependsOn: (id) => on('article', [id]),
  });

  return {
    trees,
    openings: words === 'TEASER' ? teasers : wholeOpenings,
    bodies:
      words === 'FULL' && pictures
        ? wholeBodies
        : async (ids: readonly string[]): Promise<BodyRow[]> =>
            Promise.all((await trees(ids)).map(async ({ tree, ...row }) => ({ ...row, html: await htmlIn(tree) }))),
  };
};

const bodyOf = (teaser: string): BodyTree => ({
  type: 'root',
  children: teaser === '' ? [] : [element('p', {}, [text(teaser)])],
});
