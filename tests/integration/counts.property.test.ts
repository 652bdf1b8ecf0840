import fc from 'fast-check';
import { anyone, type Viewer } from '../../src/access/viewer.js';
import { countOfAll, countsOf } from '../../src/content/article/counts.js';
import type { ArticleFilter, ArticleOwner } from '../../src/content/article/lists.js';
import { absorbAuthor } from '../../src/content/author/store.js';
import { absorbTag, removeTag } from '../../src/content/tag/store.js';
import type { Database, Transaction } from '../../src/database/database.js';
import { type Sql, sql } from '../../src/database/sql.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import type { ArticleRecord } from '../../src/importing/records.js';
import { countedByHand, everyPiece, miscounted } from '../support/counting.js';
import { anArticle } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';
import { type Write, write, type writes } from '../support/writes.js';

let service: TestService;
const contributor = { role: 'contributor', userId: '01900000-0000-7000-8000-0000000000aa', name: 'Cleo' } as const;
const editor = { role: 'editor', userId: '01900000-0000-7000-8000-0000000000bb', name: 'Edda' } as const;
const viewers: readonly Viewer[] = [anyone, contributor, editor];

beforeAll(async () => {
  service = await startService();
  await service.db.prisma.user.create({ data: { id: contributor.userId, name: 'Cleo', role: 'CONTRIBUTOR' } });
  await loadSampleNewsroom(service.db, service.site, service.now);
}, 60_000);
afterAll(() => service.close());

interface Named {
  id: string;
  slug: string;
}

const tables = ['section', 'author', 'tag', 'partner'] as const satisfies readonly ArticleOwner[];
const named = (db: Database, table: ArticleOwner) => db.send<Named>(`select id, slug from "${table}" order by id`, []);
const oneOf = <Item>(items: readonly Item[], pick: number) => items[pick % Math.max(1, items.length)];

/** What changes counts besides the writes that all tests of answers share. */
const more = {
  begin: async ({ db, now, pick, other }: Hand) => {
    const section = oneOf(await named(db, 'section'), pick);
    const author = oneOf(await named(db, 'author'), other);
    const id = crypto.randomUUID();
    await db.transaction(async (tx) => {
      await tx.rows(sql`
        insert into article (id, slug, path, headline, section_id, language, owner_id, created_at, updated_at, published_at)
        values (${id}::uuid, ${id}, ${`/${id}/`}, 'Begun', ${section?.id}::uuid, 'en', ${contributor.userId}::uuid,
          ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz, ${other % 2 ? now.toISOString() : null}::timestamptz)`);
      await tx.rows(sql`
        insert into article_revision (article_id, number, headline, html, tree, word_count, opening, details)
        values (${id}::uuid, 1, 'Begun', '<p>Words.</p>', '{"type":"root","children":[]}', 1, 'Words.', '{}')`);
      await tx.rows(sql`
        insert into byline (article_id, position, author_id, name) values (${id}::uuid, 1, ${author?.id}::uuid, 'Someone')`);
    });
  },
  import: async ({ db, now, pick, other }: Hand) => {
    const [sections, authors, tags] = await Promise.all([named(db, 'section'), named(db, 'author'), named(db, 'tag')]);
    const standings: NonNullable<ArticleRecord['status']>[] = ['PUBLISHED', 'DRAFT', 'IN_REVIEW', 'SCHEDULED'];
    await service.load(
      Array.from({ length: 1 + (pick % 4) }, (_, index) => {
        const status = oneOf(standings, other + index)!;
        const minutes = status === 'SCHEDULED' ? 1 + (other % 90) : -(other % 90);
        return anArticle({
          slug: `imported-${(pick + index) % 12}`,
          section: oneOf(sections, other + index)!.slug,
          authors: [...new Set([oneOf(authors, pick)!.slug, oneOf(authors, other)!.slug])],
          tags: [
            ...new Set(
              [oneOf(tags, pick)?.slug, oneOf(tags, other + index)?.slug].filter((slug) => slug !== undefined),
            ),
          ],
          status,
          publishedAt: new Date(now.getTime() + minutes * 60_000).toISOString(),
        });
      }),
    );
  },
  mergeAuthors: async ({ db, now, pick, other }: Hand) => {
    const authors = await named(db, 'author');
    const [from, into] = [oneOf(authors, pick)!, oneOf(authors, other)!];
    if (from.id !== into.id && authors.length > 3) await db.transaction((tx) => absorbAuthor(tx, from, into.id, now));
  },
  deleteAuthor: async ({ db, pick }: Hand) => {
    const authors = await named(db, 'author');
    if (authors.length > 3) await db.rows(sql`delete from author where id = ${oneOf(authors, pick)?.id}::uuid`);
  },
  mergeTags: async ({ db, now, pick, other }: Hand) => {
    const tags = await named(db, 'tag');
    const [from, into] = [oneOf(tags, pick)!, oneOf(tags, other)!];
    if (from.id !== into.id && tags.length > 3) await db.transaction((tx) => absorbTag(tx, from, into.id, now));
  },
  deleteTag: async ({ db, now, pick }: Hand) => {
    const tags = await named(db, 'tag');
    if (tags.length > 3) await db.transaction((tx) => removeTag(tx, oneOf(tags, pick)!.id, now));
  },
  emptySection: async ({ db, pick, other }: Hand) => {
    const sections = await named(db, 'section');
    const [from, into] = [oneOf(sections, pick)!, oneOf(sections, other)!];
    await db.rows(sql`update article set section_id = ${into.id}::uuid where section_id = ${from.id}::uuid`);
  },
  everythingAtOnce: ({ db, pick }: Hand) =>
    db.rows(sql`
      update article set status = (array['PUBLISHED', 'DRAFT', 'IN_REVIEW']::article_status[])[1 + (${pick}::int + serial) % 3],
        first_published_at = coalesce(first_published_at, published_at), announce_at = null, withdrawn_at = null, withdrawn_reason = null where status <> 'RETRACTED' and published_at is not null`),
  fold: ({ db }: Hand) => db.rows(sql`select fold_article_tally(array(select owner_id from article_tally))::text`),
  recount: ({ db }: Hand) => db.rows(sql`select recount_articles()::text`),
};

