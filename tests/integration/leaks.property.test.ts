import fc from 'fast-check';
import { getNamedType, isObjectType } from 'graphql';
import { makeGraph } from '../../src/content/graph.js';
import { sql } from '../../src/database/sql.js';
import { globalId } from '../../src/graphql/builder.js';
import { settled } from '../support/mirror.js';
import { anAuthor, aSection } from '../support/records.js';
import {
  type Asker,
  authors,
  changedFirst,
  insertSecretPaper,
  isWithin,
  maySee,
  newestFirst,
  secretPaper,
  type SecretPiece,
  sections,
  tags,
  wasWithdrawn,
} from '../support/secrets.js';
import { aMoment, type Answer, startService, type TestService } from '../support/service.js';

let service: TestService;
let headers: Record<Asker, Record<string, string>>;
let owners: { me: string; another: string };

beforeAll(async () => {
  service = await startService({ environment: { COST_LIMIT: '10000000', COST_PER_MINUTE: '0' } });
  headers = {
    anyone: {},
    contributor: await service.signIn('contributor', 'Me'),
    editor: await service.signIn('editor'),
    admin: await service.signIn('admin'),
  };
  await service.signIn('contributor', 'Another');
  const users = await service.db.rows<{ id: string; name: string }>(sql`select id, name from app_user`);
  const idOf = (name: string) => users.find((user) => user.name === name)?.id ?? '';
  owners = { me: idOf('Me'), another: idOf('Another') };
  await service.load([
    ...Object.entries(sections).map(([slug, parent]) => aSection({ slug, name: slug, parent })),
    ...authors.map((slug) => anAuthor({ slug, name: slug })),
    ...tags.map((slug) => ({ kind: 'tag' as const, slug, name: slug })),
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
    { kind: 'collection', slug: 'set', collectionKind: 'SERIES', title: 'Set', articles: [] },
  ]);
});
afterAll(() => service.close());

const askers: Asker[] = ['anyone', 'contributor', 'editor', 'admin'];
const runs = { numRuns: process.env['TEST_DATABASE_URL'] ? 10 : 4 };

const idIn = (globalId: string): string => Buffer.from(globalId, 'base64url').toString().replace(/^\w+:/, '');

/** One way by which pieces are reached, and the pieces that must come, in order. */
interface Way {
  field: string;
  pieces: readonly SecretPiece[];
}

const list = '{ totalCount nodes { id } edges { node { id } } pageInfo { hasNextPage hasPreviousPage } }';

/** Every list from the root, with what the model says of it to one who sees `seen`. */
function waysOf(seen: readonly SecretPiece[]): Record<string, Way> {
  const newest = [...seen].sort(newestFirst);
  const those = (holds: (piece: SecretPiece) => boolean) => newest.filter(holds);
  const everywhere = {
    articles: { field: `articles(first: 100) ${list}`, pieces: newest },
    fromTheEnd: { field: `articles(last: 100) ${list}`, pieces: newest },
    ascending: { field: `articles(orderBy: PUBLISHED_AT_ASC, first: 100) ${list}`, pieces: [...newest].reverse() },
    changed: { field: `articles(orderBy: UPDATED_AT_DESC, first: 100) ${list}`, pieces: [...seen].sort(changedFirst) },
    french: {
      field: `articles(filter: { language: "fr" }, first: 100) ${list}`,
      pieces: those((piece) => piece.language === 'fr'),
    },
    future: {
      field: `articles(filter: { publishedAfter: "${aMoment.toISOString()}" }, first: 100) ${list}`,
      pieces: those(({ published, updated }) => (published ?? updated) > aMoment),
    },
    manyAtOnce: {
      field: `articles(filter: { sections: ["world"], authors: ["ann", "bo"], tags: ["war", "rice"] }, first: 100) ${list}`,
      pieces: those(
        (piece) =>
          isWithin('world', piece) &&
          piece.authors.some((slug) => slug !== 'cy') &&
          piece.tags.some((slug) => slug !== 'trade'),
      ),
    },
    ofPartner: {
      field: `articles(filter: { partners: ["riac"] }, first: 100) ${list}`,
      pieces: those(({ partner }) => partner === 'riac'),
    },
  } satisfies Record<string, Way>;
  const filtered = [
    ...Object.keys(sections).map((slug) => ['sections', slug, those((piece) => isWithin(slug, piece))] as const),
    ...authors.map((slug) => ['authors', slug, those((piece) => piece.authors.includes(slug))] as const),
    ...tags.map((slug) => ['tags', slug, those((piece) => piece.tags.includes(slug))] as const),
  ].map(([what, slug, pieces]) => [
    `filter_${what}_${slug.replace('-', '_')}`,
    { field: `articles(filter: { ${what}: ["${slug}"] }, first: 100) ${list}`, pieces },
  ]);
  return { ...everywhere, ...(Object.fromEntries(filtered) as Record<string, Way>) };
}

