import fc from 'fast-check';
import { globalId } from '../../../src/graphql/builder.js';
import { sql } from '../../../src/database/sql.js';
import type { ArticleRecord } from '../../../src/importing/records.js';
import { Mirror } from '../../support/mirror.js';
import { aPartner, type TestPartner, type TestTerms } from '../../support/partners.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';
import { startWebhookCopy, type WebhookCopy } from '../../support/webhook-copy.js';

// What a partner may have is one set of pieces, whichever way it asks; and that set is what a second, simple statement of the
// rules says it is.

const sections: Record<string, string | null> = { world: null, asia: 'world', 'east-asia': 'asia', ideas: null };
const author = 'ann-lee';
const tags = ['rice', 'war', 'trade'];
const lenders: Record<string, string | null> = { riac: 'CC BY 4.0', owl: null, fox: 'CC BY-NC 4.0' };
const licences = [null, null, 'cc-by-sa 3.0', 'Resale permitted to all', 'All rights reserved', 'CC0'];

interface Piece {
  slug: string;
  section: string;
  tags: string[];
  language: string;
  partner: string | null;
  license: string | null;
  status: 'PUBLISHED' | 'SCHEDULED' | 'DRAFT' | 'UNPUBLISHED';
  minutesAgo: number;
}

const piece = fc.record({
  section: fc.constantFrom(...Object.keys(sections)),
  tags: fc.subarray(tags),
  language: fc.constantFrom('en', 'en', 'fr'),
  partner: fc.constantFrom(null, null, 'riac', 'owl', 'fox', 'asker'),
  license: fc.constantFrom(...licences),
  status: fc.constantFrom('PUBLISHED', 'PUBLISHED', 'PUBLISHED', 'PUBLISHED', 'SCHEDULED', 'DRAFT', 'UNPUBLISHED'),
  minutesAgo: fc.integer({ min: 1, max: 180 }),
});

const pieces: Piece[] = fc
  .sample(piece, { numRuns: 60, seed: 7 })
  .map((each, index) => ({ ...each, slug: `zz${index}zz` }));

const some = (names: readonly string[]) =>
  fc.option(fc.subarray([...names], { minLength: 1, maxLength: 2 }), { nil: undefined });

