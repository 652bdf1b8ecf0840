import fc from 'fast-check';
import { sortNameOf } from '../../src/content/names.js';
import { sql } from '../../src/database/sql.js';
import { globalId } from '../../src/graphql/builder.js';
import {
  type Kept,
  Model,
  type PagedList,
  type PageOfIds,
  pageOfList,
  planOf,
  type Plan,
  type World,
} from '../support/churn.js';
import { insertPieces, type PieceRow } from '../support/pieces.js';
import { anAuthor, aSection } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';
import { commentsIn, momentOf, namedIn, type Named, type Piece, piecesIn, type Written } from '../support/worlds.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection({ slug: 'world' }),
    aSection({ slug: 'asia', name: 'Asia', parent: 'world' }),
    aSection({ slug: 'sport', name: 'Sport' }),
    anAuthor({ slug: 'ann', name: 'Ann' }),
    anAuthor({ slug: 'bo', name: 'Bo' }),
    { kind: 'tag', slug: 'trade', name: 'Trade' },
    { kind: 'tag', slug: 'war', name: 'War' },
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
    { kind: 'collection', slug: 'set', collectionKind: 'SERIES', title: 'Set', articles: [] },
  ]);
});
afterAll(() => service.close());

const db = () => service.db;
const pieces = piecesIn(db);
const published = ({ row }: Piece) => row.published?.getTime() ?? 0;
const articleList = (
  name: string,
  field: string,
  includes: (row: PieceRow) => boolean = () => true,
  rest: Partial<PagedList<Piece>> = {},
): PagedList<Piece> => ({
  name,
  world: pieces,
  field,
  node: 'id',
  globalId: (id) => globalId('Article', id),
  includes: ({ row }) => includes(row),
  key: published,
  descending: true,
  ways: 'both',
  ...rest,
});

const inWorld = ({ section }: PieceRow) => section !== 'sport';
const byAnn = ({ authors }: PieceRow) => authors.includes('ann');
const onTrade = ({ tags }: PieceRow) => tags.includes('trade');
const fromRiac = ({ partner }: PieceRow) => partner === 'riac';
const inFrench = ({ language }: PieceRow) => language === 'fr';
const between = ({ published: at }: PieceRow) => at !== null && at > momentOf(4) && at < momentOf(0);
const updated = { key: ({ row }: Piece) => row.updated.getTime() };
const dates = `publishedAfter: "${momentOf(4).toISOString()}", publishedBefore: "${momentOf(0).toISOString()}"`;

const articleLists: PagedList<Piece>[] = [
  articleList('articles, newest first', 'articles(%) #'),
  articleList('articles, oldest first', 'articles(orderBy: PUBLISHED_AT_ASC, %) #', undefined, { descending: false }),
  articleList('articles, last changed first', 'articles(orderBy: UPDATED_AT_DESC, %) #', undefined, updated),
  articleList('articles of a section', 'articles(filter: { sections: ["world"] }, %) #', inWorld),
  articleList(
    'articles of two sections, one in the other',
    'articles(filter: { sections: ["world", "asia"] }, %) #',
    inWorld,
  ),
  articleList('articles of an author', 'articles(filter: { authors: ["ann"] }, %) #', byAnn),
  articleList(
    'articles of two authors',
    'articles(filter: { authors: ["ann", "bo"] }, orderBy: UPDATED_AT_DESC, %) #',
    ({ authors }) => authors.length > 0,
    updated,
  ),
  articleList('articles on a tag', 'articles(filter: { tags: ["trade"] }, orderBy: PUBLISHED_AT_ASC, %) #', onTrade, {
    descending: false,
  }),
  articleList(
    'articles on two tags',
    'articles(filter: { tags: ["trade", "war"] }, %) #',
    ({ tags }) => tags.length > 0,
  ),
  articleList('articles of a partner', 'articles(filter: { partners: ["riac"] }, %) #', fromRiac),
  articleList('articles in a language', 'articles(filter: { language: "fr" }, %) #', inFrench),
  articleList('articles between two moments', `articles(filter: { ${dates} }, %) #`, between),
  articleList(
    'articles by everything at once',
    `articles(filter: { sections: ["world"], authors: ["ann"], tags: ["trade", "war"], partners: ["riac"], language: "en", ${dates} }, %) #`,
    (row) =>
      inWorld(row) && byAnn(row) && row.tags.length > 0 && fromRiac(row) && row.language === 'en' && between(row),
  ),
  articleList('Section.articles', 'section(by: { slug: "world" }) { articles(%) # }', inWorld),
  articleList('Author.articles', 'author(by: { slug: "ann" }) { articles(%) # }', byAnn),
  articleList('Tag.articles', 'tag(by: { slug: "trade" }) { articles(%) # }', onTrade),
  articleList('Partner.articles', 'partner(by: { slug: "riac" }) { articles(%) # }', fromRiac),
  articleList('LatestFeed.entries', 'latestFeed { entries(%) # }', undefined, { node: 'article { id }' }),
  articleList(
    'LatestFeed.entries of a section in a language',
    'latestFeed(sections: ["world"], language: "fr") { entries(%) # }',
    (row) => inWorld(row) && inFrench(row),
    { node: 'article { id }' },
  ),
  articleList(
    'Collection.articles',
    'collection(by: { slug: "set" }) { articles(%) # }',
    ({ position }) => position !== null,
    {
      key: ({ row }) => row.position ?? 0,
      descending: false,
      ways: 'onwards',
    },
  ),
];

const named = (
  typename: string,
  world: World<Named>,
  field: string,
  rest: Partial<PagedList<Named>>,
): PagedList<Named> => ({
  name: field.replace('(%) #', '').replace(', %) #', ')'),
  world,
  field,
  node: 'id',
  globalId: (id) => globalId(typename, id),
  includes: () => true,
  key: (row) => sortNameOf(row.name),
  descending: false,
  ways: 'onwards',
  ...rest,
});

