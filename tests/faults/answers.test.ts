import { setTimeout as pause } from 'node:timers/promises';
import { sql } from '../../src/database/sql.js';
import type { ServiceProcess } from '../support/service-process.js';
import { startTwoServices, type TwoServices } from '../support/two-services.js';

const suspendedMs = Number(process.env['SUSPENDED_MS'] ?? 30_000);

// Two services on one server, and a third hand that writes past both.
let both: TwoServices;
let db: TwoServices['db'];
let services: TwoServices['services'];
beforeAll(async () => {
  both = await startTwoServices();
  ({ db, services } = both);
}, 120_000);
afterAll(() => both?.close());

/** What a reader is shown as the newest headline. */
async function headline({ url }: ServiceProcess): Promise<string> {
  const query = '{ articles(first: 1) { nodes { headline } } }';
  const response = await fetch(`${url}/graphql?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as { data: { articles: { nodes: { headline: string }[] } } };
  return data.articles.nodes[0]!.headline;
}
const write = (text: string) =>
  db.rows(sql`update article set headline = ${text} where id = (
    select id from article where status = 'PUBLISHED' and ordered_at <= now() order by ordered_at desc, id desc limit 1)`);

it('a write past both instances shows on both within 100 ms', async () => {
  for (let round = 0; round < 50; round += 1) {
    for (const service of services) await headline(service);
    await write(`Round ${round}`);
    await pause(100);
    expect(await Promise.all(services.map(headline))).toEqual([`Round ${round}`, `Round ${round}`]);
  }
}, 60_000);

it(
  'the first answer of an instance that was suspended is true',
  async () => {
    const [one, other] = services;
    await headline(one);
    one.suspend();
    await write('Written meanwhile');
    await pause(suspendedMs);
    expect(await headline(other)).toBe('Written meanwhile');
    const first = headline(one); // on its way already when the instance wakes
    one.resume();
    expect(await first).toBe('Written meanwhile');
  },
  suspendedMs + 60_000,
);

it('an instance whose connection was cut off shows nothing it kept from before', async () => {
  for (const service of services) await headline(service);
  await db.rows(sql`
    select pg_terminate_backend(pid)::text from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'`);
  await db.rows(sql`
    select pg_terminate_backend(pid)::text from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and query = 'select 1'`);
  await write('After the cut');
  await pause(100);
  expect(await Promise.all(services.map(headline))).toEqual(['After the cut', 'After the cut']);
  // And it hears again: what is written later shows as soon as ever.
  await pause(1000);
  for (const service of services) await headline(service);
  await write('Heard again');
  await pause(100);
  expect(await Promise.all(services.map(headline))).toEqual(['Heard again', 'Heard again']);
}, 60_000);
