import fc from 'fast-check';
import { sql } from '../../../src/database/sql.js';
import { mostRanked } from '../../../src/content/search/rules.js';
import { insertPieces, type PieceRow, setStanding } from '../../support/pieces.js';
import { aSection } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await service.load([aSection({ slug: 'world' })]);
});
afterAll(() => service.close());

const uuid = (number: number) => `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
const aPiece = (number: number, minutes: number, values: Partial<PieceRow> = {}): PieceRow => ({
  id: uuid(number),
  slug: `piece-${number}`,
  section: 'world',
  authors: [],
  tags: [],
  partner: null,
  language: 'en',
  status: 'PUBLISHED',
  published: new Date(aMoment.getTime() - minutes * 60_000),
  updated: aMoment,
  position: null,
  ...values,
});

const PAGE = `query ($first: Int!, $after: String, $orderBy: SearchOrder) {
  search(query: "words", first: $first, after: $after, orderBy: $orderBy) {
    isComplete totalCount nodes { article { slug } } pageInfo { hasNextPage endCursor }
  }
}`;

/** Reads a search to its end, doing something before each further page. Answers the slugs in order, and what the first page said. */
async function readThrough(first: number, orderBy: string, between: (page: number) => Promise<void>) {
  const seen: string[] = [];
  let opening: { isComplete: boolean; totalCount: number } | undefined;
  for (let [page, after]: [number, string | null] = [0, null]; ; page += 1) {
    const { data, errors } = await service.query(PAGE, { first, after, orderBy });
    expect(errors).toBeUndefined();
    opening ??= data.search;
    seen.push(...data.search.nodes.map(({ article }: { article: { slug: string } }) => article.slug));
    if (!data.search.pageInfo.hasNextPage) return { seen, opening: opening! };
    after = data.search.pageInfo.endCursor;
    await between(page);
  }
}

const change = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), minutes: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 100_000 }) }),
);

it('shows each piece that stands throughout once, and none twice, whatever is published, withdrawn or comes to be meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -2, max: 6 }), { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom('RELEVANCE', 'PUBLISHED_AT_DESC'),
      fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 8 }),
      async (minutes, first, orderBy, changes) => {
        service.now = aMoment;
        await service.db.rows(sql`delete from article`);
        await insertPieces(
          service.db,
          minutes.map((at, index) => aPiece(index, at)),
        );
        const withdrawn = new Set<string>();
        let next = minutes.length;
        const { seen } = await readThrough(first, orderBy, async (page) => {
          for (const event of changes[page] ?? []) {
            if (event.kind === 'wait') service.now = new Date(service.now.getTime() + event.minutes * 60_000);
            else if (event.kind === 'publish') {
              await insertPieces(service.db, [aPiece(next, event.minutes)]);
              next += 1;
            } else {
              const which = event.which % minutes.length;
              withdrawn.add(`piece-${which}`);
              await setStanding(service.db, uuid(which), 'UNPUBLISHED', service.now);
            }
          }
        });
        service.now = aMoment;
        expect(seen).toEqual([...new Set(seen)]);
        const standing = minutes.flatMap((at, index) => (at >= 0 ? [`piece-${index}`] : []));
        expect(seen).toEqual(expect.arrayContaining(standing.filter((slug) => !withdrawn.has(slug))));
      },
    ),
    { numRuns: process.env['TEST_DATABASE_URL'] ? 60 : 12 },
  );
});

it(`ranks the newest ${mostRanked} matches, says so, and goes on with these though others are published`, async () => {
  await service.db.rows(sql`delete from article`);
  const count = mostRanked + 50;
  await insertPieces(
    service.db,
    Array.from({ length: count }, (_, index) => aPiece(index, index * 600)),
  );
  const { seen, opening } = await readThrough(100, 'RELEVANCE', (page) =>
    insertPieces(
      service.db,
      Array.from({ length: 5 }, (_, index) => aPiece(count + page * 5 + index, 300)),
    ),
  );
  expect(opening).toMatchObject({ isComplete: false, totalCount: mostRanked });
  expect(seen).toEqual([...new Set(seen)]);
  const ranked = Array.from({ length: mostRanked }, (_, index) => `piece-${index}`);
  expect(seen.filter((slug) => ranked.includes(slug)).sort()).toEqual(ranked.sort());
});
