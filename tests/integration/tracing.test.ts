import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { makeApp } from '../../src/app.js';
import { sql } from '../../src/database/sql.js';
import { operationNamesIn, readKnownDocuments } from '../../src/graphql/documents.js';
import { fastLane } from '../../src/http/fast-lane.js';
import { listen, type Listening } from '../../src/http/server.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { makeLog } from '../../src/observability/log.js';
import { makeMetrics } from '../../src/observability/metrics.js';
import { traceFields } from '../../src/observability/tracing/spans.js';
import { mutate } from '../support/mutation.js';
import { operation } from '../support/operations.js';
import { startService, type TestService } from '../support/service.js';
import { type Branch, outlineOf, type Spans, takeSpans } from '../support/spans.js';

let service: TestService;
let spans: Spans;
let listening: Listening;
let lines: string[] = [];
let fault: Error | null = null;
beforeAll(async () => {
  spans = await takeSpans();
  service = await startService({ answers: true, isTraced: true });
  await loadSampleNewsroom(service.db, service.site, service.now);
  const documents = await readKnownDocuments();
  const metrics = makeMetrics({ operations: operationNamesIn(documents) });
  const log = makeLog('debug', { write: (line) => void lines.push(line) }, traceFields);
  const { db, site, outgoing, answers } = service;
  const clock = () => service.now;
  const failing: TestService['db'] = Object.assign(Object.create(db) as TestService['db'], {
    read: (...reading: Parameters<TestService['db']['read']>) =>
      fault ? db.rows(sql`select 1 / ${0}::int, ${secret}::text`) : db.read(...reading),
  });
  failing.noting = (reads) => (fault ? failing : db.noting(reads));
  const app = makeApp(
    { db: failing, site, outgoing, answers, log, clock },
    {
      deskFolder: new URL('../../dist/desk', import.meta.url).pathname,
      documents,
      metrics,
      isTraced: true,
      isProxy: (address) => address === '127.0.0.1',
    },
  );
  const lane = fastLane(answers!, { clock, log, metrics });
  listening = await listen(app, { host: '127.0.0.1', port: 0 }, { lane, isTraced: true });
});
afterAll(async () => {
  await listening.close();
  await service.close();
  await spans.close();
});
beforeEach(() => {
  spans.ended();
  lines = [];
  fault = null;
});