async function ask(asker: Asker, document: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return service.query(document, variables, headers[asker]);
}

/** Some fields for each of `things`, as many in each request as one may ask for. */
async function askForEach<Thing>(
  asker: Asker,
  things: readonly Thing[],
  fieldsOf: (thing: Thing, at: number) => string,
): Promise<Answer & { data: Record<string, any> }> {
  const whole = { status: 200, data: {} as Record<string, any>, errors: [] as NonNullable<Answer['errors']> };
  for (let at = 0; at < things.length; at += 4) {
    const fields = things.slice(at, at + 4).map((thing, index) => fieldsOf(thing, at + index));
    const { data, errors = [] } = await ask(asker, `{ ${fields.join('\n')} }`);
    Object.assign(whole.data, data);
    whole.errors.push(...errors);
  }
  return whole;
}

async function askWell(asker: Asker, document: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await ask(asker, document, variables);
  expect(errors).toBeUndefined();
  return data;
}

const slugsIn = (pieces: readonly SecretPiece[]) => pieces.map(({ slug }) => slug);

interface Nodes {
  totalCount?: number;
  nodes: { id: string }[];
  edges?: { node: { id: string } }[];
}

/** What an asker has been told, held against what the model says. */
class Told {
  readonly #bySlug: Map<string, string>;
  constructor(
    readonly asker: Asker,
    readonly paper: readonly SecretPiece[],
  ) {
    this.#bySlug = new Map(paper.map(({ id, slug }) => [id, slug]));
  }
  get seen() {
    return this.paper.filter((piece) => maySee(this.asker, piece));
  }
  get hidden() {
    return this.paper.filter((piece) => !maySee(this.asker, piece));
  }
  slugOf = (node: { id: string }) => this.#bySlug.get(idIn(node.id)) ?? node.id;

  list(way: string, { nodes, edges, totalCount }: Nodes, pieces: readonly SecretPiece[]): void {
    const expected = slugsIn(pieces);
    expect([this.asker, way, nodes.map(this.slugOf)]).toEqual([this.asker, way, expected]);
    if (edges)
      expect([this.asker, way, edges.map(({ node }) => this.slugOf(node))]).toEqual([this.asker, way, expected]);
    if (totalCount !== undefined) expect([this.asker, way, totalCount]).toEqual([this.asker, way, expected.length]);
  }

  /** Nothing of a hidden piece stands anywhere in what was said: every text it has carries its slug. */
  nothingOfHidden(said: unknown): void {
    const text = JSON.stringify(said);
    expect([this.asker, this.hidden.filter(({ slug }) => text.includes(slug)).map(({ slug }) => slug)]).toEqual([
      this.asker,
      [],
    ]);
  }
}

async function holdsForLists(told: Told): Promise<void> {
  const { asker, seen } = told;
  const ways = waysOf(seen);
  const fields = Object.entries(ways).map(([way, { field }]) => `${way}: ${field}`);
  const data: Record<string, any> = {};
  // As many in each request as one may ask for.
  while (fields.length > 0) Object.assign(data, await askWell(asker, `{ ${fields.splice(0, 30).join('\n')} }`));
  for (const [way, { pieces }] of Object.entries(ways)) told.list(way, data[way], pieces);
  told.nothingOfHidden(data);
}

