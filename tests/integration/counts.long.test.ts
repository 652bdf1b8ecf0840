import { anyone } from '../../src/access/viewer.js';
import { countOfAll, countsOf } from '../../src/content/article/counts.js';
import type { Transaction } from '../../src/database/database.js';
import { readingOf } from '../../src/database/explain.js';
import { type Sql, sql } from '../../src/database/sql.js';
import { uuidv7 } from '../../src/identifiers.js';
import { miscounted } from '../support/counting.js';
import { insertPieces } from '../support/pieces.js';
import { anAuthor, aSection } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

const onServer = process.env['TEST_DATABASE_URL'] === undefined ? it.skip : it;
const pieces = 200;
const editor = { viewer: { role: 'editor', userId: uuidv7(), name: 'Edda' }, now: aMoment } as const;
const everybody = { viewer: anyone, now: aMoment };

let service: TestService;
let ids: string[];

beforeEach(async () => {
  service = await startService();
  await service.load([
    aSection({ slug: 'world' }),
    aSection({ slug: 'sport' }),
    anAuthor({ slug: 'ann' }),
    anAuthor({ slug: 'bo' }),
    { kind: 'tag', slug: 'trade', name: 'Trade' },
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
  ]);
  ids = Array.from({ length: pieces }, () => uuidv7());
  await insertPieces(
    service.db,
    ids.map((id, index) => ({
      id,
      slug: `piece-${index}`,
      section: index % 2 ? 'world' : 'sport',
      authors: index % 3 ? ['ann', 'bo'] : ['ann'],
      tags: ['trade'],
      partner: index % 5 ? 'riac' : null,
      language: 'en',
      status: 'PUBLISHED',
      published: aMoment,
      updated: aMoment,
      position: null,
    })),
  );
});
afterEach(() => service.close());

/** Another standing, another section, a byline more or less: each changes lists, none the whole. */
const changes: ((id: string, turn: number) => Sql)[] = [
  (id, turn) => sql`
    update article set status = ${turn % 2 ? 'UNPUBLISHED' : 'PUBLISHED'}::article_status,
      withdrawn_at = ${turn % 2 ? aMoment.toISOString() : null}::timestamptz, withdrawn_reason = ${turn % 2 ? 'Why not' : null}
    where id = ${id}::uuid`,
  (id, turn) => sql`
    update article set section_id = (select id from section where slug = ${turn % 2 ? 'world' : 'sport'}) where id = ${id}::uuid`,
  (id) => sql`delete from byline where article_id = ${id}::uuid and position = 2`,
  (id) => sql`
    insert into byline (article_id, position, author_id, name)
    select ${id}::uuid, 2, id, 'Bo' from author where slug = 'bo'
    on conflict do nothing`,
];

const foldAll = (tx: Pick<Transaction, 'rows'>) =>
  tx.rows(sql`select fold_article_tally(array(select distinct owner_id from article_tally))::text`);

const mostRows = async (): Promise<number> => {
  const [row] = await service.db.rows<{ rows: number }>(
    sql`select coalesce(max(rows), 0)::int as rows from (select count(*) as rows from article_tally group by owner_id) o`,
  );
  return row!.rows;
};

class TakenBack extends Error {}