const commentList: PagedList<Written> = {
  name: 'Article.comments',
  world: commentsIn(db),
  field: 'article(by: { slug: "discussed" }) { comments(%) # }',
  node: 'id',
  globalId: (id) => globalId('Comment', id),
  includes: ({ answers }) => !answers,
  key: ({ at }) => momentOf(at).getTime(),
  descending: false,
  ways: 'both',
};

/** Pages to the end while the list changes; each page must be what the model has at that moment. */
async function walk<Row extends Kept>(
  list: PagedList<Row>,
  { rows, steps }: Plan<Row>,
  backward: boolean,
): Promise<void> {
  await list.world.clear();
  await list.world.insert(rows);
  const model = new Model(list, rows);
  const stable = model.seen().map(({ id }) => id);
  const walked: string[] = [];
  let cursor: string | null = null;
  let place: readonly [string | number, string] | undefined;

  for (let step = 0; ; step += 1) {
    const { size, changes } = steps[step] ?? { size: 7, changes: [] };
    const page: PageOfIds = await pageOfList(
      list,
      service,
      backward ? { last: size, before: cursor } : { first: size, after: cursor },
    );
    const beyond = model.beyond(place, backward);
    const expected = beyond.slice(0, size);
    if (backward) expected.reverse();
    expect(page.ids).toEqual(expected.map(({ id }) => list.globalId(id)));
    expect(backward ? page.hasPreviousPage : page.hasNextPage).toBe(beyond.length > size);
    expect(page.totalCount).toBe(model.seen().length);
    expect([page.startCursor, page.endCursor]).toEqual([page.cursors[0] ?? null, page.cursors.at(-1) ?? null]);

    const ids = expected.map(({ id }) => id);
    if (backward) walked.unshift(...ids);
    else walked.push(...ids);
    const boundary = backward ? expected[0] : expected.at(-1);
    if (boundary) place = model.placeOf(boundary);
    cursor = (backward ? page.startCursor : page.endCursor) ?? cursor;
    for (const change of changes) await model.apply(change, boundary?.id);
    if (step >= steps.length && beyond.length <= size) break;
  }
  const untouched = (id: string) => !model.touched.has(id);
  expect(walked.filter(untouched)).toEqual(stable.filter(untouched));
}

const runs = { numRuns: process.env['TEST_DATABASE_URL'] ? 5 : 3 };

function holds<Row extends Kept>(list: PagedList<Row>): void {
  describe(list.name, () => {
    it('read onwards shows every row that stays once and in order, whatever comes and goes', () =>
      fc.assert(
        fc.asyncProperty(planOf(list.world), (plan) => walk(list, plan, false)),
        runs,
      ));

    if (list.ways === 'onwards') return;
    it('read backwards does too, in the same order', () =>
      fc.assert(
        fc.asyncProperty(planOf(list.world), (plan) => walk(list, plan, true)),
        runs,
      ));

    it('between two cursors is what stands between them, from either end', () =>
      fc.assert(
        fc.asyncProperty(
          planOf(list.world),
          fc.nat(30),
          fc.nat(30),
          fc.integer({ min: 1, max: 8 }),
          async ({ rows }, one, other, size) => {
            await list.world.clear();
            await list.world.insert(rows);
            const { ids, cursors } = await pageOfList(list, service, { first: 100 });
            fc.pre(ids.length > 0);
            const [low, high] = [one % ids.length, other % ids.length].sort((a, b) => a - b) as [number, number];
            const window = { after: cursors[low], before: cursors[high] };
            const within = ids.slice(low + 1, high);
            const fromStart = await pageOfList(list, service, { first: size, ...window });
            const fromEnd = await pageOfList(list, service, { last: size, ...window });
            expect([fromStart.ids, fromStart.hasNextPage]).toEqual([within.slice(0, size), within.length > size]);
            expect([fromEnd.ids, fromEnd.hasPreviousPage]).toEqual([within.slice(-size), within.length > size]);
          },
        ),
        { numRuns: process.env['TEST_DATABASE_URL'] ? 4 : 2 },
      ));
  });
}

for (const list of articleLists) holds(list);
holds(commentList);
describe('names', () => {
  // Authors and collections of the paper itself are out of the way: their pieces are what the other lists are about.
  beforeAll(async () => {
    await service.db.rows(sql`delete from author`);
    await service.db.rows(sql`delete from collection`);
  });
  holds(named('Author', namedIn(db, 'author'), 'authors(%) #', { ways: 'both' }));
  holds(named('Collection', namedIn(db, 'collection'), 'collections(%) #', {}));
  holds(
    named('Collection', namedIn(db, 'collection'), 'collections(kind: SERIES, %) #', {
      includes: ({ kind }) => kind === 'SERIES',
    }),
  );
});

it('a thousand rows of one moment are paged through, each once', async () => {
  await pieces.clear();
  const rows = fc
    .sample(pieces.row, { numRuns: 1000, seed: 7 })
    .map(({ row }) => ({ ...row, published: aMoment, status: 'PUBLISHED' as const }));
  await insertPieces(service.db, rows);
  const list = articleList('all', 'articles(%) #');
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const { ids, endCursor, hasNextPage }: PageOfIds = await pageOfList(list, service, { first: 100, after });
    seen.push(...ids);
    after = endCursor;
    if (!hasNextPage) break;
  }
  const newestFirst = rows
    .map(({ id }) => id)
    .sort()
    .reverse();
  expect(seen).toEqual(newestFirst.map((id) => globalId('Article', id)));
});
