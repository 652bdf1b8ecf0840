import fc from 'fast-check';
import { anyone } from '../../../src/access/viewer.js';
import {
  beginningOf,
  halfHour,
  leastReaders,
  measures,
  spansOf,
  type TrendingWindow,
  wholeDay,
} from '../../../src/content/trending/rules.js';
import { mostRead } from '../../../src/content/trending/read.js';
import { addViews, type View } from '../../../src/content/trending/store.js';
import { sql } from '../../../src/database/sql.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

const minute = 60_000;
const now = aMoment.getTime();
let service: TestService;
let articles: { id: string; publishedAt: number }[];

beforeAll(async () => {
  service = await startService();
  // Two of them on the very same minute, so that ties go down to the id.
  const ages = [100, 200, 300, 300, 400, 500];
  await service.load([aSection(), ...ages.map((age) => anArticle({ publishedAt: minutesAgo(age) }))]);
  const rows = await service.db.rows<{ id: string; at: Date }>(sql`select id, published_at as at from article`);
  articles = rows.map(({ id, at }) => ({ id, publishedAt: new Date(at).getTime() }));
});
afterAll(() => service.close());

/** A view as a log has it: which article, which reader, how many minutes ago. */
interface Logged {
  article: number;
  reader: number;
  ago: number;
}

const logged: fc.Arbitrary<Logged> = fc.record({
  article: fc.nat(5),
  reader: fc.nat(6),
  // Most of them lately, so that half hours and days are shared.
  ago: fc.oneof(fc.nat(90), fc.nat(2 * wholeDay), fc.nat(8 * wholeDay)),
});

/** What the service is given for it: nobody is told again from one day to the next. */
function viewOf({ article, reader, ago }: Logged): View {
  const at = now - ago * minute;
  const day = Math.floor(at / (wholeDay * minute));
  return {
    articleId: articles[article]!.id,
    reader: (1000 * day + reader).toString(16).padStart(32, '0'),
    halfHour: beginningOf(at, halfHour),
  };
}

const distinct = (keys: readonly string[]): number => new Set(keys).size;

/** The ranking as its description says it, from the whole log. */
function rankingOf(log: readonly View[], window: TrendingWindow): [string, number, number][] {
  const { minutes } = measures[window];
  const spans = spansOf(window, now);
  const firstDay = beginningOf(spans.at(-1)!.begins, wholeDay);
  return articles
    .map(({ id, publishedAt }) => {
      const own = log.filter(({ articleId }) => articleId === id);
      const viewsIn = spans.map(({ begins, weight }) => {
        const within = own.filter((view) => beginningOf(view.halfHour, minutes) === begins);
        return { begins, weight, count: distinct(within.map((view) => `${view.reader} ${view.halfHour}`)) };
      });
      const readers = distinct(own.filter((view) => view.halfHour >= firstDay).map(({ reader }) => reader));
      const views = viewsIn.reduce((sum, { count }) => sum + count, 0);
      const score = [...viewsIn].reverse().reduce((sum, { count, weight }) => sum + count * weight, 0);
      return { id, publishedAt, readers, views, score };
    })
    .filter(({ readers, views }) => readers >= leastReaders && views >= leastReaders)
    .sort((a, b) => b.score - a.score || b.publishedAt - a.publishedAt || (a.id < b.id ? 1 : -1))
    .map(({ id, views, score }) => [id, views, score]);
}

async function rankingIn(window: TrendingWindow): Promise<[string, number, number][]> {
  const rows = await mostRead(service.db, { viewer: anyone, now: aMoment }, { window, section: null, first: 100 });
  return rows.map(({ id, views, score }) => [id, views, score]);
}

it('the same log of views gives the ranking that is promised, in any order, in any batches, and given twice', async () => {
  const numRuns = process.env['TEST_DATABASE_URL'] === undefined ? 12 : 60;
  const windows = Object.keys(measures) as TrendingWindow[];
  await fc.assert(
    fc.asyncProperty(
      fc.array(logged, { maxLength: 150 }),
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 60 }),
      async (log, chance, size) => {
        const views = log.map(viewOf);
        const expected = windows.map((window) => rankingOf(views, window));
        const shuffled = views
          .map((view) => ({ view, place: chance.next().value! }))
          .sort((a, b) => a.place - b.place)
          .map(({ view }) => view);
        for (const order of [views, shuffled, [...shuffled, ...views.slice(0, 20)]]) {
          await service.db.send('delete from reader_seen; delete from readership');
          const batches: View[][] = [];
          for (let from = 0; from < order.length; from += size) batches.push(order.slice(from, from + size));
          // Two at a time, as two instances write.
          while (batches.length > 0) {
            await Promise.all(batches.splice(0, 2).map((batch) => addViews(service.db, batch, aMoment)));
          }
          expect(await Promise.all(windows.map(rankingIn))).toEqual(expected);
        }
      },
    ),
    { numRuns },
  );
}, 120_000);