it('twelve who write and fold at once do not stop each other, and every count at every moment is that of whole transactions', async () => {
  let isOver = false;
  const seen = new Set<number>();
  const watching = (async () => {
    while (!isOver) seen.add(await countOfAll(service.db, editor, {}));
  })();
  const writer = async (number: number) => {
    for (let turn = 0; turn < 25; turn += 1) {
      const transaction = service.db.transaction(async (tx) => {
        if ((turn + number) % 4 === 0) await foldAll(tx);
        // Pieces are held in one order, as all who write several do; other writers have the same ones.
        const chosen = [...new Set([0, 1, 2].map((step) => (number * 7 + turn * 13 + step * 31) % pieces))].sort(
          (one, other) => one - other,
        );
        for (const which of chosen) {
          const id = ids[which]!;
          await tx.rows(sql`select 1 from article where id = ${id}::uuid for update`);
          await tx.rows(changes[(turn + which) % changes.length]!(id, turn + number));
        }
        if ((turn + number) % 3 === 0) await foldAll(tx);
        if ((turn + number) % 7 === 0) throw new TakenBack();
      });
      await transaction.catch((error: unknown) => {
        if (!(error instanceof TakenBack)) throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: 12 }, (_, number) => writer(number)));
  isOver = true;
  await watching;
  expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect([...seen]).toEqual([pieces]);
  expect(await miscounted(service.db)).toEqual([]);
  await foldAll(service.db);
  expect(await miscounted(service.db)).toEqual([]);
}, 120_000);

onServer(
  'who folds and stays stops nobody, and what it took is there again when it gives up',
  async () => {
    const [section] = await service.db.rows<{ id: string }>(sql`select id from section where slug = 'world'`);
    const before = await countsOf(service.db, everybody, 'section', [section!.id]);
    const long = service.db.transaction(
      async (tx) => {
        await tx.rows(changes[1]!(ids[0]!, 1));
        await foldAll(tx);
        for (let turn = 1; turn < 60; turn += 1) {
          await service.db.rows(changes[1]!(ids[turn]!, turn + 1));
          await service.db.transaction(foldAll);
        }
        throw new TakenBack();
      },
      { timeoutMs: 60_000 },
    );
    await expect(long).rejects.toThrow(TakenBack);
    expect(await miscounted(service.db)).toEqual([]);
    // Thirty left for the other section, 29 came from there.
    expect(await countsOf(service.db, everybody, 'section', [section!.id])).toEqual([
      { key: section!.id, count: before[0]!.count - 1 },
    ]);
  },
  90_000,
);

onServer('a transaction that must see one state of everything is not failed by who folds beside it', async () => {
  const serial = service.db.transaction(async (tx) => {
    await tx.rows(sql`set transaction isolation level repeatable read`);
    await tx.rows(sql`select 1 from article limit 1`);
    await service.db.transaction(foldAll);
    for (let turn = 0; turn < 100; turn += 1) await tx.rows(changes[1]!(ids[turn]!, turn + 1));
  });
  await serial;
  expect(await miscounted(service.db)).toEqual([]);
});

it.each([
  ['in transactions of their own', (work: (tx: Pick<Transaction, 'rows'>) => Promise<void>) => work(service.db)],
  [
    'in one transaction',
    (work: (tx: Pick<Transaction, 'rows'>) => Promise<void>) => service.db.transaction(work, { timeoutMs: 100_000 }),
  ],
])(
  'after three thousand writes %s a count reads no more than after one',
  async (_name, within) => {
    const [author] = await service.db.rows<{ id: string }>(sql`select id from author where slug = 'ann'`);
    let most = 0;
    await within(async (tx) => {
      for (let turn = 0; turn < 3000; turn += 1) {
        await tx.rows(changes[turn % 2]!(ids[turn % pieces]!, (turn >> 1) + (turn % 4 === 0 ? 1 : 0)));
        if (turn % 100 === 99) {
          const [row] = await tx.rows<{ rows: number }>(
            sql`select max(rows)::int as rows from (select count(*) as rows from article_tally group by owner_id) o`,
          );
          most = Math.max(most, row!.rows);
        }
      }
    });
    expect(await miscounted(service.db)).toEqual([]);
    expect([most, most > 5, most < 300]).toEqual([most, true, true]);
    // Lists of others, as many as a paper has: a table of a few pages is read as a whole.
    await service.db.rows(sql`
      insert into article_tally (owner_id, status, pieces) select gen_random_uuid(), 'PUBLISHED', 1 from generate_series(1, 20000)`);
    await service.db.rows(sql`analyze`);
    service.asked();
    await countsOf(service.db, everybody, 'author', [author!.id]);
    await countOfAll(service.db, everybody, {});
    const asked = service.asked();
    expect(asked).toHaveLength(2);
    for (const statement of asked) {
      const reading = await readingOf(service.db, statement);
      expect([reading, reading.rows < 300 + pieces, reading.pages < 400]).toEqual([reading, true, true]);
    }
    await foldAll(service.db);
    expect(await mostRows()).toBeLessThanOrEqual(5);
  },
  180_000,
);

it('tables that are emptied at a stroke are counted anew', async () => {
  await service.db.rows(sql`truncate article_tag`);
  expect(await miscounted(service.db)).toEqual([]);
  await service.db.rows(sql`truncate article cascade`);
  expect(await miscounted(service.db)).toEqual([]);
  expect(await countOfAll(service.db, editor, {})).toBe(0);
});
