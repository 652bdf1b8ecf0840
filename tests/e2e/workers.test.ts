import { readFile } from 'node:fs/promises';
import { openScratch } from '../../src/database/scratch.js';
import { sql } from '../../src/database/sql.js';
import type { Database } from '../../src/database/database.js';
import { documentOf } from '../support/mutation.js';
import { eventually } from '../support/eventually.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { testServer } from '../support/server.js';

const program = ['dist/cli/dateline.js', 'serve', '--workers', '2'];

let db: Database;
let service: ServiceProcess;
beforeAll(async () => {
  db = await openScratch(testServer);
  await db.migrate();
  const [row] = await db.rows<{ name: string }>(sql`select current_database() as name`);
  const url = new URL(testServer);
  url.pathname = `/${row?.name}`;
  service = await startServiceProcess({ DATABASE_URL: url.href }, program);
});
afterAll(async () => {
  await service?.stop();
  await db?.close();
});

const workers = async (): Promise<number[]> =>
  (await readFile(`/proc/${service.pid}/task/${service.pid}/children`, 'utf8')).trim().split(' ').map(Number);

/** On a connection of its own, so that workers take turns. */
const asked = async (path: string) => {
  const response = await fetch(service.url + path, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(2000),
  });
  return response.text();
};
const latest = async () =>
  asked(`/graphql?query=${encodeURIComponent('{ latestFeed { entries(first: 1) { nodes { headline } } } }')}`);
const requestsCounted = async () => {
  const counts = [...(await asked('/metrics')).matchAll(/^dateline_http_requests_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

it('serves on several processes, whose metrics are added up wherever they are asked for', async () => {
  expect(service.said()).toContain('on 2 workers');
  expect(await workers()).toHaveLength(2);
  const before = await requestsCounted();
  for (let count = 0; count < 10; count += 1) await asked('/healthz');
  // Looking at the metrics counts, too, once it is answered.
  expect(await requestsCounted()).toBe(before + 11);
});

it('shows what one worker was told on all of them at once', async () => {
  const input = { headline: 'Seen by all', section: 'world', body: { html: '<p>Words.</p>' } };
  const send = async (mutation: string, given: object) => {
    const document = documentOf(mutation, 'article { id revision }');
    const { data } = await service.query(document, { input: given });
    return data[mutation].article as { id: string; revision: number };
  };
  const [section] = await db.rows<{ slug: string }>(sql`select slug from section order by position limit 1`);
  let { id, revision } = await send('createArticle', { ...input, section: section?.slug });
  for (const mutation of ['submitArticle', 'publishArticle'])
    ({ id, revision } = await send(mutation, { id, expectedRevision: revision }));
  await eventually(async () => (await latest()).includes('Seen by all'), 500);
  for (let count = 0; count < 8; count += 1) expect(await latest()).toContain('Seen by all');
});

it('goes on when a worker is killed, and puts another in its place', async () => {
  const [first] = await workers();
  process.kill(first ?? 0, 'SIGKILL');
  // What had been handed to the one that died is lost with it.
  const isAnswered = () =>
    latest().then(
      (text) => text.includes('headline'),
      () => false,
    );
  for (let count = 0; count < 4; count += 1) await eventually(isAnswered, 5000);
  await eventually(async () => {
    const now = await workers();
    return now.length === 2 && !now.includes(first ?? 0) && (await isAnswered());
  }, 30_000);
});

it('needs a server, and says so', async () => {
  await expect(startServiceProcess({}, program)).rejects.toThrow(
    /Several workers need a PostgreSQL server, named in DATABASE_URL/,
  );
});
