import fc from 'fast-check';
import type { Database } from '../../src/database/database.js';
import { readNewsroom } from '../../src/importing/newsroom.js';
import type { ArticleRecord, ContentRecord } from '../../src/importing/records.js';
import type { ReceiptLine } from '../../src/importing/receipt.js';
import { emptied, exported, imported, importing } from '../support/exports.js';
import { sampleFolder } from '../support/newsroom.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../support/records.js';
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
const picture = { url: 'https://pictures.example/a.jpg', alt: 'A harbour', caption: 'The harbour at dawn', credit: 'Kim', width: 1200, height: 800 };
const origins = [{ system: 'wordpress:https://old.example', id: 'post:7', digest: 'd7' }];

const details: NonNullable<ArticleRecord['history']>[number]['details'] = {
  slug: 'everything',
  section: 'asia',
  language: 'en',
  bylines: [{ author: 'ann', name: 'Ann Lee', role: 'WRITER', affiliation: null, note: null }],
  tags: ['trade'],
  leadImage: null,
  partner: null,
  attribution: null,
  originalUrl: null,
  license: null,
  commentsOpen: true,
};

/** Every kind of record, with every key that one can have. */
const everything: ContentRecord[] = [
  { kind: 'publication', description: 'A paper.', contact: { email: 'desk@paper.example', phone: '+1 555', address: 'Quay 1' }, links: ['https://social.example/paper'] },
  aSection({ slug: 'world', name: 'World', description: 'All of it.', position: 2, origins: [{ ...origins[0]!, id: 'category:1' }] }),
  aSection({ slug: 'asia', name: 'Asia', parent: 'world', position: 1 }),
  aSection({ slug: 'first', name: 'First', position: 1 }),
  anAuthor({ slug: 'ann', name: 'Ann Lee', affiliation: 'Qufu Normal University', bio: 'Writes.', image: picture, links: ['https://ann.example/'], origins: [{ ...origins[0]!, id: 'author:1' }] }),
  anAuthor({ slug: 'bo', name: 'Bo “B” Å' }),
  { kind: 'tag', slug: 'trade', name: 'Trade', origins: [{ ...origins[0]!, id: 'tag:1' }] },
  { kind: 'tag', slug: 'war', name: 'War' },
  { kind: 'partner', slug: 'riac', name: 'RIAC', url: 'https://riac.example/', attribution: 'From our partner RIAC', license: 'CC BY 4.0' },
  anArticle({
    slug: 'everything',
    headline: 'Every “thing” & all',
    standfirst: 'One paragraph.',
    body: '<p>It <em>happened</em>.</p><h2>How</h2><ul><li>One</li><li>Two</li></ul>',
    section: 'asia',
    authors: [
      { author: 'ann', name: 'A. Lee', role: 'WRITER', affiliation: 'Then elsewhere', note: 'A note.' },
      { author: 'bo', role: 'PHOTOGRAPHER' },
      { name: 'Nobody Known', role: 'TRANSLATOR' },
    ],
    tags: ['war', 'trade'],
    publishedAt: '2024-02-29T23:59:59.999Z',
    firstPublishedAt: '2024-02-28T01:02:03.004Z',
    updatedAt: '2024-03-01T00:00:00.000Z',
    createdAt: '2024-02-27T00:00:00.000Z',
    language: 'pt-BR',
    partner: 'riac',
    attribution: 'First in RIAC',
    originalUrl: 'https://riac.example/everything',
    license: 'CC BY-SA 4.0',
    leadImage: picture,
    corrections: [
      { text: 'The year was wrong.', at: '2024-03-02T00:00:00.000Z' },
      { text: 'So was the day.', at: '2024-03-02T00:00:00.000Z' },
    ],
    comments: [
      { id: '2', parent: '1', author: 'Cy', text: 'No.', at: '2024-03-03T00:00:01.000Z', status: 'APPROVED' },
      { id: '1', author: 'Bo', text: 'Yes.', at: '2024-03-03T00:00:00.000Z', status: 'APPROVED' },
      { id: '3', author: 'Ed', text: 'Buy!', at: '2024-03-03T00:00:00.000Z', status: 'SPAM' },
    ],
    commentsOpen: false,
    oldPaths: ['/?p=7', '/old/everything.html'],
    origins,
    revision: 3,
    liveRevision: 2,
    savedBy: 'An editor',
    savedAt: '2024-03-01T00:00:00.000Z',
    note: 'A comma.',
    history: [
      { number: 1, headline: 'A thing', standfirst: null, body: '<p>It.</p>', details, note: null, savedBy: null, savedAt: '2024-02-27T00:00:00.000Z' },
      { number: 3, headline: 'Next', standfirst: 'Soon.', body: '<p>Later.</p>', details, note: 'In work', savedBy: 'Ann', savedAt: '2024-03-05T00:00:00.000Z' },
    ],
  }),
  anArticle({ slug: 'a-draft', section: 'first', status: 'DRAFT', publishedAt: null, createdAt: minutesAgo(3) }),
  anArticle({ slug: 'a-review', section: 'first', status: 'IN_REVIEW', publishedAt: null, createdAt: minutesAgo(2) }),
  anArticle({ slug: 'a-plan', section: 'world', status: 'SCHEDULED', publishedAt: minutesAgo(-60) }),
  anArticle({ slug: 'taken-off', section: 'world', status: 'UNPUBLISHED', reason: 'A lawyer wrote.', withdrawnAt: minutesAgo(1) }),
  anArticle({ slug: 'made-up', section: 'world', status: 'RETRACTED', reason: 'It was made up.', withdrawnAt: minutesAgo(1) }),
  { kind: 'collection', slug: 'book', collectionKind: 'PUBLICATION', title: 'A Book', description: 'Of pieces.', articles: ['made-up', 'everything', 'a-draft'], origins: [{ ...origins[0]!, id: 'post:9' }] },
  { kind: 'collection', slug: 'empty', collectionKind: 'PACKAGE', title: 'Empty', articles: [] },
];

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
    expect(outcomes(givenBack.filter(({ kind }) => kind === 'article'))).toEqual(new Set(['unchanged']));
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
    const found = records.find((record) => record.kind === given.kind && ('slug' in given ? 'slug' in record && record.slug === given.slug : true));
    expect(found).toMatchObject(asExported(given));
  }
});