const newestOf = (seen: readonly SecretPiece[], holds: (piece: SecretPiece) => boolean) =>
  seen.filter(holds).sort(newestFirst);

/** Sections, authors, tags, the partner, the collection, and the latest feed, from the root and from each other. */
async function holdsForOwners(told: Told): Promise<void> {
  const { asker, seen } = told;
  const all = `articles(first: 100) ${list}`;
  const data = await askWell(
    asker,
    `fragment section on Section { slug articleCount ${all} fromTheEnd: articles(last: 100) ${list} parent { articleCount ${all} } }
    { sections { ...section children { ...section children { ...section } } }
      ${Object.keys(sections)
        .map((slug, index) => `s${index}: section(by: { slug: "${slug}" }) { ...section }`)
        .join('\n')}
      authors(first: 100) { totalCount nodes { slug articleCount ${all} } }
      ${authors.map((slug) => `a_${slug}: author(by: { slug: "${slug}" }) { slug articleCount ${all} }`).join('\n')}
      ${tags.map((slug) => `t_${slug}: tag(by: { slug: "${slug}" }) { slug ${all} }`).join('\n')}
      partner(by: { slug: "riac" }) { ${all} }
      collection(by: { slug: "set" }) { ${all} } collections { nodes { ${all} } }
      latestFeed { updatedAt entries(first: 100) { totalCount nodes { article { id } headline } edges { node { article { id } } } } }
      some: latestFeed(sections: ["asia"], language: "en") { entries(first: 100) { totalCount nodes { article { id } } } } }`,
  );
  interface SectionSaid {
    slug: string;
    articleCount: number;
    articles: Nodes;
    fromTheEnd: Nodes;
    parent: { articleCount: number; articles: Nodes } | null;
    children?: SectionSaid[];
  }
  const section = (said: SectionSaid) => {
    const pieces = newestOf(seen, (piece) => isWithin(said.slug, piece));
    told.list(`section ${said.slug}`, said.articles, pieces);
    told.list(`section ${said.slug} from the end`, said.fromTheEnd, pieces);
    expect([asker, said.slug, said.articleCount]).toEqual([asker, said.slug, pieces.length]);
    const above = sections[said.slug];
    if (said.parent && above) {
      const around = newestOf(seen, (piece) => isWithin(above, piece));
      told.list(`parent of ${said.slug}`, said.parent.articles, around);
      expect(said.parent.articleCount).toBe(around.length);
    }
    said.children?.forEach(section);
  };
  data.sections.forEach(section);
  Object.keys(sections).forEach((_, index) => section(data[`s${index}`]));
  const author = ({ slug, articleCount, articles }: { slug: string; articleCount: number; articles: Nodes }) => {
    const pieces = newestOf(seen, (piece) => piece.authors.includes(slug));
    told.list(`author ${slug}`, articles, pieces);
    expect([asker, slug, articleCount]).toEqual([asker, slug, pieces.length]);
  };
  data.authors.nodes.forEach(author);
  for (const slug of authors) author(data[`a_${slug}`]);
  for (const slug of tags)
    told.list(
      `tag ${slug}`,
      data[`t_${slug}`].articles,
      newestOf(seen, (piece) => piece.tags.includes(slug)),
    );
  told.list(
    'partner',
    data.partner.articles,
    newestOf(seen, (piece) => piece.partner !== null),
  );
  const collected = seen
    .filter(({ position }) => position !== null)
    .sort((one, other) => Number(one.position) - Number(other.position) || (one.id < other.id ? -1 : 1));
  told.list('collection', data.collection.articles, collected);
  told.list('collections', data.collections.nodes[0].articles, collected);
  const entries = ({
    nodes,
    edges,
    totalCount,
  }: {
    nodes: { article: { id: string } }[];
    edges?: { node: { article: { id: string } } }[];
    totalCount: number;
  }) => ({
    totalCount,
    nodes: nodes.map(({ article }) => article),
    ...(edges ? { edges: edges.map(({ node: { article } }) => ({ node: article })) } : {}),
  });
  // Latest is what is on the site, for the newsroom too.
  const onTheSite = told.paper.filter((piece) => maySee('anyone', piece));
  told.list(
    'latest feed',
    entries(data.latestFeed.entries),
    newestOf(onTheSite, () => true),
  );
  told.list(
    'part of the latest feed',
    entries(data.some.entries),
    newestOf(onTheSite, (piece) => isWithin('asia', piece) && piece.language === 'en'),
  );
  const moments = onTheSite.map(({ published, updated }) =>
    Math.max((published ?? updated).getTime(), updated.getTime()),
  );
  expect([asker, data.latestFeed.updatedAt]).toEqual([
    asker,
    moments.length > 0 ? new Date(Math.max(...moments)).toISOString() : null,
  ]);
  told.nothingOfHidden(data);
}

