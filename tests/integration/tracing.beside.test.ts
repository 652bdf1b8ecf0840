import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { pino } from 'pino';
import { Admission } from '../../src/http/admission.js';
import { listen } from '../../src/http/server.js';
import { shedding, sparing } from '../../src/http/shedding.js';
import { makeMetrics } from '../../src/observability/metrics.js';
import { eventually } from '../support/eventually.js';
import { type Office, openOffice } from '../support/office.js';
import { startReceiver } from '../support/receiver.js';
import { type Branch, outlineOf, type Spans, takeSpans } from '../support/spans.js';

let spans: Spans;
let office: Office;
beforeAll(async () => {
  spans = await takeSpans();
  office = await openOffice('1', { isTraced: true });
});
afterAll(async () => {
  await office.close();
  await spans.close();
});
beforeEach(() => void spans.ended());
afterEach(() => office.clear());

it('a message to a webhook is a trace of its own, which its receiver can go on with', async () => {
  const receiver = await startReceiver();
  try {
    await office.webhook({ url: `${receiver.url}/hook?key=S3cr3t` });
    await office.publish('The boats sail');
    spans.ended();
    office.start();
    await eventually(() => receiver.received.length === 1);
    const [tree] = (await spans.trees()) as [Branch];
    expect(tree).toMatchObject({ name: 'webhook', span: { kind: SpanKind.INTERNAL, parentSpanContext: undefined } });
    const [sent] = tree.parts.filter(({ name }) => name === 'POST');
    expect(sent?.span).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 204, 'server.address': '127.0.0.1' },
    });
    const { traceId, spanId } = sent!.span.spanContext();
    expect(receiver.received[0]?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
    expect(tree.parts.map(({ name }) => name)).toContain('SELECT article');
    expect(JSON.stringify(tree.parts.map(({ span }) => span.attributes))).not.toMatch(/hook\?|S3cr3t/);
  } finally {
    await receiver.close();
  }
});

it('whoever else is asked is told of no trace', async () => {
  const receiver = await startReceiver();
  try {
    await (await office.service.outgoing.ask(new URL(`${receiver.url}/feed`))).letGo();
    receiver.answer = (_request, response) => void response.writeHead(503).end();
    await (await office.service.outgoing.ask(new URL(`${receiver.url}/feed`))).letGo();
    expect(receiver.received.map(({ headers }) => headers['traceparent'])).toEqual([undefined, undefined]);
    const [first, second] = await spans.trees(2);
    expect(first?.span.status.code).toBe(SpanStatusCode.UNSET);
    expect(second?.span).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '503' } });
  } finally {
    await receiver.close();
  }
});

it('what is told on a stream is no part of the request that began it', async () => {
  const { service } = office;
  const listening = await listen(service.app, { host: '127.0.0.1', port: 0 }, { isTraced: true });
  try {
    const leaving = new AbortController();
    const stream = await fetch(`${listening.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { latestFeed { article { headline section { name } } } }' }),
      signal: leaving.signal,
    });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const reading = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    })().catch(() => undefined);
    await eventually(() => text.includes('retry:'));
    expect(spans.ended().map(({ name }) => name)).toContain('subscription');
    await office.publish('The boats sail again');
    await eventually(() => text.includes('The boats sail again'));
    expect(spans.ended()).toEqual([]);
    leaving.abort();
    await reading;
    const [tree] = (await spans.trees()) as [Branch];
    expect(outlineOf(tree)).toBe('POST /graphql');
    expect(tree.span.attributes).toMatchObject({ 'http.response.status_code': 200, 'error.type': 'client_gone' });
  } finally {
    await listening.close();
  }
});

it('a request that waits for its turn, and one that is sent away, have each its own', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const app = async (request: Request) => {
    if (request.url.includes('sitemap')) await held;
    return office.service.app(request);
  };
  const log = pino({ level: 'silent' });
  const admission = new Admission({ atOnce: 1, waiting: 1, longestWaitMs: 30_000, longestWaitForStreamsMs: 30_000 });
  const gate = shedding({ admission, spares: sparing(), log, metrics: makeMetrics() });
  const listening = await listen(app, { host: '127.0.0.1', port: 0 }, { gate, isTraced: true });
  try {
    const first = fetch(`${listening.url}/sitemap.xml`).then((each) => each.text());
    await eventually(() => admission.size === 1);
    const second = fetch(`${listening.url}/robots.txt`).then((each) => each.text());
    await eventually(() => admission.waiting === 1);
    expect((await fetch(`${listening.url}/feeds/latest.rss`)).status).toBe(503);
    const [away] = (await spans.trees()) as [Branch];
    expect(away).toMatchObject({
      name: 'GET',
      parts: [],
      span: {
        attributes: { 'url.path': '/feeds/latest.rss', 'error.type': '503' },
        status: { code: SpanStatusCode.ERROR },
      },
    });
    release();
    await Promise.all([first, second]);
    const routes = (await spans.trees(2)).map(({ span: { name, attributes } }) => [name, attributes['url.path']]);
    expect(routes.sort()).toEqual([
      ['GET /robots.txt', '/robots.txt'],
      ['GET /sitemap.xml', '/sitemap.xml'],
    ]);
  } finally {
    release();
    await listening.close();
  }
});
