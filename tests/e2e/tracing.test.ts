import { performance } from 'node:perf_hooks';
import { operation } from '../support/operations.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { startServiceProcess } from '../support/service-process.js';

const trouble = 'traces cannot be sent';
const ask = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: operation('latest-feed'), variables: { first: 3 } }),
  });

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

/** OTLP as JSON: what of it is looked at here. */
interface Sent {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId?: string; name: string; kind: number }[] }[];
  }[];
}

describe('a service that is told where traces go', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    receiver.answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  afterEach(() => receiver.close());

  it('sends them there, the last of them when it is told to stop', async () => {
    const service = await startServiceProcess({
      LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=of%20ours',
      OTEL_SERVICE_NAME: 'roadstead',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      // Later than the test takes: what comes comes by the end alone.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    try {
      const answer = await ask(service.url, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
      expect(answer.status).toBe(200);
      expect((await ask(service.url)).status).toBe(200);
      expect(receiver.received).toEqual([]);
    } finally {
      await service.stop();
    }
    expect(receiver.received.length).toBeGreaterThan(0);
    for (const { method, path, headers } of receiver.received) {
      expect([method, path]).toEqual(['POST', '/v1/traces']);
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': 'of ours' });
    }
    const sent = receiver.received.flatMap(({ body }) => (JSON.parse(body) as Sent).resourceSpans);
    const resource = Object.fromEntries(
      sent.flatMap((each) => each.resource.attributes).map(({ key, value }) => [key, value.stringValue]),
    );
    expect(resource).toMatchObject({
      'service.name': 'roadstead',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      'deployment.environment.name': 'test',
    });
    const spans = sent.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const requests = spans.filter(({ name }) => name === 'POST /graphql');
    expect(requests).toHaveLength(2);
    const [made] = requests.filter((span) => span.traceId === traceId);
    expect(made).toMatchObject({ parentSpanId: '00f067aa0ba902b7', kind: 2 });
    const within = spans.filter((span) => span.traceId === traceId);
    const [query] = within.filter(({ name }) => name === 'query');
    expect(query?.parentSpanId).toBe(made?.spanId);
    const statements = within.filter(({ name }) => /^SELECT \w+$/.test(name));
    expect(statements.length).toBeGreaterThan(0);
    for (const { parentSpanId, kind } of statements) expect([parentSpanId, kind]).toEqual([query?.spanId, 3]);
    const lines = service
      .said()
      .split('\n')
      .filter((line) => line.includes('"answered"'));
    expect(lines[0]).toContain(`"trace_id":"${traceId}"`);
  });

  it('sends them as Protocol Buffers unless told otherwise, while it serves', async () => {
    const service = await startServiceProcess({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/of/ours`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    try {
      await ask(service.url);
      const deadline = performance.now() + 30_000;
      while (receiver.received.length === 0 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await service.stop();
    }
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = receiver.received;
    expect([path, headers['content-type']]).toEqual(['/of/ours', 'application/x-protobuf']);
    expect(body).toContain('dateline');
  });
});

it.each([
  ['that takes no connections', () => Promise.resolve(null)],
  [
    'that answers nothing',
    async () => {
      const receiver = await startReceiver();
      receiver.answer = () => undefined;
      return receiver;
    },
  ],
])('a receiver %s slows nobody, is told of once, and keeps nobody from stopping', async (_how, start) => {
  const receiver = await start();
  const service = await startServiceProcess({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  try {
    const deadline = performance.now() + 60_000;
    let slowest = 0;
    let asked = 0;
    // Beyond the first word of trouble, for a few batches more.
    for (let since = Infinity; performance.now() < Math.min(deadline, since + 4000);) {
      const began = performance.now();
      expect((await ask(service.url)).status).toBe(200);
      slowest = Math.max(slowest, asked === 0 ? 0 : performance.now() - began);
      asked += 1;
      if (since === Infinity && service.said().includes(trouble)) since = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(slowest).toBeLessThan(1000);
    expect(service.said().split(trouble)).toHaveLength(2);
  } finally {
    const began = performance.now();
    await service.stop();
    expect(performance.now() - began).toBeLessThan(8000);
    await receiver?.close();
  }
});

it('a setting that cannot be used is refused at the start, in words', async () => {
  await expect(
    startServiceProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', OTEL_TRACES_SAMPLER: 'sometimes' }),
  ).rejects.toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: must be a whole address[^]*OTEL_TRACES_SAMPLER: must be one of/);
});
