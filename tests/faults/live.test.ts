import { createHash } from 'node:crypto';
import { Agent, type ClientRequest, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../src/database/database.js';
import { openScratch } from '../../src/database/scratch.js';
import { sql } from '../../src/database/sql.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { operation } from '../support/operations.js';
import { roundRobin } from '../support/round-robin.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { Stream } from '../support/stream.js';
import { testServer } from '../support/server.js';

// Two instances on one server, behind a load balancer that hands requests to each in turn, and browsers that follow “Latest”.

const subscribers = Number(process.env['SUBSCRIBERS'] ?? 2000);
const withinMs = 500;
const live = operation('latest-live');
const documentId = createHash('sha256').update(live).digest('hex');

let db: Database;
let services: [ServiceProcess, ServiceProcess];
let balancer: { url: string; close(): Promise<void> };
let environment: Record<string, string>;

beforeAll(async () => {
  db = await openScratch(testServer);
  await db.migrate();
  const [{ name }] = (await db.rows<{ name: string }>(sql`select current_database() as name`)) as [{ name: string }];
  const url = new URL(testServer);
  url.pathname = `/${name}`;
  environment = { DATABASE_URL: url.href, LOG_LEVEL: 'error' };
  services = [await startServiceProcess(environment), await startServiceProcess(environment)];
  balancer = await roundRobin(services.map((service) => service.url));
}, 120_000);
afterAll(async () => {
  await balancer?.close();
  for (const service of services ?? []) await service.kill();
  await db?.close();
});

let pieces = 0;
async function publish(on: ServiceProcess, text = 'Text.'): Promise<{ path: string; at: number }> {
  const done = async (mutation: string, input: object) => {
    const { data } = await on.query(documentOf(mutation, 'article { id path revision }'), { input });
    return data[mutation].article as { id: string; path: string; revision: number };
  };
  const headline = `Piece ${(pieces += 1)}`;
  const { id, revision } = await done('createArticle', { headline, section: 'asia', body: { html: `<p>${text}</p>` } });
  await done('submitArticle', { id, expectedRevision: revision });
  const at = performance.now();
  const { path } = await done('publishArticle', { id, expectedRevision: revision });
  return { path, at };
}

/** Follows as a browser does: from where its page was made, and from the last event on when the connection is cut. */
class Browser {
  readonly told: string[] = [];
  readonly at: number[] = [];
  opened = 0;
  private last: string | undefined;
  private stream: Stream | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly after: string,
  ) {
    void this.follow();
  }

  private async follow(): Promise<void> {
    const variables = JSON.stringify({ after: this.after });
    while (!this.isClosed) {
      const headers = { accept: 'text/event-stream', ...(this.last ? { 'last-event-id': this.last } : {}) };
      const address = `${this.url}/graphql?${new URLSearchParams({ documentId, variables })}`;
      const response = await fetch(address, { headers }).catch(() => null);
      if (response?.ok) {
        this.opened += 1;
        this.stream = new Stream(response);
        for (let seen = 0; !this.stream.isOver || seen < this.stream.sent.length;) {
          const sent = this.stream.sent[seen];
          if (!sent) {
            await pause(2);
            continue;
          }
          seen += 1;
          this.at.push(performance.now());
          this.told.push(sent.data.data.latestFeed.entry.article.path);
          this.last = sent.id ?? undefined;
        }
      }
      await pause(1000);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.stream?.close();
  }
}

describe('two instances', () => {
  const browsers: Browser[] = [];
  const published: string[] = [];
  const everybodyHas = () => browsers.every(({ told }) => told.length >= published.length);

  beforeAll(async () => {
    const { data } = await services[0].query('{ latestFeed { cursor } }');
    for (let count = 0; count < 40; count += 1) browsers.push(new Browser(balancer.url, data.latestFeed.cursor));
    await eventually(() => Promise.resolve(browsers.every(({ opened }) => opened === 1)), 20_000);
  });
  afterAll(() => Promise.all(browsers.map((browser) => browser.close())));

  it(`what is published on either is with the subscribers of both within ${withinMs} ms`, async () => {
    await publish(services[0]).then(({ path }) => published.push(path));
    await eventually(() => Promise.resolve(everybodyHas()), 10_000);
    const waits: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const { path, at } = await publish(services[round % 2]!);
      published.push(path);
      await eventually(() => Promise.resolve(everybodyHas()), 5000);
      waits.push(Math.max(...browsers.map((browser) => browser.at.at(-1)!)) - at);
    }
    process.stdout.write(`With the last of 40 subscribers after ${waits.map(Math.round).join(', ')} ms.\n`);
    for (const { told } of browsers) expect(told).toEqual(published);
    expect(Math.max(...waits)).toBeLessThan(withinMs);
  }, 60_000);

  it('one is killed: its subscribers go on with the other from where they were, with nothing missing and nothing twice', async () => {
    const [one, other] = services;
    const writing = (async () => {
      for (let count = 0; count < 12; count += 1) {
        published.push((await publish(other)).path);
        await pause(200);
      }
    })();
    await pause(500);
    await one.kill();
    await writing;
    await eventually(() => Promise.resolve(everybodyHas()), 20_000);
    await pause(500);
    for (const { told } of browsers) expect(told).toEqual(published);
    const moved = browsers.filter(({ opened }) => opened > 1).length;
    process.stdout.write(`${moved} of 40 subscribers went on with the other instance.\n`);
    expect(moved).toBeGreaterThanOrEqual(15);
    expect(moved).toBeLessThanOrEqual(25);
  }, 120_000);
});