/** What searching finds, counts and suggests. A retracted piece is found by nobody, whoever may see it. */
async function holdsForSearch(told: Told): Promise<void> {
  const { asker, seen, hidden } = told;
  const hits =
    'totalCount correctedQuery nodes { article { id } snippet } facets { counted sections { count section { slug } } authors { count author { slug } } tags { count tag { slug } } years { count } }';
  const data = await askWell(
    asker,
    `{ all: search(query: "words", first: 100, orderBy: PUBLISHED_AT_DESC) { ${hits} }
      ranked: search(query: "words", first: 100) { ${hits} }
      some: search(query: "words", first: 100, orderBy: PUBLISHED_AT_DESC, filter: { sections: ["asia"], language: "en" }) { ${hits} }
      headlines: suggest(prefix: "zz", first: 20) { text node { id } }
      ${Object.keys(sections)
        .map((slug, at) => `section${at}: suggest(prefix: "${slug}", first: 20) { text }`)
        .join('\n')}
      ${authors.map((slug, at) => `author${at}: suggest(prefix: "${slug}") { text }`).join('\n')}
      ${tags.map((slug, at) => `tag${at}: suggest(prefix: "${slug}") { text }`).join('\n')} }`,
  );
  const findable = newestOf(seen, ({ status }) => status !== 'RETRACTED');
  interface Said {
    totalCount: number;
    nodes: { article: { id: string } }[];
    facets: Record<string, unknown> & { counted: number };
  }
  const articlesIn = ({ totalCount, nodes }: Said): Nodes => ({
    totalCount,
    nodes: nodes.map(({ article }) => article),
  });
  told.list('search', articlesIn(data.all), findable);
  expect([asker, articlesIn(data.ranked).nodes.map(told.slugOf).sort()]).toEqual([asker, slugsIn(findable).sort()]);
  told.list(
    'part of a search',
    articlesIn(data.some),
    newestOf(findable, (piece) => isWithin('asia', piece) && piece.language === 'en'),
  );
  const counted = (kind: string, each: readonly string[], holds: (slug: string, piece: SecretPiece) => boolean) =>
    expect([
      asker,
      kind,
      Object.fromEntries(
        each.flatMap((slug) => {
          const count = (data.all.facets[`${kind}s`] as ({ count: number } & Record<string, { slug: string }>)[]).find(
            (facet) => facet[kind]?.slug === slug,
          )?.count;
          return count === undefined ? [] : [[slug, count]];
        }),
      ),
    ]).toEqual([
      asker,
      kind,
      Object.fromEntries(
        each.flatMap((slug) => {
          const count = findable.filter((piece) => holds(slug, piece)).length;
          return count === 0 ? [] : [[slug, count]];
        }),
      ),
    ]);
  counted('section', Object.keys(sections), isWithin);
  counted('author', authors, (slug, piece) => piece.authors.includes(slug));
  counted('tag', tags, (slug, piece) => piece.tags.includes(slug));
  expect([asker, data.all.facets.counted]).toEqual([asker, findable.length]);

  expect([asker, data.headlines.map(({ node }: { node: { id: string } }) => told.slugOf(node))]).toEqual([
    asker,
    slugsIn(findable),
  ]);
  const suggests = (way: string, slug: string, holds: (piece: SecretPiece) => boolean) =>
    expect([asker, slug, data[way].some(({ text }: { text: string }) => text === slug)]).toEqual([
      asker,
      slug,
      seen.some(holds),
    ]);
  Object.keys(sections).forEach((slug, at) => suggests(`section${at}`, slug, (piece) => isWithin(slug, piece)));
  authors.forEach((slug, at) => suggests(`author${at}`, slug, (piece) => piece.authors.includes(slug)));
  tags.forEach((slug, at) => suggests(`tag${at}`, slug, (piece) => piece.tags.includes(slug)));
  told.nothingOfHidden(data);

  const probes = hidden.flatMap(({ slug }, at) => [
    `s${at}: search(query: "${slug}") { totalCount correctedQuery facets { counted } }`,
    `p${at}: suggest(prefix: "${slug}") { text }`,
  ]);
  const { data: said, errors } = await askForEach(asker, probes, (probe) => probe);
  expect(errors).toEqual([]);
  for (const each of Object.values(said)) {
    expect([[], { totalCount: 0, correctedQuery: null, facets: { counted: 0 } }]).toContainEqual(each);
  }
}

