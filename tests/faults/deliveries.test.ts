import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fleet, type Manner, startFleet } from '../support/endpoint-fleet.js';
import { eventually } from '../support/eventually.js';
import { documentOf } from '../support/mutation.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const deliveries = Number(process.env['DELIVERIES'] ?? 10_000);
const kills = Number(process.env['KILLS'] ?? 5);
const host = '127.0.0.2';

const manners: readonly Manner[] = [
  ...Array.from({ length: 10 }, () => 'healthy' as const),
  ...Array.from({ length: 3 }, () => 'slow' as const),
  ...Array.from({ length: 3 }, () => 'flaky' as const),
  'hangs at first',
  'redirects at first',
  'redirects',
  'redirects',
];

let folder: string;
let fleet: Fleet;
let service: ServiceProcess;

const started = () =>
  startServiceProcess({
    DATA_DIR: join(folder, 'data'),
    DATELINE_NEWSROOM: 'off',
    LOG_LEVEL: 'error',
    WEBHOOK_ALLOW_PRIVATE: `${host}/32`,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dateline-deliveries-'));
  fleet = await startFleet(manners, host);
  service = await started();
}, 120_000);
afterAll(async () => {
  await service?.kill();
  await fleet?.close();
  await rm(folder, { recursive: true, force: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function pendingByUrl(): Promise<Map<string, number>> {
  const { data } = await service.query(
    '{ webhooks(first: 100) { nodes { url deliveries(status: PENDING, first: 1) { totalCount } } } }',
  );
  const nodes = data.webhooks.nodes as { url: string; deliveries: { totalCount: number } }[];
  return new Map(nodes.map(({ url, deliveries: { totalCount } }) => [url, totalCount]));
}

it(`${deliveries} messages are lost to nobody, whatever the endpoints do and though their sender is killed ${kills} times`, async () => {
  const create = documentOf('createWebhook', 'webhook { id }');
  for (const { receiver } of fleet.endpoints) {
    const { data, errors } = await service.query(create, { input: { url: `${receiver.url}/`, content: 'NOTHING' } });
    expect(data?.createWebhook ?? errors).toMatchObject({ __typename: 'CreateWebhookSuccess' });
  }
  const pieces = Math.ceil(deliveries / manners.length);
  const records = Array.from({ length: pieces }, (_, index) => ({
    kind: 'article',
    slug: `piece-${index}`,
    headline: `Piece ${index}`,
    body: '<p>Words.</p>',
    section: 'world',
    status: 'PUBLISHED',
    publishedAt: '2026-06-15T12:00:00.000Z',
  }));
  const file = join(folder, 'pieces.ndjson');
  await writeFile(
    file,
    [{ kind: 'section', slug: 'world', name: 'World' }, ...records].map((record) => JSON.stringify(record)).join('\n'),
  );
  await service.command('import', file);

  for (let kill = 0; kill < kills; kill += 1) {
    await pause(2000);
    await service.kill();
    service = await started();
  }
  const patient = fleet.endpoints.filter(({ manner }) => manner !== 'redirects');
  await eventually(() => patient.every(({ taken }) => taken.size === pieces), 480_000);

  // Each piece was taken by each endpoint, under one id however often it came.
  for (const { taken } of patient) {
    expect([...taken.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  }
  // What could not be delivered waits; nothing has followed a redirect into the network.
  const pending = await pendingByUrl();
  for (const { receiver } of fleet.endpoints.filter(({ manner }) => manner === 'redirects')) {
    expect(pending.get(`${receiver.url}/`)).toBe(pieces);
  }
  expect(fleet.trap.received).toEqual([]);
  const again = patient.map(({ receiver }) => receiver.received.length - pieces);
  process.stdout.write(`requests beyond one a message, by endpoint: ${again.join(' ')}\n`);
});