interface Hand {
  db: Database;
  now: Date;
  pick: number;
  other: number;
}

const shared: (keyof typeof writes)[] = [
  'publish',
  'schedule',
  'unpublish',
  'retract',
  'move',
  'date',
  'takeAway',
  'byline',
  'tagging',
  'source',
  'moveSection',
  'manyAtOnce',
];
const numbers = { pick: fc.nat(1000), other: fc.nat(1000) };
const aWrite = fc.oneof(
  fc.record({ kind: fc.constantFrom(...shared), ...numbers }),
  fc.record({ kind: fc.constantFrom(...(Object.keys(more) as (keyof typeof more)[])), ...numbers }),
);
type Step = { kind: Write['kind'] | keyof typeof more; pick: number; other: number } | { minutes: number };
const step: fc.Arbitrary<Step | { undone: Step[] }> = fc.oneof(
  { arbitrary: aWrite, weight: 12 },
  { arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 90 }) }), weight: 2 },
  { arbitrary: fc.record({ undone: fc.array(aWrite, { minLength: 1, maxLength: 4 }) }), weight: 1 },
);

async function take(db: Database, taken: Step): Promise<void> {
  if ('minutes' in taken) {
    service.now = new Date(service.now.getTime() + taken.minutes * 60_000);
    return;
  }
  const { kind, ...hand } = taken;
  if (kind in more) await more[kind as keyof typeof more]({ db, now: service.now, ...hand });
  else await write(db, service.now, { kind: kind as Write['kind'], ...hand });
}

class TakenBack extends Error {}

/** Takes the steps in one transaction that is rolled back: those inside it that would open their own are part of it. */
async function takeBack(steps: readonly Step[]): Promise<void> {
  const undone = service.db.transaction(async (tx) => {
    const within = {
      ...service.db,
      rows: <Row>(statement: Sql) => tx.rows<Row>(statement),
      send: <Row>(text: string, values: readonly unknown[] = []) => tx.send<Row>(text, values),
      transaction: <Result>(work: (inner: Transaction) => Promise<Result>) => work(tx),
    };
    for (const each of steps) if ('kind' in each && each.kind !== 'import') await take(within, each);
    throw new TakenBack();
  });
  await expect(undone).rejects.toThrow(TakenBack);
}