/** A comment that readers see: approved, as is the one it answers. */
const isShown = ({ approved, answers }: SecretPiece['comments'][number], { comments }: SecretPiece): boolean =>
  approved && (answers === null || comments[answers]?.approved === true);

/** Every piece by what names it, and what leads on from the visible ones. */
async function holdsForPieces(told: Told): Promise<void> {
  const { asker, seen, paper } = told;
  const all = `articles(first: 100) ${list}`;
  const data = await askWell(
    asker,
    `query ($ids: [ID!]!, $comments: [ID!]!) {
      nodes(ids: $ids) { id ... on Article {
        slug headline body { text }
        next { id next { id } } previous { id } nextOfAll: next(within: EVERYWHERE) { id } previousOfAll: previous(within: EVERYWHERE) { id }
        related(first: 20) { id }
        section { ${all} } tags { slug ${all} } bylines { author { slug articleCount ${all} } } source { partner { ${all} } }
        commentCount comments(first: 100) { totalCount nodes { id text parent { id } replies { id } } }
      } }
      comments: nodes(ids: $comments) { id ... on Comment { text parent { id } replies { id } } }
    }`,
    {
      ids: paper.map(({ id }) => globalId('Article', id)),
      comments: paper.flatMap(({ comments }) => comments.map(({ id }) => globalId('Comment', id))),
    },
  );
  const named = await askForEach(
    asker,
    paper,
    ({ id, slug, formerPath }, at) => `
      i${at}: article(by: { id: "${globalId('Article', id)}" }) { id } s${at}: article(by: { slug: "${slug}" }) { id }
      p${at}: article(by: { path: "/${slug}/" }) { id } n${at}: node(id: "${globalId('Article', id)}") { id }
      r${at}: resolvePath(path: "/${slug}/") { __typename ... on Article { id } ... on Gone { reason } }
      ${formerPath ? `f${at}: resolvePath(path: "${formerPath}") { __typename ... on Redirect { to } ... on Gone { reason } }` : ''}`,
  );
  expect(named.errors).toEqual([]);
  Object.assign(data, named.data);
  const newest = newestOf(seen, () => true);
  const beside = (piece: SecretPiece, step: 1 | -1, everywhere: boolean) => {
    const around = newest.filter(({ section, id }) => everywhere || section === piece.section || id === piece.id);
    return around[around.indexOf(piece) + step];
  };
  for (const [at, piece] of paper.entries()) {
    const isSeen = seen.includes(piece);
    const said = isSeen ? piece.slug : null;
    for (const way of ['i', 's', 'p', 'n']) {
      const node = data[`${way}${at}`];
      expect([asker, way, node && told.slugOf(node)]).toEqual([asker, way, said]);
    }
    const gone = wasWithdrawn(piece) ? { __typename: 'Gone', reason: 'It was wrong.' } : null;
    expect([asker, data[`r${at}`]]).toEqual([
      asker,
      isSeen ? { __typename: 'Article', id: globalId('Article', piece.id) } : gone,
    ]);
    if (piece.formerPath) {
      expect([asker, data[`f${at}`]]).toEqual([
        asker,
        isSeen ? { __typename: 'Redirect', to: `/${piece.slug}/` } : gone,
      ]);
    }
    const article = data.nodes[at];
    expect([asker, article?.slug ?? null]).toEqual([asker, said]);
    if (!article) continue;

    const reached = (node: { id: string } | null) => node && told.slugOf(node);
    const around = {
      next: reached(article.next),
      previous: reached(article.previous),
      nextOfAll: reached(article.nextOfAll),
      previousOfAll: reached(article.previousOfAll),
    };
    expect([asker, piece.slug, around]).toEqual([
      asker,
      piece.slug,
      {
        next: beside(piece, 1, false)?.slug ?? null,
        previous: beside(piece, -1, false)?.slug ?? null,
        nextOfAll: beside(piece, 1, true)?.slug ?? null,
        previousOfAll: beside(piece, -1, true)?.slug ?? null,
      },
    ]);
    const likeness = (other: SecretPiece) =>
      2 * other.tags.filter((tag) => piece.tags.includes(tag)).length + (other.section === piece.section ? 1 : 0);
    const related = newest
      .filter((other) => other !== piece && likeness(other) > 0)
      .sort((one, other) => likeness(other) - likeness(one) || newestFirst(one, other));
    told.list(`related to ${piece.slug}`, { nodes: article.related }, related);

    told.list(
      `section of ${piece.slug}`,
      article.section.articles,
      newestOf(seen, (other) => isWithin(piece.section, other)),
    );
    for (const tag of article.tags)
      told.list(
        `tag of ${piece.slug}`,
        tag.articles,
        newestOf(seen, (other) => other.tags.includes(tag.slug)),
      );
    for (const { author } of article.bylines) {
      const pieces = newestOf(seen, (other) => other.authors.includes(author.slug));
      told.list(`author of ${piece.slug}`, author.articles, pieces);
      expect(author.articleCount).toBe(pieces.length);
    }
    if (article.source)
      told.list(
        `partner of ${piece.slug}`,
        article.source.partner.articles,
        newestOf(seen, (other) => other.partner !== null),
      );

    const shown = piece.comments.filter((comment) => isShown(comment, piece));
    const threads = shown.filter(({ answers }) => answers === null);
    expect([asker, piece.slug, article.commentCount, article.comments.totalCount]).toEqual([
      asker,
      piece.slug,
      shown.length,
      threads.length,
    ]);
    expect(article.comments.nodes.map(({ id }: { id: string }) => idIn(id))).toEqual(threads.map(({ id }) => id));
  }
  const comments = paper.flatMap((piece) => piece.comments.map((comment) => ({ ...comment, piece })));
  const moderates = asker === 'editor' || asker === 'admin';
  expect(data.comments.map((node: { id: string } | null) => node && idIn(node.id))).toEqual(
    comments.map(({ piece, ...comment }) =>
      seen.includes(piece) && (moderates || isShown(comment, piece)) ? comment.id : null,
    ),
  );
  told.nothingOfHidden(data);
}

