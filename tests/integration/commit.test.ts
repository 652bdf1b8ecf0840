import { sql } from '../../src/database/sql.js';
import { freshDatabase } from '../support/database.js';

it('what fails when it is committed has failed', async () => {
  const db = await freshDatabase();
  try {
    await db.send('create table one (id int primary key)');
    await db.send('create table other (one int references one deferrable initially deferred)');
    const insert = (one: number) =>
      db.transaction(async (tx) => void (await tx.rows(sql`insert into other values (${one}::int)`)));
    await expect(insert(1)).rejects.toMatchObject({ cause: { kind: 'ForeignKeyConstraintViolation' } });
    await db.send('insert into one values (2)');
    await insert(2);
    expect(await db.rows(sql`select one from other`)).toEqual([{ one: 2 }]);
  } finally {
    await db.close();
  }
});
