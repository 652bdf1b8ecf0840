import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { HttpLink } from '@apollo/client/link/http';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { anArticle, aSection, minutesAgo } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

// Answers in parts: `@defer` and `@stream`, as clients read them.

let service: TestService;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService({ answers: true });
  await service.load([
    aSection(),
    anArticle({ slug: 'one', headline: 'One', body: '<p>First words.</p>', publishedAt: minutesAgo(3) }),
    anArticle({ slug: 'two', headline: 'Two', body: '<p>Second words.</p>', publishedAt: minutesAgo(2) }),
    anArticle({ slug: 'three', headline: 'Three', body: '<p>Third words.</p>', publishedAt: minutesAgo(1) }),
    anArticle({ slug: 'draft', headline: 'Draft', status: 'DRAFT', publishedAt: null }),
  ]);
  editor = await service.signIn('editor');
});
afterAll(() => service.close());

const DEFERRED = `query Piece($slug: String!) {
  article(by: { slug: $slug }) { __typename id headline ... @defer(label: "text") { body { __typename text } } }
}`;
const STREAMED = `{ articles(first: 3) { nodes @stream(initialCount: 1) { headline } } }`;

const send = (query: string, variables: object = {}, headers: Record<string, string> = {}, on = service) =>
  on.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
const inParts = { accept: 'multipart/mixed;deferSpec=20220824, application/json' };

/** The parts of a multipart answer (RFC 2046 section 5.1), as JSON. */
async function partsOf(response: Response): Promise<any[]> {
  const text = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^multipart\/mixed; ?boundary="-"/);
  return text
    .split(/\r\n---(?:--)?/)
    .map((part) => part.split('\r\n\r\n')[1])
    .filter((part) => part !== undefined)
    .map((part) => JSON.parse(part) as unknown);
}

it('a deferred fragment comes after the rest, with its place and label', async () => {
  const parts = await partsOf(await send(DEFERRED, { slug: 'one' }, inParts));
  expect(parts[0].data.article).toEqual({ __typename: 'Article', id: expect.any(String), headline: 'One' });
  expect(parts[0].hasNext).toBe(true);
  expect(parts.slice(1).flatMap(({ incremental = [] }) => incremental)).toEqual([
    { data: { body: { __typename: 'ArticleBody', text: 'First words.' } }, path: ['article'], label: 'text' },
  ]);
  expect(parts.at(-1).hasNext).toBe(false);
});

it('a streamed list whose items may not be had comes to its end', async () => {
  const refused =
    '{ articles(first: 3) { edges @stream { node { headline revisions(first: 3) { nodes { number } } } } } }';
  const parts = await partsOf(await send(refused, {}, inParts));
  expect(parts[0].data).toEqual({ articles: { edges: [] } });
  expect(parts.at(-1).hasNext).toBe(false);
});

it('a streamed list comes item by item', async () => {
  const parts = await partsOf(await send(STREAMED, {}, inParts));
  expect(parts[0].data).toEqual({ articles: { nodes: [{ headline: 'Three' }] } });
  const items = parts.slice(1).flatMap(({ incremental = [] }) => incremental);
  expect(items).toEqual([
    { items: [{ headline: 'Two' }], path: ['articles', 'nodes', 1] },
    { items: [{ headline: 'One' }], path: ['articles', 'nodes', 2] },
  ]);
});

it.each(['application/json', 'application/graphql-response+json', '*/*', ''])(
  'a client that accepts “%s” is answered in one piece',
  async (accept) => {
    const response = await send(DEFERRED, { slug: 'one' }, accept ? { accept } : {});
    expect(response.headers.get('content-type')).toMatch(/json/);
    const { data } = (await response.json()) as { data: any };
    expect(data.article).toMatchObject({ headline: 'One', body: { text: 'First words.' } });
  },
);

it('a client that takes server-sent events alone gets the parts as those', async () => {
  const response = await send(DEFERRED, { slug: 'one' }, { accept: 'text/event-stream' });
  const text = await response.text();
  expect(text.match(/^event: \w+$/gm)).toEqual(['event: next', 'event: next', 'event: complete']);
});