const mayReadHistory = (asker: Asker, { owner }: SecretPiece) =>
  asker === 'editor' || asker === 'admin' || (asker === 'contributor' && owner === 'me');

/** What is of the desk alone: histories, remarks, filters by status; and what a refusal to write gives away. */
async function holdsForTheDesk(told: Told): Promise<void> {
  const { asker, seen, paper } = told;
  const { data, errors = [] } = await askForEach(asker, paper, ({ id }, at) => {
    const by = `article(by: { id: "${globalId('Article', id)}" })`;
    return `h${at}: ${by} { slug revisions { totalCount nodes { headline body { text } } } } d${at}: ${by} { slug difference(from: 1) { headline } }`;
  });
  for (const [at, piece] of paper.entries()) {
    for (const way of [`h${at}`, `d${at}`]) {
      const isForbidden = errors.some(
        ({ path, extensions }) => path?.[0] === way && extensions?.['code'] === 'FORBIDDEN',
      );
      expect([asker, way, data[way]?.slug ?? null, isForbidden]).toEqual([
        asker,
        way,
        seen.includes(piece) && mayReadHistory(asker, piece) ? piece.slug : null,
        seen.includes(piece) && !mayReadHistory(asker, piece),
      ]);
    }
    if (data[`h${at}`]) expect(data[`h${at}`].revisions.totalCount).toBe(1);
  }
  told.nothingOfHidden({ data, errors });

  const remarks = await ask(
    asker,
    `{ ${paper.map(({ id }, at) => `v${at}: validateArticle(id: "${globalId('Article', id)}") { message }`).join('\n')} }`,
  );
  const refused = (remarks.errors ?? []).map(({ extensions }) => extensions?.['code']);
  if (seen.length === paper.length && paper.every((piece) => mayReadHistory(asker, piece))) expect(refused).toEqual([]);
  else expect(remarks.data).toBeNull();
  told.nothingOfHidden(remarks);

  const byStatus = await ask(
    asker,
    `{ articles(filter: { status: [DRAFT, SCHEDULED, RETRACTED] }, first: 100) ${list} }`,
  );
  if (asker === 'editor' || asker === 'admin') {
    const wanted = ({ status, published }: SecretPiece) =>
      status === 'DRAFT' ||
      status === 'RETRACTED' ||
      (status === 'PUBLISHED' && published !== null && published > aMoment);
    told.list('by status', byStatus.data.articles, newestOf(seen, wanted));
  } else expect(byStatus).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });

  if (asker !== 'contributor') return;
  const stale = await askWell(
    asker,
    `mutation { ${paper
      .map(
        ({ id }, at) =>
          `u${at}: updateArticle(input: { id: "${globalId('Article', id)}", expectedRevision: 99 }) { __typename }`,
      )
      .join('\n')} }`,
  );
  for (const [at, piece] of paper.entries()) {
    const own = piece.owner === 'me' && piece.status === 'DRAFT' ? 'ConflictError' : 'ForbiddenError';
    expect([piece.slug, stale[`u${at}`].__typename]).toEqual([
      piece.slug,
      seen.includes(piece) ? own : 'NotFoundError',
    ]);
  }
}

