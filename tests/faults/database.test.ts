import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { asked, type CutOff, get, noServer, openCutOff, type Seen } from '../support/cut-off.js';
import { eventually } from '../support/eventually.js';
import type { ServiceProcess } from '../support/service-process.js';

const connections = 40;
const world = await openCutOff({ settings: { max_connections: connections, superuser_reserved_connections: 3 } });

if (!world) it.skip(`the database goes away (${noServer})`, () => undefined);
else describe('while the database is away', () => stories(world));

/** Everybody asks for it, so that it is kept. */
const newest = '{ articles(first: 3) { nodes { headline path } } }';
let unasked = 0;
/** Nobody has asked for it before. */
const unaskedFor = () => `{ articles(first: ${1 + (unasked % 90)}) { nodes { n${(unasked += 1)}: headline } } }`;

function stories({ server, proxy, past, serve, close }: CutOff): void {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await serve();
  }, 120_000);
  afterAll(close, 60_000);

  const ready = async () => (await get(`${service.url}/readyz`)).status === 200;
  const pages = () => [
    `${service.url}/`,
    `${service.url}/feeds/latest.rss`,
    `${service.url}/graphql?${new URLSearchParams({ query: newest })}`,
  ];
  const write = (): Promise<Seen> =>
    get(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        authorization: `Bearer ${service.adminToken}`,
      },
      body: JSON.stringify({
        query: 'mutation { createTag(input: { name: "While it was away" }) { __typename } }',
      }),
    });

  /** Has what is to be kept kept, and answers how the newest piece is called. */
  async function warm(): Promise<string> {
    await eventually(ready, 5000);
    for (const page of pages()) {
      await eventually(async () => {
        const { status, headers } = await get(page);
        return status === 200 && !headers.has('cache-status');
      });
      await get(page);
    }
    return headlineIn(await asked(service.url, newest));
  }
  const headlineIn = ({ text }: Seen) =>
    (JSON.parse(text) as { data: { articles: { nodes: { headline: string }[] } } }).data.articles.nodes[0]!.headline;

  /** Reads and writes that nothing is kept for are refused so that a client can come again; `within` so many ms. */
  async function isRefusedToRetry(within: number): Promise<void> {
    for (const seen of await Promise.all([asked(service.url, unaskedFor()), write()])) {
      expect({ status: seen.status, text: seen.text }).toMatchObject({ status: 503 });
      const [error] = (JSON.parse(seen.text) as { errors: { extensions: object }[] }).errors;
      expect(error?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 2 });
      expect(seen.headers.get('retry-after')).toBe('2');
      expect(seen.headers.get('cache-control')).toMatch(/no-store/);
      expect(seen.ms).toBeLessThan(within);
    }
    const feed = await get(`${service.url}/feeds/sections/${'nowhere'}-${(unasked += 1)}.rss`);
    expect([feed.status, feed.headers.get('retry-after')]).toEqual([503, '2']);
  }

  /** What is kept goes on being shown, and says since when nobody knows whether it is true. */
  async function isShownStale(): Promise<void> {
    for (const page of pages()) {
      const { status, headers, ms } = await get(page);
      expect([page, status]).toEqual([page, 200]);
      expect(headers.get('cache-status')).toMatch(/^Dateline; hit; ttl=-\d+; detail=database-away$/);
      expect(Number(headers.get('age'))).toBeGreaterThan(0);
      expect(headers.get('cache-control')).toBe('public, max-age=0, stale-if-error=3600');
      expect(ms).toBeLessThan(500);
    }
  }

  /** It says that it is not ready within two seconds of being asked, and that it is alive. */
  async function saysSo(): Promise<void> {
    const seen = await get(`${service.url}/readyz`);
    expect(seen.status).toBe(503);
    expect(seen.ms).toBeLessThan(2000);
    expect((await get(`${service.url}/healthz`)).status).toBe(200);
  }

  /** It is ready within five seconds of the database being back, answers what is true, and has met nothing it did not expect. */
  async function heals(): Promise<void> {
    const began = performance.now();
    await eventually(ready, 5000);
    process.stdout.write(`ready ${((performance.now() - began) / 1000).toFixed(1)} s after the database was back\n`);
    await eventually(async () => (await asked(service.url, unaskedFor())).status === 200, 2000);
    expect((await write()).status).toBe(200);
    const shown = await asked(service.url, newest);
    expect([shown.status, shown.headers.get('cache-status')]).toEqual([200, null]);
    expect(service.said()).not.toMatch(/unhandled|uncaught|a request met a fault/i);
    expect(() => process.kill(service.pid, 0)).not.toThrow();
  }

  const rename = (headline: string) =>
    past(
      `update article set headline = $1 where id = (select id from article
        where status = 'PUBLISHED' and ordered_at <= now() order by ordered_at desc, id desc limit 1)`,
      [headline],
    );

  it.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
    ['it is restarted', () => server.stop('fast'), () => server.start()],
    ['it is killed, with all that it was doing', () => server.kill(), () => server.start()],
    ['it refuses connections, and cuts those there are', () => proxy.refuse(), () => proxy.heal()],
  ])(
    '%s: what is kept is shown, the rest is to be asked again, and all is well five seconds later',
    async (_what, fault, end) => {
      await warm();
      await fault();
      await saysSo();
      await eventually(async () => (await get(pages()[0]!)).headers.has('cache-status'), 2000);
      await isShownStale();
      await isRefusedToRetry(1000);
      await pause(3000);
      await saysSo();
      await isShownStale();
      await isRefusedToRetry(1000);
      await end();
      await heals();
    },
    60_000,
  );

  it('it can no longer be heard: nobody waits for it longer than ten seconds, and what changed meanwhile shows when it is back', async () => {
    const before = await warm();
    proxy.swallow();
    const first = Promise.all([saysSo(), isRefusedToRetry(10_000)]);
    await eventually(async () => (await get(pages()[0]!)).headers.has('cache-status'), 8000);
    await isShownStale();
    await first;
    // By now everybody knows: nobody waits at all.
    await isRefusedToRetry(500);
    await rename('Written where nobody could tell it from');
    expect(headlineIn(await asked(service.url, newest))).toBe(before);
    await proxy.heal();
    await heals();
    expect(headlineIn(await asked(service.url, newest))).toBe('Written where nobody could tell it from');
  }, 60_000);

  it('only the connection by which changes are told dies, and nobody is told: it is noticed, and nothing kept is trusted', async () => {
    for (let round = 0; round < 3; round += 1) {
      await warm();
      const listening = [...proxy.passages].filter(({ said }) => said.includes('listen dateline'));
      expect(listening.length).toBeGreaterThan(0);
      for (const passage of listening) passage.silence();
      await rename(`Told to nobody ${round}`);
      const began = performance.now();
      await eventually(async () => {
        const seen = await asked(service.url, newest);
        expect([seen.status, seen.headers.get('cache-status')]).toEqual([200, null]);
        return headlineIn(seen) === `Told to nobody ${round}`;
      }, 5000);
      process.stdout.write(`noticed after ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
      expect(await ready()).toBe(true);
    }
    await heals();
  }, 60_000);

  it('it is slow: what is kept is there at once, and the rest comes when it can', async () => {
    await warm();
    proxy.delay(700);
    const slow = asked(service.url, unaskedFor());
    const kept = await Promise.all(pages().map((page) => get(page)));
    for (const { status, ms } of kept) expect([status, ms < 500]).toEqual([200, true]);
    expect(await slow).toMatchObject({ status: 200 });
    await proxy.heal();
    await heals();
  }, 60_000);

  it('it has no connection left for us: what is kept is shown, the rest is to be asked again', async () => {
    await warm();
    await proxy.refuse();
    const others: pg.Client[] = [];
    const isFull = async () => {
      const client = new pg.Client(server.url);
      client.on('error', () => undefined);
      const isIn = await client.connect().then(
        () => true,
        () => false,
      );
      if (isIn) others.push(client);
      return !isIn;
    };
    try {
      await eventually(isFull);
      await proxy.heal();
      await pause(2000);
      expect(await isFull()).toBe(true);
      await saysSo();
      await isShownStale();
      await isRefusedToRetry(1000);
    } finally {
      for (const client of others) await client.end();
    }
    await heals();
  }, 60_000);

  it('for longer than STALE_IF_ERROR_SECONDS: nothing is shown any more that may have been retracted', async () => {
    const brief = await serve({ STALE_IF_ERROR_SECONDS: '4', DATELINE_NEWSROOM: 'off' });
    const page = `${brief.url}/graphql?${new URLSearchParams({ query: newest })}`;
    await get(page);
    expect((await get(page)).status).toBe(200);
    await proxy.refuse();
    await eventually(async () => (await get(page)).headers.has('cache-status'), 2000);
    await pause(4500);
    expect((await get(page)).status).toBe(503);
    await proxy.heal();
    await eventually(async () => (await get(page)).status === 200, 5000);
    await brief.stop();
    await heals();
  }, 60_000);

  it('the service can still be stopped', async () => {
    const other = await serve();
    await get(`${other.url}/`);
    proxy.swallow();
    const began = performance.now();
    await other.stop(); // rejects when it does not end
    process.stdout.write(`stopped in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    await proxy.heal();
    await heals();
  }, 60_000);
}
