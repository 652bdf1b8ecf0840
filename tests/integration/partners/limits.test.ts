import { pino } from 'pino';
import { type Metering, openMetering } from '../../../src/access/metering.js';
import { sql } from '../../../src/database/sql.js';
import { aPartner } from '../../support/partners.js';
import { anArticle, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.load([aSection(), anArticle()]);
});
afterAll(() => service.close());

async function keyOf(slug: string, requestsPerMinute: number, requestsPerDay = 1000) {
  const { headers } = await aPartner(service, slug, { requestsPerMinute, requestsPerDay });
  const [{ id } = { id: '' }] = await service.db.rows<{ id: string }>(
    sql`select k.id from api_key k join partner p on p.id = k.partner_id where p.slug = ${slug}`,
  );
  return { headers, id, requestsPerMinute, requestsPerDay };
}

it('every answer to a key says how it stands, and a key that asks too often is told when it may again', async () => {
  const { headers } = await keyOf('eager', 3);
  for (const left of [2, 1, 0]) {
    const response = await service.request('/feeds/partner.json', { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('ratelimit-policy')).toBe('"minute";q=3;w=60, "day";q=1000;w=86400');
    expect(response.headers.get('ratelimit')).toMatch(new RegExp(`^"minute";r=${left};t=\\d+, "day";r=\\d+;t=\\d+$`));
    expect(response.headers.get('ratelimit-limit')).toBe('3');
    expect(response.headers.get('ratelimit-remaining')).toBe(String(left));
  }
  const refused = await service.request('/feeds/partner.json', { headers });
  expect([refused.status, refused.headers.get('cache-control')]).toEqual([429, 'no-store']);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect(await refused.text()).toBe(`This key may ask 3 times a minute, and has. It may again in ${wait} seconds.\n`);

  const graph = await service.request('/graphql?query={viewer{name}}', { headers });
  expect(graph.status).toBe(429);
  expect(graph.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await graph.json()).errors[0].extensions).toEqual({ code: 'THROTTLED' });
  expect((await service.request('/feeds/latest.json')).headers.get('ratelimit')).toBeNull();
});

it('a quota for the day ends with it', async () => {
  const { headers } = await keyOf('daily', 100, 2);
  const ask = async () => (await service.request('/feeds/partner.json', { headers })).status;
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  const today = service.now;
  service.now = new Date(today.getTime() + 86_400_000);
  expect(await ask()).toBe(200);
  service.now = today;
});

describe('instances that share a database', () => {
  const log = pino({ level: 'silent' });
  const spends = (meter: Metering, key: Parameters<Metering['spend']>[0]) =>
    meter.spend(key, service.now).then(
      () => 1,
      () => 0,
    );

  it('let through together what a key may ask for, and not one more, however many ask at once', async () => {
    const key = await keyOf('crowd', 100);
    const meters = [1, 2, 3].map(() => openMetering({ db: service.db, log }));
    const passed = await Promise.all(
      Array.from({ length: 300 }, (_, turn) => spends(meters[turn % meters.length]!, key)),
    );
    const total = passed.reduce<number>((sum, one) => sum + one, 0);
    expect(total).toBeLessThanOrEqual(100);
    // What an instance took and did not spend is lost to the others until the window ends: little, since shares shrink.
    expect(total).toBeGreaterThanOrEqual(90);
  });

  it('ask the database once for many requests', async () => {
    const key = await keyOf('steady', 1000, 10_000);
    const meter = openMetering({ db: service.db, log });
    service.statements();
    for (let turn = 0; turn < 50; turn += 1) await meter.spend(key, service.now);
    expect(service.statements().filter((text) => text.includes('rate_limit')).length).toBeLessThanOrEqual(2);
  });

  it('let everybody through while the database does not answer', async () => {
    const key = await keyOf('blind', 1);
    const down = {
      ...service.db,
      send: () => Promise.reject(new Error('gone')),
      rows: () => Promise.reject(new Error('gone')),
    };
    const meter = openMetering({ db: down, log });
    expect([await spends(meter, key), await spends(meter, key)]).toEqual([1, 1]);
  });
});

it('an administrator reads what a key used, day by day', async () => {
  const key = await keyOf('counted', 2);
  const meter = openMetering({ db: service.db, log: pino({ level: 'silent' }) });
  const yesterday = new Date(service.now.getTime() - 86_400_000);
  await meter.spend(key, yesterday);
  await meter.close();
  for (let turn = 0; turn < 3; turn += 1) await meter.spend(key, service.now).catch(() => undefined);
  await meter.close();
  const document = '{ partner(by: { slug: "counted" }) { keys { usage { day requests refused } } } }';
  const { data } = await service.query(document, {}, await service.signIn('admin'));
  expect(data.partner.keys).toEqual([
    {
      usage: [
        { day: '2026-06-15', requests: 3, refused: 2 },
        { day: '2026-06-14', requests: 1, refused: 0 },
      ],
    },
  ]);
  const { errors } = await service.query(document, {}, await service.signIn('editor'));
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
});