/** Feeds and maps are anyone's, whoever fetches them. */
async function holdsForFeeds(told: Told): Promise<void> {
  const readers = new Told('anyone', told.paper);
  const fetched = async (path: string) => {
    const response = await service.request(path, { headers: headers[told.asker] });
    expect([path, response.status]).toEqual([path, 200]);
    return response.text();
  };
  const feeds: [string, (piece: SecretPiece) => boolean][] = [
    ['latest', () => true],
    ...Object.keys(sections).map(
      (slug) =>
        [`sections/${slug}`, (piece: SecretPiece) => isWithin(slug, piece)] as [
          string,
          (piece: SecretPiece) => boolean,
        ],
    ),
    [`authors/ann`, ({ authors: of }) => of.includes('ann')],
    [`tags/rice`, ({ tags: of }) => of.includes('rice')],
  ];
  for (const [path, holds] of feeds) {
    const text = await fetched(`/feeds/${path}.json?limit=100`);
    const { items, _dateline } = JSON.parse(text) as {
      items: { url: string }[];
      _dateline: { deleted: { id: string }[] };
    };
    const slugs = items.map(({ url }) => new URL(url).pathname.replaceAll('/', ''));
    expect([path, slugs]).toEqual([path, slugsIn(newestOf(readers.seen, holds))]);
    const goneIds = readers.hidden.filter((piece) => wasWithdrawn(piece) && holds(piece)).map(({ id }) => id);
    for (const { id } of _dateline.deleted)
      expect([path, goneIds]).toEqual([path, expect.arrayContaining([id.replace('urn:uuid:', '')])]);
    readers.nothingOfHidden(text);
  }
  for (const extension of ['rss', 'atom', 'ninjs'])
    readers.nothingOfHidden(await fetched(`/feeds/latest.${extension}?limit=100`));
  const map = await fetched('/sitemap-1.xml');
  const mapped = [...map.matchAll(/<loc>[^<]*\/(zz\d+zz)\/<\/loc>/g)].map(([, slug]) => slug);
  expect(mapped).toEqual(slugsIn(newestOf(readers.seen, () => true).reverse()));
  readers.nothingOfHidden(map);
  readers.nothingOfHidden(await fetched('/sitemap-news.xml'));
}

