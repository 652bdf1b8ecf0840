import type { ArticleRecord } from '../../src/importing/records.js';
import { importFrom } from '../../src/importing/import.js';
import { anArticle, aSection, minutesAgo } from '../support/records.js';
import { readerOf, startService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const version = (headline: string): ArticleRecord => anArticle({ slug: 'twice', headline, publishedAt: minutesAgo(5) });

async function received(records: readonly ArticleRecord[]) {
  const lines = [];
  for await (const line of importFrom(readerOf([aSection(), ...records]), service.db, {
    site: service.site,
    now: service.now,
  }))
    if (line.kind === 'article') lines.push(line);
  return lines;
}

/** What there is of it, and how often it was saved. */
const stored = async () => {
  const { data } = await service.query('{ articles { nodes { slug headline revision } } }');
  return data.articles.nodes as unknown;
};

it('an item that a file has twice is stored once, as it stands there last, new or known', async () => {
  const first = await received([version('One'), version('Two')]);
  expect(first.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['skipped', 'comes again on line 3, and is taken from there'],
    ['created', undefined],
  ]);
  expect(await stored()).toEqual([{ slug: 'twice', headline: 'Two', revision: 1 }]);

  const second = await received([version('Three'), version('Four'), version('Five')]);
  expect(second.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'updated']);
  expect(await stored()).toEqual([{ slug: 'twice', headline: 'Five', revision: 2 }]);
});

it('the same file again changes nothing', async () => {
  const lines = await received([version('Three'), version('Four'), version('Five')]);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'unchanged']);
  expect(await stored()).toEqual([{ slug: 'twice', headline: 'Five', revision: 2 }]);
});
