import fc from 'fast-check';
import { sortNameOf } from '../../src/content/names.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import type { Kept, World } from './churn.js';
import { insertPieces, type PieceRow, setStanding } from './pieces.js';
import { aMoment } from './service.js';

/** Few moments for many rows, so that most of them share one. */
export const momentOf = (bucket: number) => new Date(aMoment.getTime() - bucket * 60_000);
const bucket = fc.nat(4);

export interface Piece extends Kept {
  row: PieceRow;
}

/** Articles; their sections, authors, tags, partners and the collection `set` must be there. */
export const piecesIn = (db: () => Database): World<Piece> => ({
  row: fc
    .record({
      id: fc.uuid(),
      section: fc.constantFrom('world', 'world', 'asia', 'sport'),
      authors: fc.shuffledSubarray(['ann', 'bo']),
      tags: fc.shuffledSubarray(['trade', 'war']),
      partner: fc.constantFrom('riac', 'riac', null),
      language: fc.constantFrom('en', 'en', 'fr'),
      status: fc.constantFrom('PUBLISHED' as const, 'PUBLISHED' as const, 'PUBLISHED' as const, 'DRAFT' as const),
      published: bucket.map(momentOf),
      updated: bucket.map(momentOf),
      position: fc.option(fc.nat(3)),
    })
    .map((row) => ({ id: row.id, shown: row.status === 'PUBLISHED', row: { ...row, slug: `piece-${row.id}` } })),
  clear: async () => void (await db().rows(sql`delete from article`)),
  insert: (rows) =>
    insertPieces(
      db(),
      rows.map(({ row }) => row),
    ),
  hide: ({ id }) => setStanding(db(), id, Number(id.codePointAt(0)) % 2 ? 'RETRACTED' : 'UNPUBLISHED', aMoment),
  remove: async ({ id }) => void (await db().rows(sql`delete from article where id = ${id}::uuid`)),
  async move({ row, ...kept }, place) {
    const at = momentOf(place);
    const moved = { ...row, published: at, updated: at, position: row.position === null ? null : place };
    await db().rows(sql`
      update article set published_at = ${at.toISOString()}::timestamptz, updated_at = ${at.toISOString()}::timestamptz where id = ${row.id}::uuid`);
    await db().rows(sql`update collection_article set position = ${place}::int where article_id = ${row.id}::uuid`);
    return { ...kept, row: moved };
  },
});

export interface Named extends Kept {
  name: string;
  kind: 'SERIES' | 'PACKAGE';
}

const name = fc.constantFrom('Ångström', 'angstrom', 'Zoë', 'ann', 'Ann');

/** Authors or collections, by name. */
export function namedIn(db: () => Database, table: 'author' | 'collection'): World<Named> {
  const [title, sortTitle] = table === 'author' ? ['name', 'sort_name'] : ['title', 'sort_title'];
  const isChurning = "slug like 'churn-%'";
  const run = (text: string) => db().rows(sql([text]));
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const remove = async ({ id }: Kept) => void (await run(`delete from ${table} where id = '${id}'`));
  return {
    row: fc.record({
      id: fc.uuid(),
      shown: fc.constant(true),
      name,
      kind: fc.constantFrom('SERIES' as const, 'PACKAGE' as const),
    }),
    clear: async () => void (await run(`delete from ${table} where ${isChurning}`)),
    async insert(rows) {
      if (rows.length === 0) return;
      const [kindColumn, kindOf] = table === 'author' ? ['', () => ''] : [', kind', (row: Named) => `, '${row.kind}'`];
      const values = rows.map(
        (row) => `('${row.id}', 'churn-${row.id}', ${quoted(row.name)}, ${quoted(sortNameOf(row.name))}${kindOf(row)})`,
      );
      await run(`insert into ${table} (id, slug, ${title}, ${sortTitle}${kindColumn}) values ${values.join(', ')}`);
    },
    hide: remove,
    remove,
    async move(row, place) {
      const renamed = `Name ${place}`;
      await run(
        `update ${table} set ${title} = ${quoted(renamed)}, ${sortTitle} = ${quoted(sortNameOf(renamed))} where id = '${row.id}'`,
      );
      return { ...row, name: renamed };
    },
  };
}

export interface Written extends Kept {
  at: number;
  answers: boolean;
}

const underId = '018f4b7e-0000-7000-8000-00000000000a';
const threadId = '018f4b7e-0000-7000-8000-00000000000b';

/** Comments under one article called `discussed`. */
export const commentsIn = (db: () => Database): World<Written> => ({
  row: fc.record({
    id: fc.uuid(),
    shown: fc.constantFrom(true, true, false),
    at: bucket,
    answers: fc.constantFrom(false, false, true),
  }),
  async clear() {
    await db().rows(sql`delete from article`);
    const piece = {
      section: 'world',
      authors: [],
      tags: [],
      partner: null,
      language: 'en',
      position: null,
      status: 'PUBLISHED' as const,
    };
    await insertPieces(db(), [{ ...piece, id: underId, slug: 'discussed', published: aMoment, updated: aMoment }]);
    await db().rows(
      sql`insert into comment (id, article_id, author_name, text) values (${threadId}::uuid, ${underId}::uuid, 'Bo', 'Held.')`,
    );
  },
  async insert(rows) {
    const given = rows.map(({ at, ...row }) => ({ ...row, at: momentOf(at), thread: row.answers ? threadId : null }));
    await db().rows(sql`
      insert into comment (id, article_id, parent_id, author_name, text, status, created_at)
      select x.id, ${underId}::uuid, x.thread, 'Bo', 'Well.', case when x.shown then 'APPROVED' else 'PENDING' end::comment_status, x.at
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) x(id uuid, thread uuid, shown boolean, at timestamptz)`);
  },
  hide: async ({ id }) => void (await db().rows(sql`update comment set status = 'SPAM' where id = ${id}::uuid`)),
  remove: async ({ id }) => void (await db().rows(sql`delete from comment where id = ${id}::uuid`)),
  async move(row, place) {
    await db().rows(
      sql`update comment set created_at = ${momentOf(place).toISOString()}::timestamptz where id = ${row.id}::uuid`,
    );
    return { ...row, at: place };
  },
});