/** The log of changes, even where it tells of pieces that it never should have told of. */
async function holdsForChanges(told: Told): Promise<void> {
  await service.db.rows(sql`
    insert into change (at, kind, article_id, path) select ${aMoment.toISOString()}::timestamptz, 'UPDATED', id, '/' from article`);
  await settled(service);
  const { changes } = await askWell(told.asker, '{ changes(first: 100) { nodes { article { id headline } } } }');
  const there = (changes.nodes as { article: { id: string } | null }[]).flatMap(({ article }) => article ?? []);
  expect([told.asker, there.map(told.slugOf).sort()]).toEqual([told.asker, slugsIn(told.seen).sort()]);
  told.nothingOfHidden(changes);
}

it.each(askers)(
  '%s reaches exactly the pieces they may see, by every way there is',
  async (asker) => {
    await fc.assert(
      fc.asyncProperty(secretPaper, async (paper) => {
        await insertSecretPaper(service.db, paper, owners);
        const told = new Told(asker, paper);
        await holdsForLists(told);
        await holdsForOwners(told);
        await holdsForSearch(told);
        await holdsForPieces(told);
        await holdsForTheDesk(told);
        await holdsForFeeds(told);
        await holdsForChanges(told);
      }),
      runs,
    );
  },
  120_000,
);

it('walks every way to a piece that the graph has', () => {
  const leadsToPieces =
    /^(Article|ArticleConnection|LatestFeed|LatestFeedEntry|LatestFeedEntryConnection|Comment|CommentConnection|Revision|RevisionConnection|RevisionDifference|Node|PathResolution|DeskRemark|SearchConnection|Suggestion)$/;
  const plumbing = /(Connection|Edge|Success)$/;
  const ways = Object.values(makeGraph().getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__') && type.name !== 'Mutation' && !plumbing.test(type.name)
      ? Object.values(type.getFields())
          .filter((field) => leadsToPieces.test(getNamedType(field.type).name))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  // One that is missing here is a way nobody has looked down: add it above first.
  expect(ways.sort()).toEqual([
    'Article.comments',
    'Article.difference',
    'Article.next',
    'Article.previous',
    'Article.related',
    'Article.revisions',
    'Author.articles',
    'Change.article',
    'Collection.articles',
    // Of what is readable, or the moderators’: tests/integration/readers/comments.
    'Comment.article',
    'Comment.parent',
    'Comment.replies',
    'LatestFeed.entries',
    'LatestFeedEntry.article',
    // Looked down in tests/integration/live.
    'LatestFeedEvent.article',
    'LatestFeedEvent.entry',
    'Partner.articles',
    // For administrators, who may see every piece.
    'PartnerFeedConflict.article',
    'Query.article',
    'Query.articles',
    'Query.latestFeed',
    // For moderators: tests/integration/readers/comments.
    'Query.moderationQueue',
    'Query.node',
    'Query.nodes',
    'Query.resolvePath',
    'Query.search',
    'Query.suggest',
    'Query.validateArticle',
    'SearchHit.article',
    'Section.articles',
    'Suggestion.node',
    'Tag.articles',
    // Looked down in tests/integration/readers/trending.
    'TrendingEntry.article',
  ]);
});