/** Every way in which a count is asked for, with the filters that say the same. */
async function filters(): Promise<{ filter: ArticleFilter; owned: [ArticleOwner, Named] | null }[]> {
  const found: { filter: ArticleFilter; owned: [ArticleOwner, Named] | null }[] = [{ filter: {}, owned: null }];
  const slugs: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await named(service.db, table);
    slugs[table] = rows.map(({ slug }) => slug);
    for (const row of rows) found.push({ filter: { [`${table}s`]: [row.slug] }, owned: [table, row] });
    found.push({ filter: { [`${table}s`]: slugs[table].slice(0, 2) }, owned: null });
    found.push({
      filter: { [`${table}s`]: [slugs[table][0] ?? '', slugs[table][0] ?? '', 'nobody'].slice(0, 2) },
      owned: null,
    });
    found.push({ filter: { [`${table}s`]: [] }, owned: null });
  }
  found.push({
    filter: { sections: slugs['section']!.slice(0, 1), authors: slugs['author']!.slice(0, 1) },
    owned: null,
  });
  found.push({ filter: { tags: slugs['tag']!.slice(0, 1), partners: slugs['partner']!.slice(0, 1) }, owned: null });
  found.push({ filter: { language: 'en' }, owned: null });
  return found;
}

const statuses = [
  ['PUBLISHED'],
  ['SCHEDULED'],
  ['PUBLISHED', 'SCHEDULED'],
  ['DRAFT', 'RETRACTED', 'SCHEDULED'],
  [],
] as const;

/** The counts that are not what they are by hand. */
async function wrong(): Promise<string[]> {
  const found: string[] = [];
  const pieces = await everyPiece(service.db);
  const asked = await filters();
  const sightOf = (viewer: Viewer) => ({ viewer, now: service.now });
  const look = async (viewer: Viewer, filter: ArticleFilter) => {
    const there = countedByHand(pieces, sightOf(viewer), filter);
    const count = await countOfAll(service.db, sightOf(viewer), filter);
    if (count !== there) found.push(`${viewer.role} ${JSON.stringify(filter)}: ${count}, not ${there}`);
  };
  for (const viewer of viewers) {
    for (const { filter } of asked) await look(viewer, filter);
    for (const table of tables) {
      const owned = asked.flatMap(({ owned }) => (owned?.[0] === table ? [owned[1]] : []));
      const counts = await countsOf(
        service.db,
        sightOf(viewer),
        table,
        owned.map(({ id }) => id),
      );
      for (const { id, slug } of owned) {
        const there = countedByHand(pieces, sightOf(viewer), { [`${table}s`]: [slug] });
        const count = counts.find(({ key }) => key === id)?.count;
        if (count !== there) found.push(`${viewer.role} ${table} ${slug}: ${count}, not ${there}`);
      }
    }
  }
  for (const status of statuses) {
    await look(editor, { status });
    const one = asked.find(({ owned }) => owned?.[0] === 'section');
    await look(editor, { ...one?.filter, status });
  }
  return found;
}

const rounds = Number(process.env['COUNT_STEPS'] ?? 40);
const seed = Number(process.env['COUNT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

it(`counts are what is there, whatever was written and by whom it is asked (seed ${seed})`, async () => {
  expect(await wrong()).toEqual([]);
  for (const [index, taken] of fc.sample(step, { numRuns: rounds, seed }).entries()) {
    if ('undone' in taken) await takeBack(taken.undone);
    else await take(service.db, taken);
    expect({ index, taken, wrong: await wrong(), miscounted: await miscounted(service.db) }).toEqual({
      index,
      taken,
      wrong: [],
      miscounted: [],
    });
  }
}, 600_000);

it('the graph answers them', async () => {
  const pieces = await everyPiece(service.db);
  for (const [viewer, headers] of [
    [anyone, {}],
    [editor, await service.signIn('editor')],
  ] as const) {
    const { data } = await service.query(
      '{ articles { totalCount } sections { slug articleCount articles { totalCount } } authors(first: 100) { nodes { slug articleCount } } }',
      {},
      headers,
    );
    const by = (filter: ArticleFilter) => countedByHand(pieces, { viewer, now: service.now }, filter);
    expect(data.articles.totalCount).toBe(by({}));
    for (const { slug, articleCount, articles } of data.sections)
      expect([slug, articleCount, articles.totalCount]).toEqual([
        slug,
        by({ sections: [slug] }),
        by({ sections: [slug] }),
      ]);
    for (const { slug, articleCount } of data.authors.nodes)
      expect([slug, articleCount]).toEqual([slug, by({ authors: [slug] })]);
  }
});

it('a tally that is wrong makes counts wrong: they come from it', async () => {
  await service.db.rows(
    sql`update article_tally set pieces = pieces + 1 where owner_id = '00000000-0000-0000-0000-000000000000'`,
  );
  expect(await miscounted(service.db)).not.toEqual([]);
  expect(await wrong()).toContainEqual(expect.stringContaining('editor {}'));
  await service.db.rows(sql`select recount_articles()::text`);
  expect(await miscounted(service.db)).toEqual([]);
  expect(await wrong()).toEqual([]);
});