describe('what holds for a whole answer holds for its parts', () => {
  it('nobody is shown what they may not see, and an editor is', async () => {
    const deferred = `{ publication { name } ... @defer { article(by: { slug: "draft" }) { headline } } }`;
    const seen = async (headers: object) =>
      (await partsOf(await send(deferred, {}, { ...inParts, ...headers }))).flatMap(
        ({ incremental = [] }) => incremental,
      )[0].data;
    expect(await seen({})).toEqual({ article: null });
    expect(await seen(editor)).toEqual({ article: { headline: 'Draft' } });
  });

  it('a refusal is told in words, at its place', async () => {
    const deferred = `{ publication { name } ... @defer { auditLog { nodes { action } } } }`;
    const [, { incremental }] = await partsOf(await send(deferred, {}, inParts));
    expect(incremental[0]).toMatchObject({
      data: null,
      errors: [{ message: expect.stringMatching(/not signed in/), extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('a fault is masked, and has its number in the log', async () => {
    const broken = await startService();
    await broken.load([aSection(), anArticle({ slug: 'one', body: '<p>x</p>' })]);
    await broken.db.send('alter table comment rename column text to words');
    const deferred = `{ article(by: { slug: "one" }) { slug ... @defer { comments { nodes { text } } } } }`;
    const [first, { incremental }] = await partsOf(await send(deferred, {}, inParts, broken));
    expect(first).toEqual({ data: { article: { slug: 'one' } }, hasNext: true });
    expect(incremental[0].errors).toEqual([
      {
        message: 'Unexpected error.',
        path: ['article', 'comments'],
        locations: expect.any(Array),
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(incremental)).not.toMatch(/does not exist|unexpected"/);
    const { data } = await broken.query(`{ article(by: { slug: "one" }) { slug } }`);
    expect(data.article.slug).toBe('one');
    await broken.close();
  });

  it('limits of pages and of documents are the same', async () => {
    const tooMany = `{ publication { name } ... @defer { articles(first: 101) { nodes { headline } } } }`;
    const [, { incremental }] = await partsOf(await send(tooMany, {}, inParts));
    expect(incremental[0].errors[0].message).toMatch(/100/);
    const tooLong = `{ ${'... @defer { publication { name } } '.repeat(400)} }`;
    const refused = await send(tooLong, {}, { accept: 'application/graphql-response+json' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/token/)]);
  });

  it('costs as many statements in parts as in one piece', async () => {
    const query = (defer: string) =>
      `{ articles(first: 3) { nodes { slug ... ${defer} { body { text } section { name } comments { totalCount } } } } }`;
    const cost = async (document: string, headers: Record<string, string>) => {
      service.statements();
      await (await send(document, {}, { ...headers, ...editor })).text();
      return service.statements().length;
    };
    const asOne = await cost(query(''), {});
    expect(asOne).toBeGreaterThan(1);
    expect(await cost(query('@defer'), inParts)).toBe(asOne);
  });

  it('is never kept: neither here, nor on the way', async () => {
    const text = async () => JSON.stringify(await partsOf(await send(DEFERRED, { slug: 'two' }, inParts)));
    const before = service.answers!.memory.size;
    const first = await send(DEFERRED, { slug: 'two' }, inParts);
    expect(first.headers.get('cache-control')).toBe('no-store');
    await first.text();
    expect(await text()).toContain('"headline":"Two"');
    expect(service.answers!.memory.size).toBe(before);
    const get = await service.request(
      `/graphql?${new URLSearchParams({ query: DEFERRED, variables: '{"slug":"two"}' })}`,
      { headers: inParts },
    );
    expect(get.headers.get('cache-control')).toBe('no-store');
    await get.text();
    const whole = await service.request(
      `/graphql?${new URLSearchParams({ query: DEFERRED, variables: '{"slug":"two"}' })}`,
      { headers: { accept: 'application/json' } },
    );
    expect(await whole.json()).toMatchObject({ data: { article: { body: { text: 'Second words.' } } } });
  });
});

it('a whole answer is kept for clients that would take parts as well', async () => {
  const accept =
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
  const address = `/graphql?${new URLSearchParams({ query: '{ article(by: { slug: "three" }) { headline } }' })}`;
  const first = await service.request(address, { headers: { accept } });
  expect(first.headers.get('content-type')).toMatch(/json/);
  expect(first.headers.get('etag')).toMatch(/^"/);
  service.statements();
  const again = await service.request(address, { headers: { accept } });
  expect([again.status, await again.json()]).toEqual([200, { data: { article: { headline: 'Three' } } }]);
  expect(service.statements()).toEqual([]);
});

const fetchHere = (url: RequestInfo | URL, init?: RequestInit) =>
  service.request(typeof url === 'string' ? url : url instanceof URL ? url.href : url.url, init);

describe('Apollo Client', () => {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: 'https://news.example/graphql', fetch: fetchHere }),
    incrementalHandler: new Defer20220824Handler(),
  });
  afterAll(() => client.stop());

  it('reads a deferred fragment', async () => {
    const seen: any[] = [];
    const watched = client.watchQuery({ query: gql(DEFERRED), variables: { slug: 'one' } });
    await new Promise<void>((resolve, reject) => {
      watched.subscribe({
        next: ({ data, dataState }) => {
          seen.push([dataState, data]);
          if (dataState === 'complete') resolve();
        },
        error: reject,
      });
    });
    expect(seen.at(-1)).toMatchObject(['complete', { article: { headline: 'One', body: { text: 'First words.' } } }]);
    const streaming = seen.find(([state]) => state === 'streaming');
    expect(streaming[1].article).toMatchObject({ headline: 'One' });
    expect(streaming[1].article.body).toBeUndefined();
  });

  it('reads a streamed list', async () => {
    const { data } = await client.query<any>({ query: gql(STREAMED.replace('headline', '__typename headline')) });
    expect(data.articles.nodes.map(({ headline }: { headline: string }) => headline)).toEqual(['Three', 'Two', 'One']);
  });
});

describe('urql', () => {
  const client = new Client({
    url: 'https://news.example/graphql',
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false,
    fetch: fetchHere,
  });

  const seenBy = (query: string, variables: object) =>
    new Promise<any[]>((resolve) => {
      const seen: any[] = [];
      const following = client.query(query, variables as never).subscribe(({ data, error, hasNext }) => {
        seen.push(structuredClone({ data, error: error?.message, hasNext }));
        if (hasNext) return;
        setTimeout(() => following.unsubscribe());
        resolve(seen);
      });
    });

  it('reads a deferred fragment', async () => {
    const seen = await seenBy(DEFERRED, { slug: 'one' });
    expect(seen[0]).toMatchObject({ data: { article: { headline: 'One' } }, hasNext: true });
    expect(seen[0].data.article.body).toBeUndefined();
    expect(seen.at(-1).data.article.body.text).toBe('First words.');
  });

  it('reads a streamed list', async () => {
    const seen = await seenBy(STREAMED, {});
    expect(seen[0].data.articles.nodes).toHaveLength(1);
    expect(seen.at(-1).data.articles.nodes).toMatchObject(['Three', 'Two', 'One'].map((headline) => ({ headline })));
  });
});
