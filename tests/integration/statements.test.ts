import type { CommentRecord, ContentRecord } from '../../src/importing/records.js';
import { operation } from '../support/operations.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

/** A paper with so many of everything: sections, pieces in each, names on each, tags, comments, answers, corrections. */
function aPaperOf(count: number): ContentRecord[] {
  const each = Array.from({ length: count }, (_, index) => index + 1);
  const comments = each.flatMap((number): CommentRecord[] => [
    { id: `${number}`, author: 'Bo', text: 'Why?', at: minutesAgo(number), status: 'APPROVED' },
    {
      id: `${number}-answer`,
      parent: `${number}`,
      author: 'Cy',
      text: 'Because.',
      at: minutesAgo(number - 1),
      status: 'APPROVED',
    },
  ]);
  const sections = each.map((number) => aSection({ slug: `section-${number}`, name: `Section ${number}` }));
  // As many as a front shows of each section; the rest stand in the first.
  const inSection = (section: string) => (section === 'section-1' ? each : each.slice(0, 5));
  return [
    { kind: 'partner', slug: 'riac', name: 'RIAC', license: 'By agreement' },
    ...sections,
    aSection({ slug: 'part', name: 'Part', parent: 'section-1' }),
    ...each.flatMap((number): ContentRecord[] => [
      anAuthor({ slug: `author-${number}`, name: `Author ${number}` }),
      { kind: 'tag', slug: `tag-${number}`, name: `Tag ${number}` },
    ]),
    ...[...sections.map(({ slug }) => slug), 'part'].flatMap((section) =>
      inSection(section).map((number) =>
        anArticle({
          slug: `${section}-${number}`,
          section,
          publishedAt: minutesAgo(1000 * number),
          partner: 'riac',
          authors: each.slice(0, 4).map((author) => `author-${author}`),
          tags: each.slice(0, section === 'section-1' ? count : 3).map((tag) => `tag-${tag}`),
          leadImage: {
            url: `https://pictures.example/${section}/${number}.jpg`,
            alt: 'A harbour',
            caption: null,
            credit: 'AP',
          },
          comments: section === 'section-1' && number === 2 ? comments : number === 1 ? comments.slice(0, 2) : [],
          corrections: [{ text: 'The harbour was misnamed.', at: minutesAgo(1) }],
        }),
      ),
    ),
    {
      kind: 'collection',
      slug: 'set',
      collectionKind: 'SERIES',
      title: 'Set',
      articles: each.map((number) => `section-1-${number}`),
    },
  ];
}

interface Question {
  name: string;
  document: string;
  most: number;
  variables?: (service: TestService) => Promise<Record<string, unknown>>;
  /** What must have come back, so that the count is of work that was done. */
  holds: (data: any, count: number) => number;
}

const articlesWith = (selection: string) => `{ articles(first: 30) { nodes { ${selection} } } }`;
const many = (data: { articles: { nodes: unknown[] } }) => data.articles.nodes.length;

