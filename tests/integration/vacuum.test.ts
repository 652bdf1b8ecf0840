import { sql } from '../../src/database/sql.js';
import { vacuumNext } from '../../src/jobs/vacuum.js';
import { aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

// A server vacuums by itself, at moments of its own and not beneath what others still look at.
const embedded = process.env['TEST_DATABASE_URL'] === undefined ? it : it.skip;

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await service.load([aSection()]);
});
afterAll(() => service.close());

const size = async () =>
  (await service.db.rows<{ bytes: number }>(sql`select pg_relation_size('section')::int as bytes`))[0]!.bytes;
const tables = async () =>
  (await service.db.rows<{ count: number }>(sql`select count(*)::int as count from pg_stat_user_tables`))[0]!.count;

async function changeOften(): Promise<void> {
  for (let count = 0; count < 400; count += 1) {
    await service.db.rows(sql`update section set description = ${'word '.repeat(100) + count}`);
  }
}

async function vacuumAll(): Promise<void> {
  for (let count = await tables(); count > 0; count -= 1) await vacuumNext(service.db);
}

embedded('a table that is changed again and again does not grow when each has had its turn', async () => {
  await changeOften();
  await vacuumAll();
  const before = await size();
  for (let round = 0; round < 3; round += 1) {
    await changeOften();
    await vacuumAll();
  }
  expect(await size()).toBeLessThanOrEqual(before * 1.5);
  const [never] = await service.db.rows(sql`select 1 from pg_stat_user_tables where last_vacuum is null limit 1`);
  expect(never).toBeUndefined();
});
