import { pino } from 'pino';
import { corsFor } from '../../../src/http/cors.js';
import { fastLane } from '../../../src/http/fast-lane.js';
import { listen, type Listening } from '../../../src/http/server.js';
import { makeMetrics } from '../../../src/observability/metrics.js';
import { startService, type TestService } from '../../support/service.js';

const origin = 'https://app.example';

let service: TestService;
let listening: Listening;
beforeAll(async () => {
  service = await startService({ answers: true, environment: { CORS_ORIGINS: origin } });
  if (!service.answers) throw new Error('nothing is kept');
  const log = pino({ level: 'silent' });
  const lane = fastLane(service.answers, {
    clock: () => service.now,
    log,
    metrics: makeMetrics(),
    cors: corsFor([origin]),
  });
  listening = await listen(service.app, { host: '127.0.0.1', port: 0 }, { lane });
});
afterAll(async () => {
  await listening.close(0);
  await service.close();
});

const ask = (headers: Record<string, string> = {}) =>
  fetch(`${listening.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ publication { name } }"}',
  });
const hits = () => service.answers?.memory.counts.hits ?? 0;

it('what is given from memory before anything is read says what every answer says, and to whose pages', async () => {
  const made = await ask({ origin });
  const before = hits();
  const given = await ask({ origin });
  expect(hits()).toBe(before + 1);
  for (const name of [
    'content-security-policy',
    'x-content-type-options',
    'x-frame-options',
    'referrer-policy',
    'access-control-allow-origin',
    'access-control-expose-headers',
    'vary',
  ]) {
    expect([name, given.headers.get(name)]).toEqual([name, made.headers.get(name)]);
    expect(given.headers.get(name)).not.toBeNull();
  }
  expect((await ask({ origin: 'https://evil.example' })).headers.get('access-control-allow-origin')).toBeNull();
});

it('what an operation costs is asked past it', async () => {
  await ask();
  const before = hits();
  const told = (await (await ask({ 'x-graphql-cost': '1' })).json()) as object;
  expect(told).toEqual({
    data: { publication: { name: 'The Test' } },
    extensions: { cost: { requested: 1, most: 10_000 } },
  });
  expect(hits()).toBe(before);
  expect(await (await ask()).json()).toEqual({ data: { publication: { name: 'The Test' } } });
});
