import type { Database } from '../../src/database/database.js';
import { readNewsroom } from '../../src/importing/newsroom.js';
import type { ContentRecord } from '../../src/importing/records.js';
import type { ReceiptLine } from '../../src/importing/receipt.js';
import { everything } from '../support/everything.js';
import { emptied, exported, imported } from '../support/exports.js';
import { sampleFolder } from '../support/newsroom.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let one: TestService;
let other: TestService;
beforeAll(async () => {
  one = await startService();
  other = await startService();
});
afterAll(() => Promise.all([one.close(), other.close()]));
beforeEach(() => Promise.all([emptied(one.db), emptied(other.db)]));

const linesOf = (records: readonly ContentRecord[]) => records.map((record) => JSON.stringify(record));
const outcomes = (lines: readonly ReceiptLine[]) => new Set(lines.map(({ outcome }) => outcome));
async function sample(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readNewsroom(sampleFolder, aMoment)) lines.push(line);
  return lines;
}

const papers: [string, () => string[] | Promise<string[]>][] = [
  ['the sample newsroom', sample],
  ['every kind of record with every key', () => linesOf(everything)],
  ['every record backwards', () => linesOf(everything).reverse()],
];

describe.each(papers)('%s', (_name, paper) => {
  it('is exported, imported elsewhere and exported again as the same bytes, and given back to itself changes nothing', async () => {
    expect(outcomes(await imported(await paper(), one))).toEqual(new Set(['created']));
    const first = await exported(one.db);
    expect(outcomes(await imported(first, other))).toEqual(new Set(['created']));
    expect(await exported(other.db)).toEqual(first);

    const givenBack = await imported(first, one);
    expect(outcomes(givenBack)).toEqual(new Set(['unchanged']));
    expect(await exported(one.db)).toEqual(first);
  });

  it('imported twice changes nothing the second time, and says so of each item', async () => {
    const lines = await paper();
    const first = await imported(lines, one);
    const before = await exported(one.db);
    const rows = await stamps(one.db);
    const second = await imported(lines, { ...one, now: new Date(aMoment.getTime() + 60_000) });
    expect(second.map(({ kind, name }) => [kind, name])).toEqual(first.map(({ kind, name }) => [kind, name]));
    expect(outcomes(second)).toEqual(new Set(['unchanged']));
    expect(await exported(one.db)).toEqual(before);
    expect(await stamps(one.db)).toEqual(rows);
  });
});

/** How often each article and thing was written: what an export does not show. */
const stamps = (db: Database) =>
  Promise.all([
    db.prisma.article.findMany({ select: { slug: true, revision: true, updatedAt: true }, orderBy: { slug: 'asc' } }),
    db.prisma.author.findMany({ select: { slug: true, updatedAt: true }, orderBy: { slug: 'asc' } }),
    db.prisma.articleRevision.count(),
    db.prisma.comment.count(),
    db.prisma.correction.count(),
    db.prisma.image.count(),
  ]);

it('an export loses none of what was given', async () => {
  await imported(linesOf(everything), one);
  const records = (await exported(one.db)).map((line) => JSON.parse(line) as ContentRecord);
  for (const given of everything) {
    const found = records.find(
      (record) =>
        record.kind === given.kind && ('slug' in given ? 'slug' in record && record.slug === given.slug : true),
    );
    expect(found).toMatchObject(asExported(given));
  }
});

/** A record with what export orders or words differently: kept lists are sorted, a plan is a publication still to come. */
function asExported(record: ContentRecord): object {
  if (record.kind !== 'article') return record;
  const { comments = [], corrections = [], oldPaths = [], authors = [], status, ...rest } = record;
  const later = (a: { at: string; id?: string }, b: { at: string; id?: string }) =>
    a.at + (a.id ?? '') < b.at + (b.id ?? '') ? -1 : 1;
  return {
    ...rest,
    status: status === 'SCHEDULED' ? 'PUBLISHED' : status,
    ...(comments.length > 0 ? { comments: [...comments].sort(later) } : {}),
    ...(corrections.length > 0
      ? { corrections: [...corrections].sort((a, b) => (a.at + a.text < b.at + b.text ? -1 : 1)) }
      : {}),
    ...(oldPaths.length > 0 ? { oldPaths: [...oldPaths].sort() } : {}),
    ...(authors.length > 0
      ? { authors: authors.map((author) => (typeof author === 'string' ? { author } : author)) }
      : {}),
  };
}

it('a changed item is updated, alone', async () => {
  const lines = linesOf(everything);
  await imported(lines, one);
  const changed = everything.map((record) =>
    record.kind === 'article' && record.slug === 'a-draft'
      ? { ...record, headline: 'Another' }
      : record.kind === 'tag' && record.slug === 'war'
        ? { ...record, name: 'Wars' }
        : record,
  );
  const receipt = await imported(linesOf(changed), one);
  expect(
    receipt.filter(({ outcome }) => outcome !== 'unchanged').map(({ kind, name, outcome }) => [kind, name, outcome]),
  ).toEqual([
    ['tag', 'war', 'updated'],
    ['article', 'a-draft', 'updated'],
  ]);
});
