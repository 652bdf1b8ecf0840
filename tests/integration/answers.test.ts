import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { hashOf } from '../../src/graphql/documents.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { sql } from '../../src/database/sql.js';
import { operation } from '../support/operations.js';
import { startService, type TestService } from '../support/service.js';

const latest = 'query Latest { latestFeed { entries(first: 20) { nodes { headline age article { slug path } } } } }';
const recordView = operation('record-view');
const documents = new Map([latest, recordView].map((text) => [hashOf(text), text]));
const address = (parameters: Record<string, string>) => `/graphql?${new URLSearchParams(parameters)}`;

let service: TestService;
beforeAll(async () => {
  service = await startService({ answers: true, documents });
  await loadSampleNewsroom(service.db, service.site, service.now);
});
afterAll(() => service.close());

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  service.request(address(parameters), { headers });

/** How many statements `asking` costs. */
async function statementsOf(asking: () => Promise<unknown>): Promise<number> {
  service.statements();
  await asking();
  return service.statements().length;
}

it('things that are in memory are told apart by their types as those that are read', async () => {
  const node = '{ nodes { section { id name } bylines { author { id name } } tags { id name } } }';
  const { data } = await service.query(`{ articles(first: 1, filter: { sections: ["asia"] }) ${node} }`);
  const { section, bylines, tags } = data.articles.nodes[0];
  const things = [section, bylines[0].author, tags[0]] as { id: string; name: string }[];
  const types = ['Section', 'Author', 'Tag'];
  for (const [index, { id, name }] of things.entries()) {
    const variables = { word: name, ids: things.map((thing) => thing.id), id };
    // The second time everything is in memory, and the answer is made anew.
    for (const round of [1, 2]) {
      const answer = await service.query(
        `query Round${index}${round}($word: String!, $ids: [ID!]!, $id: ID!) {
          suggest(prefix: $word) { node { __typename id } } nodes(ids: $ids) { __typename } node(id: $id) { __typename }
        }`,
        variables,
      );
      expect(answer.errors).toBeUndefined();
      expect(answer.data.node).toEqual({ __typename: types[index] });
      expect(answer.data.suggest).toContainEqual({ node: { id, __typename: types[index] } });
      expect(answer.data.nodes).toEqual(types.map((__typename) => ({ __typename })));
    }
  }
});

describe('an answer to anyone', () => {
  it('asks the database once, however often it is asked for and in whatever spelling', async () => {
    expect(await statementsOf(() => get({ query: latest }))).toBeGreaterThan(0);
    expect(await statementsOf(() => get({ query: latest }))).toBe(0);
    expect(await statementsOf(() => get({ query: latest, variables: '{}' }))).toBe(0);
    expect(await statementsOf(() => get({ documentId: hashOf(latest) }))).toBe(0);
  });

  it('is made once for all who ask for it at the same moment', async () => {
    const document = '{ articles(first: 7) { nodes { slug } } }';
    const together = await statementsOf(() => Promise.all([1, 2, 3, 4, 5].map(() => get({ query: document }))));
    expect(together).toBe(1);
  });

  it('is a 304 to whoever has it, without asking the database', async () => {
    const etag = (await get({ query: latest })).headers.get('etag') ?? '';
    service.statements();
    const response = await get({ query: latest }, { 'if-none-match': etag });
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(etag);
    expect(await response.text()).toBe('');
    expect(service.statements()).toEqual([]);
  });

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('comes in %s with a tag of its own', async (coding, unpack) => {
    const plainly = await get({ query: latest });
    const packed = await get({ query: latest }, { 'accept-encoding': coding });
    expect(packed.headers.get('content-encoding')).toBe(coding);
    expect(packed.headers.get('etag')).not.toBe(plainly.headers.get('etag'));
    expect(packed.headers.get('vary')).toContain('Accept-Encoding');
    expect(unpack(Buffer.from(await packed.arrayBuffer())).toString()).toBe(await plainly.text());
  });

  it('names what it shows for caches that forget by name, and another for an answer that shows something else', async () => {
    const keysOf = async (query: string) => (await get({ query })).headers.get('surrogate-key')?.split(' ') ?? [];
    const [one, two] = [
      await keysOf('{ section(by: { slug: "africa" }) { name } }'),
      await keysOf('{ authors { nodes { name } } }'),
    ];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((key) => two.includes(key))).toEqual(['all']);
    for (const key of [...one, ...two]) expect(key).toMatch(/^[0-9a-z]{1,8}$/);
  });

  it('lives in caches no longer than until the next scheduled piece appears', async () => {
    const query = '{ articles(first: 3) { nodes { slug } } }';
    const [{ at }] = (await service.db.rows<{ at: Date }>(
      sql`select min(ordered_at) as at from article where status = 'PUBLISHED' and ordered_at > ${service.now.toISOString()}::timestamptz`,
    )) as [{ at: Date }];
    const before = service.now;
    service.now = new Date(at.getTime() - 20_000);
    const soon = (await get({ query })).headers.get('cache-control') ?? '';
    const first = ((await (await get({ query })).json()) as { data: { articles: { nodes: { slug: string }[] } } }).data
      .articles.nodes[0]?.slug;
    expect(Number(/s-maxage=(\d+)/.exec(soon)?.[1])).toBeLessThanOrEqual(20);
    expect(soon).toContain('stale-while-revalidate=0');
    service.now = at;
    const after = ((await (await get({ query })).json()) as { data: { articles: { nodes: { slug: string }[] } } }).data
      .articles.nodes[0]?.slug;
    expect(after).not.toBe(first);
    service.now = before;
  });
});

