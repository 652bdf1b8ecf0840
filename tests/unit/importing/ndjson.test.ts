import { Readable } from 'node:stream';
import { NdjsonReader } from '../../../src/importing/ndjson/reader.js';
import { openSource } from '../../../src/importing/source.js';
import { readingOf, recordsOf } from './reading.js';

const article = {
  kind: 'article',
  slug: 'harbour',
  headline: 'The harbour opens again',
  standfirst: null,
  body: '<p>Ships are back.</p>',
  section: 'ports',
  authors: ['anna', { author: 'zhao-wenbin', role: 'TRANSLATOR', affiliation: 'Qufu Normal University', note: null }],
  tags: ['trade'],
  publishedAt: '2021-10-21T10:00:00+02:00',
  status: 'PUBLISHED',
  partner: 'riac',
  originalUrl: null,
  leadImage: { url: 'https://paper.example.org/a.jpg', alt: 'A crane', caption: null, credit: 'kremlin.ru' },
  language: 'en',
};

const linesOf = (...records: unknown[]) =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');
const tag = { kind: 'tag', slug: 'trade', name: 'Trade' };

/** The reason for which the one line is refused. */
async function refusalOf(line: unknown) {
  const { references, articles } = await readingOf(linesOf(tag, line));
  const refused = [...references, ...articles].filter(({ outcome }) => outcome === 'refused');
  expect(refused).toHaveLength(1);
  return refused[0];
}

it('yields what is named first, then articles, then collections, whatever their order', async () => {
  const collection = {
    kind: 'collection',
    slug: 'best',
    collectionKind: 'SERIES',
    title: 'Best',
    articles: ['harbour'],
  };
  const { references, articles } = await readingOf(
    linesOf(
      collection,
      article,
      '',
      { kind: 'section', slug: 'ports', name: 'Ports', parent: null },
      { slug: 'riac', kind: 'partner', name: 'RIAC' },
      { kind: 'publication', description: 'News' },
      { kind: 'author', slug: 'anna', name: 'Anna', image: null },
      `${JSON.stringify(tag)}\r`,
    ),
  );
  expect(recordsOf(references).map(({ kind }) => kind)).toEqual(['section', 'partner', 'publication', 'author', 'tag']);
  expect(recordsOf(articles)).toEqual([{ ...article, publishedAt: '2021-10-21T08:00:00.000Z' }, collection]);
  expect(articles[0]).toMatchObject({ origin: { system: 'ndjson', id: 'article:harbour' }, at: { line: 2 } });
  expect(references[2]).toMatchObject({ origin: { id: 'publication' }, at: { line: 6 } });
});

it.each(['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED', 'RETRACTED'])(
  'reads an article that is %s',
  async (status) => {
    expect(recordsOf((await readingOf(linesOf({ ...article, status }))).articles)).toMatchObject([{ status }]);
  },
);