const questions: Question[] = [
  {
    name: 'the latest feed',
    document: operation('latest-feed'),
    most: 6,
    holds: (data) => data.latestFeed.entries.edges.length,
  },
  { name: 'section fronts', document: operation('section-fronts'), most: 6, holds: (data) => data.sections.length },
  {
    name: 'section fronts with who made each piece',
    document:
      '{ sections { articles(first: 5) { nodes { headline bylines { name author { name articleCount } } } } } }',
    most: 6,
    holds: (data) => data.sections.length,
  },
  {
    name: 'an article with what surrounds it',
    document: `query ($path: String!) { article(by: { path: $path }) {
      headline body { html wordCount } section { name } source { attribution partner { name } } bylines { name author { name } } tags { name }
      comments { totalCount nodes { text } } next { headline } previous { headline } related { headline }
    } }`,
    most: 12,
    variables: async (service) => ({
      path: (await service.query('{ article(by: { slug: "section-1-2" }) { path } }')).data.article.path,
    }),
    holds: (data) => data.article.comments.nodes.length,
  },
  {
    name: 'the whole page of an article',
    document: operation('article-page'),
    most: 18,
    variables: async (service) => ({
      path: (await service.query('{ article(by: { slug: "section-1-2" }) { path } }')).data.article.path,
    }),
    holds: (data) => data.article.comments.nodes.length,
  },
  { name: 'a list with sections', document: articlesWith('section { name }'), most: 2, holds: many },
  { name: 'a list with tags', document: articlesWith('tags { name }'), most: 2, holds: many },
  { name: 'a list with pictures', document: articlesWith('leadImage { url }'), most: 2, holds: many },
  {
    name: 'a list with sources',
    document: articlesWith('source { attribution license partner { name } }'),
    most: 2,
    holds: many,
  },
  {
    name: 'a list with excerpts',
    document: articlesWith('short: excerpt(maxLength: 5) excerpt'),
    most: 2,
    holds: many,
  },
  { name: 'a list with bodies', document: articlesWith('body { html wordCount }'), most: 2, holds: many },
  { name: 'a list with corrections', document: articlesWith('corrections { text }'), most: 2, holds: many },
  {
    name: 'a list with comments',
    document: articlesWith('commentCount comments(first: 30) { nodes { text replies { text parent { text } } } }'),
    most: 5,
    holds: many,
  },
  {
    name: 'a list with neighbours',
    document: articlesWith('next { slug } previous(within: EVERYWHERE) { slug }'),
    most: 3,
    holds: many,
  },
  { name: 'a list with related pieces', document: articlesWith('related { slug }'), most: 2, holds: many },
  {
    name: 'lists in lists',
    document: articlesWith(
      'section { articles(first: 2) { totalCount nodes { tags { articles(first: 1) { totalCount nodes { slug } } } } } }',
    ),
    most: 7,
    holds: many,
  },
  {
    name: 'things by id',
    document:
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Author { articles(first: 2) { nodes { slug } } } } }',
    most: 3,
    variables: async (service) => ({
      ids: (
        await service
          .query('{ authors(first: 30) { nodes { id } } articles(first: 30) { nodes { id } } }')
          .then(({ data }) => [...data.authors.nodes, ...data.articles.nodes])
      ).map(({ id }: { id: string }) => id),
    }),
    holds: (data) => data.nodes.length,
  },
  {
    name: 'a collection',
    document:
      '{ collections { nodes { title articles(first: 30) { totalCount nodes { headline section { name } } } } } }',
    most: 4,
    holds: (data) => data.collections.nodes[0].articles.nodes.length,
  },
  {
    name: 'a page of a search',
    document: operation('search'),
    most: 9,
    variables: () => Promise.resolve({ query: 'happened' }),
    holds: (data) => data.search.edges.length,
  },
  {
    name: 'a search that counts nothing',
    document: '{ search(query: "happened") { nodes { score article { slug } } } }',
    most: 1,
    holds: (data) => data.search.nodes.length,
  },
  {
    name: 'what is suggested',
    document: operation('suggest'),
    most: 5,
    variables: () => Promise.resolve({ prefix: 'se', first: 20 }),
    holds: (data) => data.suggest.length,
  },
  { name: 'a page without its total', document: articlesWith('slug'), most: 1, holds: many },
];

let few: TestService;
let many30: TestService;
beforeAll(async () => {
  few = await startService();
  await few.load(aPaperOf(3));
  many30 = await startService();
  await many30.load(aPaperOf(30));
}, 120_000);
afterAll(() => Promise.all([few.close(), many30.close()]));

async function costOf(service: TestService, { document, variables, holds }: Question, count: number) {
  const given = (await variables?.(service)) ?? {};
  service.statements();
  const { data, errors } = await service.query(document, given);
  const statements = service.statements();
  expect(errors).toBeUndefined();
  return { statements, rows: holds(data, count) };
}

it.each(questions)(
  '$name costs at most $most statements, and the same for 3 of everything as for 30',
  async (question) => {
    const [small, large] = [await costOf(few, question, 3), await costOf(many30, question, 30)];
    expect(large.rows).toBeGreaterThan(small.rows);
    // A server answers those of one tick in any order.
    expect(small.statements.map(shape)).toEqual(expect.arrayContaining(large.statements.map(shape)));
    expect(large.statements.length).toBeLessThanOrEqual(question.most);
  },
);

it('a list read one row at a time would be noticed', async () => {
  many30.statements();
  const { data } = await many30.query('{ articles(first: 30) { nodes { id } } }');
  for (const { id } of data.articles.nodes)
    await many30.query('query ($id: ID!) { article(by: { id: $id }) { tags { name } } }', { id });
  expect(many30.statements().length).toBeGreaterThan(30);
});

/** A statement without its values' numbers, so that two of one kind are equal. */
const shape = (text: string) => text.replace(/\$\d+/g, '$').replace(/\s+/g, ' ').trim();
