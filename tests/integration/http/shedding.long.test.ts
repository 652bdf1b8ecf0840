import { pino } from 'pino';
import { Admission } from '../../../src/http/admission.js';
import { corsFor } from '../../../src/http/cors.js';
import { listen, type Listening } from '../../../src/http/server.js';
import { shedding, sparing } from '../../../src/http/shedding.js';
import { makeMetrics } from '../../../src/observability/metrics.js';
import { eventually } from '../../support/eventually.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let listening: Listening;
let url: string;
let holding: Promise<void> | null = null;
let admission: Admission;
let held = 0;
const metrics = makeMetrics();
beforeAll(async () => {
  service = await startService({ answers: true });
  admission = new Admission({ atOnce: 2, waiting: 1, longestWaitMs: 10_000, longestWaitForStreamsMs: 10_000 });
  const log = pino({ level: 'silent' });
  const gate = shedding({ admission, spares: sparing(service.answers), log, metrics, cors: corsFor('*') });
  const app = async (request: Request) => {
    if (request.url.includes('held')) await holding;
    return service.app(request);
  };
  listening = await listen(app, { host: '127.0.0.1', port: 0 }, { gate });
  ({ url } = listening);
}, 60_000);
afterAll(async () => {
  await listening.close();
  await service.close();
});

/** Fills it up while `during` runs. */
async function full(during: () => Promise<void>): Promise<void> {
  let release: () => void = () => undefined;
  holding = new Promise((resolve) => (release = resolve));
  // Addresses that nobody has asked for: an answer that is kept waits for nothing.
  const inside = [1, 2, 3].map(() => fetch(`${url}/tag/held-${(held += 1)}`).then((each) => each.text()));
  await eventually(() => admission.size === 2 && admission.waiting === 1);
  try {
    await during();
  } finally {
    release();
    await Promise.all(inside);
  }
  expect([admission.size, admission.waiting]).toEqual([0, 0]);
}

it('tells a client of the graph by its code, and when to come again', async () => {
  await full(async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        origin: 'https://a.example',
      },
      body: JSON.stringify({ query: '{ publication { name } }' }),
    });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src/);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(errors[0]?.extensions).toMatchObject({ code: 'OVERLOADED' });
  });
  expect((await metrics.text()).body).toMatch(/dateline_http_shed_total [1-9]/);
});

it('goes on giving what is kept, and answering who watches', async () => {
  const kept = ['/', '/feeds/latest.rss'];
  for (const path of kept) expect((await fetch(url + path)).status).toBe(200);
  await full(async () => {
    for (const path of [...kept, '/healthz', '/readyz', '/metrics']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`${url}/feeds/latest.atom`)).status).toBe(503);
  });
  expect((await fetch(`${url}/feeds/latest.atom`)).status).toBe(200);
});

it('has nobody wait who has hung up', async () => {
  let release: () => void = () => undefined;
  holding = new Promise((resolve) => (release = resolve));
  const inside = [1, 2].map(() => fetch(`${url}/tag/held-${(held += 1)}`).then((each) => each.text()));
  await eventually(() => admission.size === 2);
  const gone = new AbortController();
  const waiting = fetch(`${url}/tag/held-${(held += 1)}`, { signal: gone.signal }).then(
    () => 'answered',
    () => 'gone',
  );
  await eventually(() => admission.waiting === 1);
  gone.abort();
  expect(await waiting).toBe('gone');
  await eventually(() => admission.waiting === 0);
  release();
  await Promise.all(inside);
  expect(admission.size).toBe(0);
});