it.each([
  ['an unknown key', { ...article, headlin: 'x' }, 'article', 'has no key "headlin"'],
  ['a key of a prototype', '{"kind":"tag","slug":"a","name":"A","__proto__":{"b":1}}', 'tag', 'has no key "__proto__"'],
  [
    'an unknown key within',
    { ...article, leadImage: { ...article.leadImage, src: 'x' } },
    'article',
    'leadImage: has no key "src"',
  ],
  ['a missing key', { ...article, headline: undefined }, 'article', 'headline: is missing; it must be a string'],
  ['a wrong type', { ...article, tags: 'trade' }, 'article', 'tags: must be an array'],
  [
    'a wrong status',
    { ...article, status: 'LIVE' },
    'article',
    'status: must be one of DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, UNPUBLISHED, RETRACTED',
  ],
  [
    'a wrong role',
    { ...article, authors: [{ author: 'anna', role: 'BOSS' }] },
    'article',
    'authors[0].role: must be one of WRITER',
  ],
  [
    'nobody in a byline',
    { ...article, authors: [{ role: 'WRITER' }] },
    'article',
    'authors[0]: must have "author" (a slug) or "name"',
  ],
  ['an author that is a number', { ...article, authors: [7] }, 'article', 'authors[0]: must be a string'],
  [
    'a day that does not exist',
    { ...article, updatedAt: '2021-02-30T00:00:00Z' },
    'article',
    'updatedAt: must be a moment as of RFC 3339',
  ],
  [
    'a year that is none',
    { ...article, updatedAt: '0000-02-03T00:00:00Z' },
    'article',
    'updatedAt: must be in the years 0001 to 9999, in UTC',
  ],
  [
    'no moment for what is public',
    { ...article, publishedAt: null },
    'article',
    'publishedAt: must be given when the status is PUBLISHED',
  ],
  [
    'a script for an address',
    { ...article, originalUrl: 'javascript:alert(1)' },
    'article',
    'originalUrl: must be a whole web address',
  ],
  ['NUL in a text', { ...article, body: 'a\u0000b' }, 'article', 'body: must not hold NUL'],
  [
    'half a character in a text',
    { ...article, headline: 'a\ud83d' },
    'article',
    'headline: must not hold NUL or half a surrogate pair',
  ],
  ['a slug with a slash', { ...tag, slug: 'a/b' }, 'tag', 'slug: must be a slug'],
  [
    'an answer to nobody',
    {
      ...article,
      comments: [{ id: '1', parent: '2', author: 'R', text: 't', at: '2021-10-21T08:00:00Z', status: 'SPAM' }],
    },
    'article',
    'comments[0].parent: must be the "id" of another comment',
  ],
  [
    'an unknown kind',
    { kind: 'event', slug: 'x' },
    'line',
    '"kind" must be one of publication, section, author, tag, partner, collection, article',
  ],
  ['no kind', { slug: 'x' }, 'line', '"kind" must be one of'],
  ['two kinds', '{"kind":"tag","slug":"a","name":"A","kind":"section"}', 'tag', 'has "kind" twice'],
  ['a list', '[1]', 'line', 'must be a JSON object'],
  ['broken JSON of a kind', '{"kind":"section","slug":', 'section', 'is no JSON object'],
  ['no JSON', 'hello', 'line', 'is no JSON object'],
  [
    'deep nesting',
    `{"kind":"tag","slug":"a","name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    'tag',
    'name: must be a string',
  ],
])('refuses a line with %s, once, and goes on', async (_, line, kind, reason) => {
  expect(await refusalOf(line)).toMatchObject({ kind, at: { line: 2 }, reason: expect.stringContaining(reason) });
});

it('names every flaw of a line and what the line is called', async () => {
  expect(await refusalOf({ kind: 'section', slug: 'ports', nam: 'Ports' })).toMatchObject({
    title: 'ports',
    reason: 'name: is missing; it must be a string; has no key "nam"',
  });
});

it('passes over a line that is too long without holding it', async () => {
  const source = await openSource('-', {
    stdin: Readable.from([linesOf(tag, { ...tag, name: 'x'.repeat(300_000) }, { ...tag, slug: 'b' })]),
  });
  const reader = new NdjsonReader(source, { longestLine: 1000 });
  const items = [];
  for (const pass of [reader.references(), reader.articles()]) for await (const item of pass) items.push(item);
  expect(items).toMatchObject([
    { outcome: 'record', at: { line: 1 } },
    { outcome: 'record', at: { line: 3 } },
    { outcome: 'refused', at: { line: 2 }, reason: 'is longer than 1000 characters, the most a line may have' },
  ]);
  await reader.close();
  await source.close();
});

it('ends a line at a line feed only', async () => {
  const { references } = await readingOf(linesOf({ ...tag, name: 'a\u2028b' }));
  expect(recordsOf(references)).toMatchObject([{ name: 'a\u2028b' }]);
});
