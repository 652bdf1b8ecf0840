import { openPostgres } from '../../../src/database/postgres.js';
import { name, sql } from '../../../src/database/sql.js';
import { testServer } from '../../support/server.js';

const onServer = process.env['TEST_DATABASE_URL'] === undefined ? it.skip : it;

onServer('a server keeps no more statements than there is room for, whatever clients combine', async () => {
  const db = await openPostgres({ connectionString: testServer }, { connections: 1 });
  try {
    for (let index = 0; index < 700; index += 1) {
      for (let time = 0; time < 3; time += 1) {
        const rows = await db.rows<{ combined: number }>(
          sql`select ${index}::int as combined, ${name(`${index}`)} as other`,
        );
        expect(rows[0]?.combined).toBe(index);
      }
    }
    const [kept] = await db.rows<{ count: number }>(sql`select count(*)::int as count from pg_prepared_statements`);
    expect(kept?.count).toBeLessThanOrEqual(500);
  } finally {
    await db.close();
  }
});