/** A record with what export orders or words differently: kept lists are sorted, a plan is a publication still to come. */
function asExported(record: ContentRecord): object {
  if (record.kind !== 'article') return record;
  const { comments = [], corrections = [], oldPaths = [], authors = [], status, ...rest } = record;
  const later = (a: { at: string; id?: string }, b: { at: string; id?: string }) => (a.at + (a.id ?? '') < b.at + (b.id ?? '') ? -1 : 1);
  return {
    ...rest,
    status: status === 'SCHEDULED' ? 'PUBLISHED' : status,
    ...(comments.length > 0 ? { comments: [...comments].sort(later) } : {}),
    ...(corrections.length > 0 ? { corrections: [...corrections].sort((a, b) => (a.at + a.text < b.at + b.text ? -1 : 1)) } : {}),
    ...(oldPaths.length > 0 ? { oldPaths: [...oldPaths].sort() } : {}),
    ...(authors.length > 0 ? { authors: authors.map((author) => (typeof author === 'string' ? { author } : author)) } : {}),
  };
}

it('a changed item is updated, alone', async () => {
  const lines = linesOf(everything);
  await imported(lines, one);
  const changed = everything.map((record) => (record.kind === 'article' && record.slug === 'a-draft' ? { ...record, headline: 'Another' } : record.kind === 'tag' && record.slug === 'war' ? { ...record, name: 'Wars' } : record));
  const receipt = await imported(linesOf(changed), one);
  expect(receipt.filter(({ outcome }) => outcome !== 'unchanged').map(({ kind, name, outcome }) => [kind, name, outcome])).toEqual([
    ['tag', 'war', 'updated'],
    ['article', 'a-draft', 'updated'],
  ]);
});

describe('a run that is killed', () => {
  /** Enough for several transactions of each pass. */
  const large: ContentRecord[] = [
    ...Array.from({ length: 130 }, (_, index) => ({ kind: 'tag' as const, slug: `tag-${index}`, name: `Tag ${index}` })),
    ...everything,
    ...Array.from({ length: 150 }, (_, index) =>
      anArticle({ slug: `story-${index}`, section: 'world', tags: [`tag-${index % 130}`], authors: ['ann'], publishedAt: minutesAgo(index), oldPaths: [`/?p=${1000 + index}`] }),
    ),
  ];
  const lines = linesOf(large);

  class Killed extends Error {}

  /** A database that dies in its `which`-th transaction, after the work and before the commit. */
  const dyingIn = (db: Database, which: number): Database => {
    let count = 0;
    return {
      ...db,
      transaction: (work, options) =>
        db.transaction(async (tx) => {
          const result = await work(tx);
          count += 1;
          if (count === which) throw new Killed();
          return result;
        }, options),
    };
  };

  it('and run again ends as one that was not', async () => {
    await imported(lines, one);
    const whole = await exported(one.db);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.record({ items: fc.nat(lines.length) }), fc.record({ transaction: fc.integer({ min: 1, max: 5 }) })), { minLength: 1, maxLength: 3 }),
        async (kills) => {
          await emptied(other.db);
          for (const kill of kills) {
            if ('items' in kill) {
              let left = kill.items;
              for await (const _ of importing(lines, other)) if ((left -= 1) < 0) break;
            } else {
              await imported(lines, { ...other, db: dyingIn(other.db, kill.transaction) }).catch((error: unknown) => {
                if (!(error instanceof Killed)) throw error;
              });
            }
          }
          const receipt = await imported(lines, other);
          expect(receipt).toHaveLength(lines.length);
          expect([...outcomes(receipt)].filter((outcome) => outcome !== 'created' && outcome !== 'unchanged')).toEqual([]);
          expect(await exported(other.db)).toEqual(whole);
        },
      ),
      { numRuns: 4 },
    );
  });
});