const secret = 'S3cr3tS3cr3tS3cr3tS3cr3t';
const mail = 'reader.of.mine@example.org';
const reader = '203.0.113.77';

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${listening.url}${path}`, init);
  await response.clone().arrayBuffer();
  return response;
}

const post = (body: object | string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const query = (text: string, variables: object = {}, headers: Record<string, string> = {}) =>
  ask('/graphql', post({ query: text, variables }, headers));

/** All branches of `tree`, itself first. */
const all = (tree: Branch): Branch[] => [tree, ...tree.parts.flatMap(all)];

const statementsIn = (tree: Branch): Branch[] =>
  all(tree).filter(({ span }) => span.attributes['db.system.name'] === 'postgresql');

describe('a request is one trace, from HTTP to SQL', () => {
  it('of a query that nobody asked before; then of the same from memory', async () => {
    const text = operation('latest-feed');
    const first = await query(text, { first: 3 }, { 'x-request-id': 'of-mine' });
    const [made] = (await spans.trees()) as [Branch];
    expect(outlineOf(made).slice(0, 1)).toEqual(['POST /graphql']);
    expect(made.span).toMatchObject({
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'network.protocol.version': '1.1',
        'dateline.request.id': 'of-mine',
        'dateline.answer.source': 'made',
        'graphql.operation.name': 'LatestFeed',
      },
      resource: { attributes: expect.objectContaining({ 'service.name': 'dateline', 'service.version': '1.2.3' }) },
    });
    expect(made.parts.map(({ name }) => name)).toEqual(['query']);
    const [asked] = made.parts as [Branch];
    expect(asked.span.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'LatestFeed',
      'dateline.graphql.document.hash': expect.stringMatching(/^[\da-f]{64}$/) as string,
    });
    const statements = statementsIn(made);
    expect(asked.parts).toEqual([
      expect.objectContaining({ name: 'graphql.parse' }),
      expect.objectContaining({ name: 'graphql.validate' }),
      ...statements,
    ]);
    expect(statements.length).toBeGreaterThan(0);
    for (const { name, span } of statements) {
      expect(span.kind).toBe(SpanKind.CLIENT);
      expect(name).toMatch(/^SELECT \w+$/);
      expect(span.attributes).toMatchObject({
        'db.operation.name': 'SELECT',
        'db.query.summary': name,
        'db.query.text': expect.stringContaining('$1') as string,
        'db.response.returned_rows': expect.any(Number) as number,
      });
    }

    const second = await query(text, { first: 3 });
    expect(await second.json()).toEqual(await first.json());
    const [kept] = (await spans.trees()) as [Branch];
    expect(outlineOf(kept)).toBe('POST /graphql');
    expect(kept.span.attributes).toMatchObject({
      'http.response.status_code': 200,
      'http.route': '/graphql',
      'dateline.answer.source': 'memory',
      'graphql.operation.name': 'LatestFeed',
    });
  });

  it('of a document that was read before, which is neither parsed nor validated again', async () => {
    const text = '{ sections { slug name } }';
    await query(text, {}, { accept: 'application/json' });
    await spans.trees();
    await query(text, {}, { accept: 'application/json', 'x-graphql-cost': '1' });
    const [again] = (await spans.trees()) as [Branch];
    const names = all(again).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['POST /graphql', 'query']);
    expect(names.filter((name) => name.startsWith('graphql.'))).toEqual([]);
  });

  it('of a write, with each statement of its transaction', async () => {
    const editor = await service.signIn('editor');
    spans.ended();
    const over = {
      ...service,
      query: (text: string, variables?: object, headers?: Record<string, string>) => asked(text, variables, headers),
    };
    async function asked(text: string, variables?: object, headers?: Record<string, string>) {
      const response = await query(text, variables, headers);
      return { status: response.status, ...((await response.json()) as { data: unknown }) };
    }
    const input = { headline: `Traced ${secret}`, section: 'asia', body: { html: `<p>${secret}</p>` } };
    const { __typename } = await mutate(over, 'createArticle', input, 'article { id }', editor);
    expect(__typename).toBe('CreateArticleSuccess');
    const [tree] = (await spans.trees()) as [Branch];
    const mutation = all(tree).find(({ name }) => name === 'mutation')!;
    const names = statementsIn(mutation).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([expect.stringMatching(/^INSERT article/), expect.stringMatching(/^INSERT audit/)]),
    );
    // Who asks is found out before, and is a part of the request too.
    expect(statementsIn(tree).length).toBeGreaterThan(names.length);
    expect(tree.span.attributes['dateline.answer.source']).toBeUndefined();
  });

  it('of pages and feeds, by the form of their address', async () => {
    for (const [path, name] of [
      ['/', 'GET /'],
      ['/section/asia/', 'GET /section/{slug}/'],
      ['/feeds/latest.rss', 'GET /feeds/latest.{extension}'],
      ['/sitemap-1.xml', 'GET /sitemap-{number}.xml'],
      [`/nobody-has-this/`, 'GET /{path}'],
      ['/healthz', 'GET /healthz'],
    ] as const) {
      await ask(path);
      const [tree] = (await spans.trees()) as [Branch];
      expect([path, tree.name]).toEqual([path, name]);
      expect(tree.span.attributes['http.route']).toBe(name.slice(4));
    }
  });
});

describe('what goes wrong is seen', () => {
  it('of a document that is refused, without what was sent', async () => {
    await query(`{ article(by: {slug: "${secret}"}) { nonsense } }`);
    const [tree] = (await spans.trees()) as [Branch];
    expect(outlineOf(tree)).toEqual(['POST /graphql', ['GraphQL Operation', 'graphql.parse', 'graphql.validate']]);
    const [, refused, , validated] = all(tree).map(({ span }) => span);
    expect(refused?.attributes).toEqual({ 'dateline.graphql.error.codes': ['GRAPHQL_VALIDATION_FAILED'] });
    expect(refused?.status.code).toBe(SpanStatusCode.UNSET);
    expect(validated).toMatchObject({
      attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED' },
      status: { code: SpanStatusCode.ERROR },
    });
  });

  it('of a statement that fails: by its code, without its values', async () => {
    fault = new Error();
    const response = await query('{ section(by: {slug: "asia"}) { name } }', {}, { 'x-graphql-cost': '1' });
    expect(await response.text()).toContain('Unexpected error.');
    const [tree] = (await spans.trees()) as [Branch];
    const [failing] = statementsIn(tree) as [Branch];
    expect(failing.span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': '22012', 'db.response.status_code': '22012' },
    });
    const [operationSpan] = tree.parts as [Branch];
    expect(operationSpan.span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'INTERNAL_SERVER_ERROR', 'dateline.graphql.error.codes': ['INTERNAL_SERVER_ERROR'] },
    });
    expect(operationSpan.span.events).toEqual([expect.objectContaining({ name: 'exception' })]);
    for (const { events } of [failing.span, operationSpan.span]) {
      expect(events[0]?.attributes?.['exception.stacktrace']).toMatch(/^ {4}at /);
      expect(JSON.stringify(events)).not.toContain('division');
    }
  });
});

it('each line of the log says of which trace it is', async () => {
  await query('{ publication { name } }');
  const [tree] = (await spans.trees()) as [Branch];
  const { traceId, spanId } = tree.span.spanContext();
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ msg: 'answered', trace_id: traceId, span_id: spanId }),
  ]);
  lines = [];
  makeLog('info', { write: (line) => void lines.push(line) }, traceFields).info('of nothing');
  expect(lines[0]).not.toContain('trace_id');
});

describe('the trace of a client', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = (flags: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}` });

  it('is gone on with', async () => {
    await ask('/healthz', { headers: { ...traceparent('01'), tracestate: `x=${secret}`, baggage: `mail=${mail}` } });
    const [tree] = (await spans.trees()) as [Branch];
    expect(tree.span.spanContext()).toMatchObject({ traceId, traceState: undefined });
    expect(tree.span.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7', isRemote: true });
  });

  it('is not recorded where it is not there', async () => {
    await ask('/healthz', { headers: traceparent('00') });
    await ask('/healthz');
    expect((await spans.trees()).map(({ span }) => span.spanContext().traceId)).not.toContain(traceId);
  });

  it.each([
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId}-00f067aa0ba902b7-01-x`,
  ])('begins here where it is none: %j', async (header) => {
    await ask('/healthz', { headers: { traceparent: header } });
    const [tree] = (await spans.trees()) as [Branch];
    expect(tree.span.parentSpanContext).toBeUndefined();
    expect(tree.span.spanContext().traceId).not.toBe(traceId);
  });
});

describe('no span holds', () => {
  const anyWord = new RegExp([secret, mail, reader].join('|'));
  const textOf = (trees: readonly Branch[]): string =>
    JSON.stringify(
      trees
        .flatMap(all)
        .map(({ span: { name, attributes, events, links, status } }) => [name, attributes, events, links, status]),
    );
  const places: [place: string, path: string, init: RequestInit][] = [
    ['a token', '/graphql', post({ query: '{ __typename }' }, { authorization: `Bearer dlt_${secret}` })],
    ['a key', '/feeds/partner.json', { headers: { authorization: `Bearer dlk_${secret}` } }],
    ['a cookie', '/', { headers: { cookie: `session=${secret}` } }],
    ['a query string', `/search?q=${secret}&preview=${secret}&mail=${mail}`, {}],
    [
      'a query string of the graph',
      `/graphql?query=${encodeURIComponent(`{ article(by: {slug: "${secret}"}) { id } }`)}`,
      {},
    ],
    ['a token in a path', `/dlt_${secret}/${mail}`, {}],
    ['a token as the number of a request', '/', { headers: { 'x-request-id': `dlt_${secret}` } }],
    [
      'variables',
      '/graphql',
      post({ query: 'query ($s: String!) { article(by: {slug: $s}) { id } }', variables: { s: secret } }),
    ],
    [
      'what is searched',
      '/graphql',
      post({ query: `{ search(query: "${secret} ${mail}", first: 1) { totalCount } }` }),
    ],
    [
      'a name that a client made up',
      '/graphql',
      post({ query: `query ${secret} { sections { id } }`, operationName: secret }),
    ],
    ['a document that cannot be read', '/graphql', post({ query: `{ article(by: {slug: "${secret}" ` })],
    ['a body that is no JSON', '/graphql', post(`{"query": "${secret}`)],
    ['a document nobody knows', '/graphql', post({ documentId: secret })],
    ['a method', '/', { method: 'PURGE' }],
    [
      'the reader’s address',
      '/graphql',
      post({ query: '{ viewer { name } }' }, { 'x-forwarded-for': reader, 'user-agent': secret }),
    ],
  ];

  it.each(places)('%s', async (_place, path, init) => {
    await ask(path, init);
    const text = textOf(await spans.trees());
    expect(text).toContain('url.path');
    expect(text).not.toMatch(anyWord);
  });

  it('a comment, or who wrote it', async () => {
    const [piece] = await service.db.rows<{ slug: string }>(
      sql`select slug from article where status = 'PUBLISHED' limit 1`,
    );
    const found = await query('query ($slug: String!) { article(by: {slug: $slug}) { id } }', { slug: piece?.slug });
    const { data } = (await found.json()) as { data: { article: { id: string } } };
    await spans.trees();
    const input = { article: data.article.id, author: secret, text: `${secret} ${mail}` };
    const text = 'mutation ($input: PostCommentInput!) { postComment(input: $input) { __typename } }';
    const answer = await query(text, { input }, { 'x-forwarded-for': reader });
    expect(await answer.json()).toEqual({ data: { postComment: { __typename: 'PostCommentSuccess' } } });
    const trees = await spans.trees();
    expect(trees.flatMap(statementsIn).map(({ name }) => name)).toContain('INSERT comment');
    expect(textOf(trees)).not.toMatch(anyWord);
  });
});
