import type { News } from '../../src/answers/news.js';
import { globalId } from '../../src/graphql/builder.js';
import { sql } from '../../src/database/sql.js';
import type { TestService } from './service.js';

/** Something that may be asked for again and again. */
export interface Asked {
  name: string;
  document: string;
  variables?: Record<string, unknown>;
}

const card =
  'id slug path headline standfirst byline publishedAt updatedAt revision section { slug name } leadImage { url credit }';
const page = 'totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes';
const whole = `${card} language status commentCount body { html text } tags { slug name }
  source { attribution partner { slug name } } corrections { text at }
  bylines { name role affiliation author { slug name affiliation articleCount } }
  next { slug headline } previous { slug } everywhere: next(within: EVERYWHERE) { slug } before: previous(within: EVERYWHERE) { slug }
  related(first: 4) { slug headline } comments { ${page} { author text replies { text } } }`;

/** A question of every kind a reader can ask, about things that are there and things that are not. */
export async function questionsOf(service: TestService): Promise<Asked[]> {
  const { db } = service;
  const slugsIn = async (table: string) =>
    (await db.send<{ slug: string }>(`select slug from "${table}" order by id`, [])).map(({ slug }) => slug);
  const articles = await db.rows<{ id: string; slug: string; path: string; status: string }>(
    sql`select id, slug, path, status from article order by ordered_at desc`,
  );
  const shown = articles.filter(({ status }) => status === 'PUBLISHED');
  const others = articles.filter(({ status }) => status !== 'PUBLISHED');
  const [sections, authors, tags, partners, collections] = await Promise.all(
    ['section', 'author', 'tag', 'partner', 'collection'].map(slugsIn),
  );
  const few = <Item>(items: readonly Item[] = [], count: number) =>
    items.filter((_, index) => index % Math.max(1, Math.floor(items.length / count)) === 0).slice(0, count);
  const { data } = await service.query(
    `{ articles(first: 12) { edges { cursor } } latestFeed { entries(first: 6) { edges { cursor } } } }`,
  );
  const cursors = data.articles.edges.map(({ cursor }: { cursor: string }) => cursor) as string[];
  const mark = data.latestFeed.entries.edges[3].cursor as string;
  const list = (name: string, how: string): Asked => ({
    name,
    document: `{ articles(${how}) { ${page} { ${card} } } }`,
  });

  return [
    {
      name: 'latest',
      document: `{ latestFeed { updatedAt entries(first: 6) { ${page} { headline teaser age publishedAt section { name } article { path byline } } } } }`,
    },
    ...few(sections, 3).map((slug) => ({
      name: `latest of ${slug}`,
      document: `query ($s: [String!]) { latestFeed(sections: $s) { updatedAt entries(first: 4) { ${page} { headline article { slug } } } } }`,
      variables: { s: [slug] },
    })),
    { name: 'newer', document: 'query ($c: String!) { latestFeed { newerThan(cursor: $c) } }', variables: { c: mark } },
    {
      name: 'fronts',
      document: `{ sections { slug name description articleCount children { slug name parent { name } } articles(first: 3) { ${page} { ${card} } } } }`,
    },
    ...few(sections, 4).map((slug) => ({
      name: `section ${slug}`,
      document: `query ($s: String!) { section(by: { slug: $s }) { id name articleCount parent { name } children { name } articles(first: 4) { ${page} { ${card} } } } }`,
      variables: { s: slug },
    })),
    ...few(authors, 4).map((slug) => ({
      name: `author ${slug}`,
      document: `query ($s: String!) { author(by: { slug: $s }) { id name affiliation bio articleCount articles(first: 3) { ${page} { ${card} } } } }`,
      variables: { s: slug },
    })),
    { name: 'authors', document: `{ authors(first: 5) { ${page} { slug name } } }` },
    ...few(tags, 3).map((slug) => ({
      name: `tag ${slug}`,
      document: `query ($s: String!) { tag(by: { slug: $s }) { id name articles(first: 3) { ${page} { ${card} } } } }`,
      variables: { s: slug },
    })),
    ...few(partners, 2).map((slug) => ({
      name: `partner ${slug}`,
      document: `query ($s: String!) { partner(by: { slug: $s }) { name articles(first: 3) { ${page} { slug } } } }`,
      variables: { s: slug },
    })),
    ...few(collections, 2).map((slug) => ({
      name: `collection ${slug}`,
      document: `query ($s: String!) { collection(by: { slug: $s }) { title kind articles(first: 3) { ${page} { ${card} } } } }`,
      variables: { s: slug },
    })),
    { name: 'collections', document: `{ collections(first: 5) { ${page} { slug title } } }` },
    list('all', 'first: 5'),
    list('oldest first', 'first: 5, orderBy: PUBLISHED_AT_ASC'),
    list('changed', 'first: 5, orderBy: UPDATED_AT_DESC'),
    list('the end', 'last: 5'),
    list('a second page', `first: 4, after: "${cursors[3]}"`),
    list('between', `first: 4, after: "${cursors[2]}", before: "${cursors[9]}"`),
    list('up to', `last: 3, before: "${cursors[6]}"`),
    list('of a section', `first: 4, filter: { sections: ["${sections?.[0]}"] }`),
    list('of two sections', `first: 4, filter: { sections: ["${sections?.[1]}", "${sections?.[2]}"] }`),
    list('of an author', `first: 4, filter: { authors: ["${authors?.[0]}", "${authors?.[1]}"] }`),
    list('of a tag', `first: 4, filter: { tags: ["${tags?.[0]}"] }`),
    list('of a partner', `first: 4, filter: { partners: ["${partners?.[0]}"] }`),
    list('in a language', 'first: 4, filter: { language: "en" }'),
    list('of a tag, changed', `first: 4, orderBy: UPDATED_AT_DESC, filter: { tags: ["${tags?.[1]}"] }`),
    ...[...few(shown, 8), ...few(others, 4)].flatMap(({ id, slug, path }) => [
      {
        name: `article ${slug}`,
        document: `query ($s: String!) { article(by: { slug: $s }) { ${whole} } }`,
        variables: { s: slug },
      },
      {
        name: `node of ${slug}`,
        document: 'query ($id: ID!) { node(id: $id) { ... on Article { headline revision } } }',
        variables: { id: globalId('Article', id) },
      },
      { name: `address of ${slug}`, document: resolution, variables: { p: path } },
    ]),
    { name: 'an old address', document: resolution, variables: { p: '/gone/away/' } },
    { name: 'an address of a section', document: resolution, variables: { p: `/section/${sections?.[0]}/` } },
    {
      name: 'a slug that is not there yet',
      document: `query ($s: String!) { article(by: { slug: $s }) { headline } }`,
      variables: { s: 'brand-new' },
    },
    { name: 'an author who is not there yet', document: '{ author(by: { slug: "brand-new" }) { name } }' },
    ...(['HOUR', 'DAY', 'WEEK'] as const).map((window) => ({
      name: `trending by ${window}`,
      document: `{ trending(window: ${window}, first: 5) { rank views score article { ${card} } } }`,
    })),
    {
      name: 'trending in a section',
      document: 'query ($s: String!) { trending(section: $s) { views article { slug } } }',
      variables: { s: sections?.[0] },
    },
    { name: 'the paper', document: '{ publication { name description links } }' },
  ];
}

const resolution = `query ($p: String!) { resolvePath(path: $p) { __typename ... on Article { headline } ... on Section { name }
  ... on Author { name } ... on Tag { name } ... on Redirect { to } ... on Gone { at reason } } }`;

/** `news` without what it says of one kind: a thing by the word before its colon, a list by its own. */
export const without = (kind: string, news: News): News => ({
  ...news,
  things: news.things.filter((thing) => thing.split(':')[0] !== kind),
  places: news.places.filter(({ list }) => `list ${list.split(/[:/]/)[0]}` !== kind),
});