const terms: fc.Arbitrary<TestTerms> = fc.record(
  {
    sections: some(Object.keys(sections)),
    tags: some(tags),
    excludedPartners: some([...Object.keys(lenders), 'asker']),
    languages: some(['en', 'fr']),
    depth: fc.constantFrom('TEASER', 'FULL'),
    delayMinutes: fc.constantFrom(0, 0, 30, 90),
    images: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<TestTerms>;

/** The promise, written down a second time and as simply as possible. */
function mayHave(of: TestTerms, it: Piece): boolean {
  const within = (name: string | null): boolean =>
    name !== null && (of.sections!.includes(name) || within(sections[name] ?? null));
  if (it.status !== 'PUBLISHED' || it.minutesAgo < (of.delayMinutes ?? 0)) return false;
  if (of.sections && !within(it.section)) return false;
  if (of.tags && !it.tags.some((tag) => of.tags!.includes(tag))) return false;
  if (of.languages && !of.languages.includes(it.language)) return false;
  if (it.partner === null) return true;
  if (of.excludedPartners?.includes(it.partner)) return false;
  const license = it.license ?? lenders[it.partner] ?? null;
  return (
    it.partner === 'asker' || ['CC BY 4.0', 'cc-by-sa 3.0', 'Resale permitted to all', 'CC0'].includes(license ?? '')
  );
}

const recordOf = ({ minutesAgo: minutes, license, partner, ...it }: Piece): ArticleRecord =>
  anArticle({
    ...it,
    partner,
    ...(partner ? { license } : {}),
    headline: `About ${it.slug} and the harbours`,
    authors: [author],
    standfirst: Number(it.slug.replace(/z/g, '')) % 2 ? `Briefly ${it.slug}` : null,
    body: `<p>${'Long ago it was so. '.repeat(20)}</p><figure><img src="https://img.example/in.jpg" alt="A"></figure><p>kernel of it</p>`,
    leadImage: { url: 'https://img.example/lead.jpg', alt: 'A', caption: null, credit: null },
    publishedAt: it.status === 'DRAFT' ? null : minutesAgo(it.status === 'SCHEDULED' ? -minutes : minutes),
    ...(it.status === 'UNPUBLISHED' ? { reason: 'Wrong.', withdrawnAt: minutesAgo(0.5) } : {}),
  });

let service: TestService;
let partner: TestPartner;
/** Follows the partner's log through all that is granted to it. */
let mirror: Mirror;
/** Keeps what the partner's webhook is sent. */
let copy: WebhookCopy;
let idsOf: Map<string, string>;

beforeAll(async () => {
  service = await startService({
    environment: { WEBHOOK_ALLOW_PRIVATE: '1', COST_LIMIT: '1000000', COST_PER_MINUTE: '0' },
  });
  await service.load([
    ...Object.entries(sections).map(([slug, parent]) => aSection({ slug, name: slug, parent })),
    anAuthor({ slug: author }),
    ...tags.map((slug) => ({ kind: 'tag' as const, slug, name: slug })),
    ...Object.entries(lenders).map(([slug, license]) => ({ kind: 'partner' as const, slug, name: slug, license })),
    { kind: 'partner', slug: 'asker', name: 'Asker' },
    ...pieces.map(recordOf),
  ]);
  partner = await aPartner(service, 'asker', { requestsPerMinute: 100_000, requestsPerDay: 1_000_000 });
  mirror = new Mirror(service, partner.headers, 17);
  copy = await startWebhookCopy(service, { partner: globalId('Partner', partner.id) });
  const rows = await service.db.rows<{ id: string; slug: string }>(sql`select id, slug from article`);
  idsOf = new Map(rows.map(({ id, slug }) => [slug, globalId('Article', id)]));
});
afterAll(async () => {
  await copy.close();
  await service.close();
});

async function asked(document: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await service.query(document, variables, partner.headers);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Fields of the root, as many in each request as one may ask for. */
async function askedInParts(fields: readonly string[], size = 30): Promise<Record<string, any>> {
  const parts = Array.from({ length: Math.ceil(fields.length / size) }, (_, part) =>
    fields.slice(part * size, (part + 1) * size),
  );
  const answers = [];
  for (const part of parts) answers.push(await asked(`{ ${part.join('\n')} }`));
  return Object.assign({}, ...answers) as Record<string, any>;
}

const sorted = (slugs: Iterable<string>) => [...new Set(slugs)].sort();
const slugsOf = (nodes: { slug: string }[]) => sorted(nodes.map(({ slug }) => slug));

/** Every way to pieces, and the slugs that it gave. */
async function byEveryWay(depth: TestTerms['depth']): Promise<Record<string, string[]>> {
  const ways: Record<string, string[]> = {};
  const all = `{ totalCount nodes { slug next { slug } previous(within: EVERYWHERE) { slug } related { slug } } }`;
  const data = await asked(
    `query ($ids: [ID!]!) {
      articles(first: 100) ${all} changed: articles(first: 100, orderBy: UPDATED_AT_DESC) { nodes { slug } }
      byTag: articles(first: 100, filter: { tags: ["rice", "war", "trade"] }) { totalCount nodes { slug } }
      nodes(ids: $ids) { ... on Article { slug } }
      latestFeed { entries(first: 100) { totalCount nodes { article { slug } } } }
      sections { slug articleCount articles(first: 100) { totalCount nodes { slug } } }
    }`,
    { ids: [...idsOf.values()] },
  );
  const bySlug = await askedInParts(
    pieces.map(({ slug }, index) => `s${index}: article(by: { slug: "${slug}" }) { slug path }`),
  );
  ways['list'] = slugsOf(data.articles.nodes);
  ways['list by change'] = slugsOf(data.changed.nodes);
  ways['nodes by id'] = slugsOf(data.nodes.filter((node: unknown) => node));
  ways['by slug'] = slugsOf(pieces.flatMap((_, index) => bySlug[`s${index}`] ?? []));
  ways['latest'] = slugsOf(data.latestFeed.entries.nodes.map(({ article }: any) => article));
  ways['sections'] = slugsOf(data.sections.flatMap(({ articles }: any) => articles.nodes));
  const count = ways['list'].length;
  expect([data.articles.totalCount, data.latestFeed.entries.totalCount]).toEqual([count, count]);
  for (const { articleCount, articles } of data.sections)
    expect([articleCount, articles.totalCount]).toEqual([articles.nodes.length, articles.nodes.length]);
  expect(data.byTag.totalCount).toBe(data.byTag.nodes.length);
  const neighbours = data.articles.nodes.flatMap(({ next, previous, related }: any) => [next, previous, ...related]);
  const beyond = slugsOf(neighbours.filter((node: unknown) => node)).filter((slug) => !ways['list']!.includes(slug));
  expect(beyond).toEqual([]);

  // The word is in every headline; the other in bodies alone.
  const { found, alone, without } = await asked(
    `query { found: search(query: "harbours", first: 100) { ...found } alone: search(query: "kernel", first: 100) { ...found }
       without: search(query: "harbours -kernel", first: 100) { ...found } }
     fragment found on SearchConnection { totalCount isComplete nodes { article { slug } } facets { counted years { count } } }`,
  );
  const slugsFound = ({ totalCount, facets, nodes }: any) => {
    const inYears = facets.years.reduce((sum: number, year: { count: number }) => sum + year.count, 0);
    expect([totalCount, facets.counted, inYears]).toEqual([nodes.length, nodes.length, nodes.length]);
    return slugsOf(nodes.map(({ article }: any) => article));
  };
  ways['search'] = slugsFound(found);
  // Where there are no bodies, their words find nothing and exclude nothing.
  ways['search for bodies'] = sorted([...slugsFound(alone), ...slugsFound(without)]);
  expect([alone, without].map(({ totalCount }) => totalCount)).toEqual(depth === 'TEASER' ? [0, count] : [count, 0]);

  const { rows } = await pathsOf();
  const resolved = await askedInParts(
    rows.map(({ path }, index) => `r${index}: resolvePath(path: "${path}") { __typename ... on Article { slug } }`),
  );
  ways['by path'] = slugsOf(Object.values(resolved).filter((found: any) => found?.__typename === 'Article') as any);

  for (const extension of ['rss', 'atom', 'json', 'ninjs']) {
    const feed = async (name: string) => mentioned(await fetched(`/feeds/${name}.${extension}?limit=100`));
    for (const name of ['latest', 'partner', `authors/${author}`]) {
      ways[`/feeds/${name}.${extension}`] = await feed(name);
    }
    // Every piece stands below one of these.
    ways[`/feeds/sections/….${extension}`] = sorted(
      (await Promise.all(['world', 'ideas'].map((slug) => feed(`sections/${slug}`)))).flat(),
    );
    const ofTags = (await Promise.all(tags.map((slug) => feed(`tags/${slug}`)))).flat();
    expect([extension, sorted(ofTags)]).toEqual([extension, slugsOf(data.byTag.nodes)]);
  }
  await mirror.poll();
  ways['the log, followed'] = slugsOf(mirror.sorted());
  const late = new Mirror(service, partner.headers);
  await late.poll();
  ways['the log, from its beginning'] = slugsOf(late.sorted());
  await copy.caughtUp();
  ways['webhook'] = mentioned(JSON.stringify([...copy.pieces.values()]));
  ways['sitemap'] = mentioned(await fetched('/sitemap-1.xml'));
  ways['sitemap of news'] = mentioned(await fetched('/sitemap-news.xml'));
  return ways;
}

const pathsOf = async () => ({ rows: await service.db.rows<{ path: string }>(sql`select path from article`) });
const mentioned = (text: string) =>
  sorted([...text.matchAll(/About (zz\d+zz)|\/(zz\d+zz)\//g)].map(([, a, b]) => a ?? b!));

async function fetched(path: string): Promise<string> {
  const response = await service.request(path, { headers: partner.headers });
  expect([path, response.status, response.headers.get('cache-control')]).toEqual([path, 200, 'private, no-store']);
  return response.text();
}

/** What the words are, in every form and feed, of pieces that are there. */
async function saidOfBodies(): Promise<string> {
  const data = await asked(`{ articles(first: 100) { nodes { excerpt(maxLength: 1000) leadImage { url }
    body { html text markdown blocks { __typename ... on Paragraph { html } ... on ImageBlock { url } } } } } }`);
  const feeds = await Promise.all(
    ['rss', 'atom', 'json', 'ninjs'].map((each) => fetched(`/feeds/partner.${each}?limit=100`)),
  );
  return JSON.stringify(data) + feeds.join('') + JSON.stringify([...copy.pieces.values()]);
}

// Twenty on a server, or as many as ENTITLEMENTS says; the embedded database asks the same of fewer.
const numRuns = Number(process.env['ENTITLEMENTS'] ?? (process.env['TEST_DATABASE_URL'] ? 20 : 3));

/** What the partner had when it was asked last. */
let before: string[] = [];

async function saidToBeGone(): Promise<string[]> {
  const { _dateline } = JSON.parse(await fetched('/feeds/partner.json?limit=100')) as {
    _dateline: { deleted: { id: string }[] };
  };
  const slugOf = new Map([...idsOf].map(([slug, id]) => [id, slug]));
  return _dateline.deleted.map(({ id }) => slugOf.get(globalId('Article', id.slice('urn:uuid:'.length))) ?? id);
}

it('a partner has the same pieces by every way, and they are those that it is granted, whatever that is', async () => {
  await fc.assert(
    fc.asyncProperty(terms, async (of) => {
      await partner.grant(of);
      const expected = sorted(pieces.filter((each) => mayHave(of, each)).map(({ slug }) => slug));
      for (const [way, slugs] of Object.entries(await byEveryWay(of.depth)))
        expect([way, slugs]).toEqual([way, expected]);
      // A copy that is kept by the feed alone lets go of what is not granted any more, and of nothing else.
      const letGo = await saidToBeGone();
      expect(letGo.filter((slug) => expected.includes(slug))).toEqual([]);
      expect(before.filter((slug) => !expected.includes(slug) && !letGo.includes(slug))).toEqual([]);
      before = expected;
      const said = await saidOfBodies();
      const isThere = expected.length > 0;
      expect(said.includes('kernel of it')).toBe(isThere && of.depth !== 'TEASER');
      expect(said.includes('img.example')).toBe(isThere && of.images !== false);
    }),
    { numRuns },
  );
}, 300_000);