/** Many who follow, each on a connection of its own, and how much they were sent. */
function crowd(url: string, size: number) {
  const agent = new Agent({ maxSockets: Infinity });
  const counts = new Array<number>(size).fill(0);
  let ended = 0;
  const requests: ClientRequest[] = [];
  const opening = counts.map(
    (_, index) =>
      new Promise<void>((resolve, reject) => {
        const address = `${url}/graphql?documentId=${documentId}`;
        const request = get(address, { agent, headers: { accept: 'text/event-stream' } }, (response) => {
          resolve();
          response.on('data', (bytes: Buffer) => {
            counts[index]! += bytes.toString('latin1').split('event: next').length - 1;
          });
          response.on('end', () => (ended += 1));
          response.on('error', () => (ended += 1));
        });
        request.on('error', reject);
        requests.push(request);
      }),
  );
  return {
    counts,
    opened: Promise.all(opening),
    get ended() {
      return ended;
    },
    close: () => requests.forEach((request) => request.destroy()),
  };
}

interface Memory {
  heap: number;
  resident: number;
  followers: number;
}

async function memoryOf({ url }: ServiceProcess): Promise<Memory> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    heap: read('nodejs_heap_size_used_bytes') / 1e6,
    resident: read('process_resident_memory_bytes') / 1e6,
    followers: read('dateline_followers'),
  };
}

/** In the process: what is no longer used is swept when it is told to. */
const sweeping = `import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc');
  const sweep = vm.runInNewContext('gc'); process.on('SIGUSR2', () => sweep());`;

async function sweptMemoryOf(service: ServiceProcess): Promise<Memory> {
  process.kill(service.pid, 'SIGUSR2');
  await pause(2000);
  return memoryOf(service);
}

const said = (when: string, { heap, resident, followers }: Memory) =>
  process.stdout.write(
    `${when.padEnd(34)} ${String(followers).padStart(5)} subscribers, ${heap.toFixed(0)} MB heap, ${resident.toFixed(0)} MB resident\n`,
  );

describe(`${subscribers} subscribers of one instance`, () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    // With little room, so that what the process takes says what it needs.
    const NODE_OPTIONS = `--max-old-space-size=256 --import=data:text/javascript,${encodeURIComponent(sweeping)}`;
    service = await startServiceProcess({ ...environment, NODE_OPTIONS });
  }, 60_000);
  afterAll(() => service?.kill());

  it('are all told, in flat memory; one that does not read is dropped, and nobody waits for it', async () => {
    said('before', await sweptMemoryOf(service));
    const many = crowd(service.url, subscribers);
    await many.opened;
    const everybodyHas = (count: number) =>
      eventually(() => Promise.resolve(many.counts.every((each) => each === count)), 60_000);
    let published = 0;
    const round = async (size: number) => {
      for (let count = 0; count < size; count += 1) {
        await publish(service);
        published += 1;
        await everybodyHas(published);
      }
    };
    await round(10);
    const before = await sweptMemoryOf(service);
    said('after 10 publications', before);
    await round(60);
    const after = await sweptMemoryOf(service);
    said('after 60 more', after);
    expect(before.followers).toBe(subscribers);
    expect(after.heap - before.heap).toBeLessThan(30);
    expect(after.resident - before.resident).toBeLessThan(80);

    // One asks for whole bodies and never reads: what the network does not take waits here until it is cut off.
    const query = 'subscription { latestFeed { entry { article { body { html } } } } }';
    const deaf = connect(Number(new URL(service.url).port), '127.0.0.1');
    let isCut = false;
    deaf.on('close', () => (isCut = true));
    deaf.on('error', () => undefined);
    deaf.write(
      `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n`,
    );
    deaf.pause();
    await eventually(async () => (await memoryOf(service)).followers === subscribers + 1, 5000);
    const waits: number[] = [];
    for (let count = 0; count < 25; count += 1) {
      const { at } = await publish(service, 'A long read. '.repeat(30_000));
      published += 1;
      await everybodyHas(published);
      waits.push(performance.now() - at);
    }
    said('one of them reads nothing', await sweptMemoryOf(service));
    await eventually(async () => (await memoryOf(service)).followers === subscribers, 30_000);
    const end = await sweptMemoryOf(service);
    said('it was dropped', end);
    process.stdout.write(`All others had a piece within ${Math.round(Math.max(...waits))} ms meanwhile.\n`);
    expect(end.heap - after.heap).toBeLessThan(30);
    deaf.resume();
    await eventually(() => Promise.resolve(isCut), 5000);

    const told = performance.now();
    await service.stop();
    await eventually(() => Promise.resolve(many.ended === subscribers), 5000);
    process.stdout.write(
      `The service ended, and all streams with it, in ${Math.round(performance.now() - told)} ms.\n`,
    );
    many.close();
  }, 400_000);
});