/** Of the clock, which goes on to there. */
const aMinuteLater = () => (service.now = new Date(service.now.getTime() + 60_000)).toISOString();

describe.each([
  '/feeds/latest.rss',
  '/feeds/latest.atom',
  '/feeds/latest.json',
  '/feeds/latest.ninjs',
  '/sitemap.xml',
  '/sitemap-1.xml',
  '/sitemap-news.xml',
])('%s', (path) => {
  it('asks the database once, answers 304 without it, and says at once what has changed', async () => {
    const first = await service.request(path);
    const etag = first.headers.get('etag') ?? '';
    service.statements();
    expect((await service.request(path)).headers.get('etag')).toBe(etag);
    expect((await service.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(service.statements()).toEqual([]);

    const [{ id }] = (await service.db.rows<{ id: string }>(sql`
        update article set updated_at = ${aMinuteLater()}::timestamptz, headline = headline || '.' where id = (
          select id from article where status = 'PUBLISHED' and ordered_at <= ${service.now.toISOString()}::timestamptz
          order by ordered_at desc, id desc limit 1) returning id`)) as [{ id: string }];
    await service.answers?.caughtUp();
    expect((await service.request(path, { headers: { 'if-none-match': etag } })).status).toBe(200);
    // Taken back, it is gone from there with the next question.
    const shown = await (await service.request(path)).text();
    await service.db.rows(sql`update article set status = 'RETRACTED', withdrawn_at = ${aMinuteLater()}::timestamptz,
        withdrawn_reason = 'Wrong' where id = ${id}::uuid`);
    await service.answers?.caughtUp();
    expect(await (await service.request(path)).text()).not.toBe(shown);
  });
});

it('the index of maps hears of a piece that is retracted after it was unpublished', async () => {
  const asked = async () => (await service.request('/sitemap.xml')).text();
  const withdraw = (status: 'UNPUBLISHED' | 'RETRACTED') =>
    service.db.rows(sql`
      update article set status = ${status}::article_status, withdrawn_at = ${aMinuteLater()}::timestamptz, withdrawn_reason = 'Wrong'
      where slug = (select min(slug) from article where first_published_at is not null)`);
  await withdraw('UNPUBLISHED');
  await service.answers?.caughtUp();
  const before = await asked();
  await withdraw('RETRACTED');
  await service.answers?.caughtUp();
  expect(await asked()).not.toBe(before);
});

describe('is never kept', () => {
  it('what a token sees', async () => {
    const headers = await service.signIn('editor');
    const response = await get({ query: '{ articles(first: 2) { nodes { slug status } } }' }, headers);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('surrogate-key')).toBeNull();
    const drafts = '{ articles(first: 100) { totalCount } }';
    const [seen, anyone] = [await service.query(drafts, {}, headers), await service.query(drafts)];
    expect(seen.data.articles.totalCount).toBeGreaterThan(anyone.data.articles.totalCount as number);
  });

  it('a refusal', async () => {
    const refused = await get({ query: '{ articles(first: 0) { nodes { slug } } }' });
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('etag')).toBeNull();
  });

  it('an answer that tells of what is not watched', async () => {
    const response = await get({ query: '{ changes(first: 1) { nodes { kind } } }' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('whoever writes', () => {
  it('reads what was written with the next question, as everybody does', async () => {
    const headers = await service.signIn('editor');
    const ask = () => service.query('{ articles(first: 1) { nodes { id revision corrections { text } } } }');
    const piece = (await ask()).data.articles.nodes[0];
    const { data } = await service.query(
      `mutation ($input: CorrectArticleInput!) { correctArticle(input: $input) { __typename } }`,
      { input: { id: piece.id, expectedRevision: piece.revision, note: 'It was Tuesday.' } },
      headers,
    );
    expect(data.correctArticle.__typename).toBe('CorrectArticleSuccess');
    const { corrections } = (await ask()).data.articles.nodes[0] as { corrections: { text: string }[] };
    expect(corrections.map(({ text }) => text)).toContain('It was Tuesday.');
  });
});

describe('a document that is named', () => {
  it('is found by its hash, plain or with the word before it', async () => {
    for (const documentId of [hashOf(latest), `sha256:${hashOf(latest)}`]) {
      expect((await (await get({ documentId })).json()) as object).toHaveProperty('data.latestFeed');
    }
    const posted = await service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: hashOf(latest) }),
    });
    expect(await posted.json()).toHaveProperty('data.latestFeed');
    const written = await service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: hashOf(recordView), variables: { article: 'QXJ0aWNsZTp4' } }),
    });
    expect(await written.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('is not an id of this service') }],
    });
  });

  it('is refused in clear words when there is none of that name', async () => {
    const response = await get({ documentId: 'nonsense' }, { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      errors: [
        { message: expect.stringContaining('“nonsense”'), extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' } },
      ],
    });
  });

  it('is remembered when it was sent with its hash once, and asked for when it was not', async () => {
    const query = '{ publication { name } }';
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hashOf(query) } });
    expect(await (await get({ extensions })).json()).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    expect(await (await get({ query, extensions })).json()).toHaveProperty('data.publication.name');
    expect(await (await get({ extensions })).json()).toHaveProperty('data.publication.name');
  });

  it('is refused with a hash that is another’s', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hashOf('{ other }') } });
    expect(await (await get({ query: '{ publication { name } }', extensions })).json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_MISMATCH' } }],
    });
  });
});
