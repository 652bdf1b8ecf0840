import fc from 'fast-check';
import { beginningOf, halfHour, rankingLifeMs } from '../../src/content/trending/rules.js';
import { addViews } from '../../src/content/trending/store.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { uuidv7 } from '../../src/identifiers.js';

/** A change to what is kept: of which rows is chosen by numbers, so that a run can be had again. */
export interface Write {
  kind: keyof typeof writes;
  pick: number;
  other: number;
}

interface Hand {
  db: Database;
  now: Date;
  pick: number;
  other: number;
}

const minute = 60_000;

/** The `pick`th row of those that `which` answers; nothing is done where there is none. */
async function one<Row>({ db, pick }: Hand, which: string): Promise<Row | undefined> {
  const rows = await db.send<Row>(which, []);
  return rows[pick % Math.max(1, rows.length)];
}

interface Piece {
  id: string;
  slug: string;
}

const of = {
  anyPiece: 'select id, slug from article order by id',
  shown: `select id, slug from article where status = 'PUBLISHED' order by id`,
  hidden: `select id, slug from article where status <> 'PUBLISHED' order by id`,
  section: 'select id, slug from section order by id',
  author: 'select id, slug from author order by id',
  tag: 'select id, slug from tag order by id',
  partner: 'select id, slug from partner order by id',
  collection: 'select id, slug from collection order by id',
  comment: 'select id, slug from (select id, author_name as slug from comment) c order by id',
};

const onOne =
  (which: keyof typeof of, act: (hand: Hand, row: Piece, moment: string) => Promise<unknown>) => async (hand: Hand) => {
    const row = await one<Piece>(hand, of[which]);
    if (row) await act(hand, row, hand.now.toISOString());
  };
/** Another row of a kind. */
const another = async (hand: Hand, which: keyof typeof of) =>
  (await one<Piece>({ ...hand, pick: hand.other }, of[which]))!;

/** Every way in which what readers see comes to be otherwise, however it is brought about. */
export const writes = {
  headline: onOne('anyPiece', ({ db, other }, { id }, now) =>
    db.rows(
      sql`update article set headline = ${`Headline ${other}`}, updated_at = ${now}::timestamptz, revision = revision + 1 where id = ${id}::uuid`,
    ),
  ),
  words: onOne('shown', ({ db, other }, { id }, now) =>
    db.transaction(async (tx) => {
      const html = `<p>Words ${other}</p>`;
      const tree = `{"type":"root","children":[{"type":"element","tagName":"p","properties":{},"children":[{"type":"text","value":"Words ${other}"}]}]}`;
      await tx.rows(sql`
        insert into article_revision (article_id, number, headline, html, tree, word_count, opening, details, saved_at)
        select id, revision + 1, headline, ${html}, ${tree}::json, 2, ${`Words ${other}`}, '{}'::jsonb, ${now}::timestamptz from article where id = ${id}::uuid`);
      await tx.rows(
        sql`update article set revision = revision + 1, live_revision = revision + 1, updated_at = ${now}::timestamptz where id = ${id}::uuid`,
      );
    }),
  ),
  publish: onOne('hidden', ({ db }, { id }, now) =>
    db.rows(sql`update article set status = 'PUBLISHED', published_at = ${now}::timestamptz, first_published_at = coalesce(first_published_at, ${now}::timestamptz),
      withdrawn_at = null, withdrawn_reason = null where id = ${id}::uuid`),
  ),
  schedule: onOne('hidden', ({ db, now, other }, { id }) => {
    const at = new Date(now.getTime() + (1 + (other % 20)) * minute).toISOString();
    return db.rows(sql`
      update article set status = 'PUBLISHED', published_at = ${at}::timestamptz,
        first_published_at = coalesce(first_published_at, ${at}::timestamptz), withdrawn_at = null, withdrawn_reason = null
      where id = ${id}::uuid`);
  }),
  unpublish: onOne('shown', ({ db }, { id }, now) =>
    db.rows(
      sql`update article set status = 'UNPUBLISHED', announce_at = null, withdrawn_at = ${now}::timestamptz, withdrawn_reason = 'Why not' where id = ${id}::uuid`,
    ),
  ),
  retract: onOne('shown', ({ db }, { id }, now) =>
    db.rows(
      sql`update article set status = 'RETRACTED', announce_at = null, withdrawn_at = ${now}::timestamptz, withdrawn_reason = 'Wrong' where id = ${id}::uuid`,
    ),
  ),
  move: onOne('shown', async (hand, { id }) => {
    const section = await another(hand, 'section');
    await hand.db.rows(sql`update article set section_id = ${section.id}::uuid where id = ${id}::uuid`);
  }),
  date: onOne('shown', async (hand, { id }) => {
    const beside = await another(hand, 'shown');
    await hand.db.rows(
      sql`update article set announce_at = null, published_at = (select published_at from article where id = ${beside.id}::uuid) where id = ${id}::uuid`,
    );
  }),
  language: onOne('shown', ({ db, other }, { id }) =>
    db.rows(sql`update article set language = ${other % 2 ? 'en' : 'fr'} where id = ${id}::uuid`),
  ),
  address: onOne('shown', ({ db, other }, { id, slug }) =>
    db.transaction(async (tx) => {
      const [was] = await tx.rows<{ path: string }>(sql`select path from article where id = ${id}::uuid`);
      await tx.rows(
        sql`insert into old_address (path, article_id) values (${was!.path}, ${id}::uuid) on conflict do nothing`,
      );
      await tx.rows(
        sql`update article set slug = ${`${slug}-${other}`}, path = ${`/moved/${slug}-${other}/`} where id = ${id}::uuid`,
      );
    }),
  ),
  takeAway: onOne('anyPiece', ({ db }, { id }) => db.rows(sql`delete from article where id = ${id}::uuid`)),
  byline: onOne('anyPiece', async (hand, { id }) => {
    const author = await another(hand, 'author');
    await hand.db.rows(sql`delete from byline where article_id = ${id}::uuid and author_id = ${author.id}::uuid`);
    if (hand.other % 3)
      await hand.db.rows(sql`insert into byline (article_id, position, author_id, name)
      select ${id}::uuid, coalesce(max(position), 0) + 1, ${author.id}::uuid, 'Someone' from byline where article_id = ${id}::uuid`);
  }),
  tagging: onOne('anyPiece', async (hand, { id }) => {
    const tag = await another(hand, 'tag');
    await hand.db.rows(sql`delete from article_tag where article_id = ${id}::uuid and tag_id = ${tag.id}::uuid`);
    if (hand.other % 3)
      await hand.db.rows(sql`insert into article_tag (article_id, tag_id, position)
      select ${id}::uuid, ${tag.id}::uuid, coalesce(max(position), 0) + 1 from article_tag where article_id = ${id}::uuid`);
  }),
  source: onOne('shown', async (hand, { id }) => {
    const partner = await another(hand, 'partner');
    await hand.db.rows(
      sql`update article set partner_id = ${hand.other % 2 ? partner.id : null}::uuid, attribution = ${`By ${hand.other}`} where id = ${id}::uuid`,
    );
  }),
  correction: onOne('shown', ({ db, other }, { id }, now) =>
    db.rows(
      sql`insert into correction (id, article_id, text, at) values (${uuidv7()}::uuid, ${id}::uuid, ${`No. ${other}`}, ${now}::timestamptz)`,
    ),
  ),
  comment: onOne('shown', ({ db, other }, { id }, now) =>
    db.rows(sql`insert into comment (id, article_id, author_name, text, status, created_at)
      values (${uuidv7()}::uuid, ${id}::uuid, 'Bo', ${`Comment ${other}`}, ${other % 2 ? 'APPROVED' : 'PENDING'}::comment_status, ${now}::timestamptz)`),
  ),
  reply: onOne('comment', ({ db, other }, { id }, now) =>
    db.rows(sql`insert into comment (id, article_id, parent_id, author_name, text, status, created_at)
      select ${uuidv7()}::uuid, article_id, id, 'Cy', ${`Reply ${other}`}, 'APPROVED', ${now}::timestamptz from comment where id = ${id}::uuid and parent_id is null`),
  ),
  moderate: onOne('comment', ({ db, other }, { id }) =>
    db.rows(
      sql`update comment set status = ${other % 2 ? 'APPROVED' : 'REJECTED'}::comment_status where id = ${id}::uuid`,
    ),
  ),
  /** A few readers at once. What was read is shown after some seconds, not at once: see `laterMs`. */
  view: onOne('anyPiece', ({ db, now, other }, { id }) =>
    addViews(
      db,
      Array.from({ length: 3 + (other % 4) }, (_, reader) => ({
        articleId: id,
        reader: (1000 * other + reader).toString(16).padStart(32, '0'),
        halfHour: beginningOf(now.getTime(), halfHour),
      })),
      now,
    ),
  ),
  renameAuthor: onOne('author', ({ db, other }, { id }) =>
    db.rows(
      sql`update author set name = ${`Author ${other}`}, sort_name = ${`author ${other}`}, affiliation = 'New' where id = ${id}::uuid`,
    ),
  ),
  authorSlug: onOne('author', ({ db, other }, { id }) =>
    db.rows(sql`update author set slug = ${`author-${other}-${id}`} where id = ${id}::uuid`),
  ),
  newAuthor: ({ db, other }: Hand) =>
    db.rows(
      sql`insert into author (id, slug, name, sort_name) values (${uuidv7()}::uuid, ${other % 3 ? `author-${other}` : 'brand-new'}, ${`Author ${other}`}, ${`author ${other}`}) on conflict do nothing`,
    ),
  renameSection: onOne('section', ({ db, other }, { id }) =>
    db.rows(sql`update section set name = ${`Section ${other}`} where id = ${id}::uuid`),
  ),
  sectionSlug: onOne('section', ({ db, other }, { id }) =>
    db.rows(sql`update section set slug = ${`section-${other}-${id}`} where id = ${id}::uuid`),
  ),
  moveSection: onOne('section', async (hand, { id }) => {
    const above = await another(hand, 'section');
    const [row] = await hand.db.rows<{ below: boolean }>(
      sql`select lineage @> array[${id}::uuid] as below from section where id = ${above.id}::uuid`,
    );
    if (!row?.below)
      await hand.db.rows(
        sql`update section set parent_id = ${above.id}::uuid, position = 90 + ${hand.other}::int where id = ${id}::uuid`,
      );
  }),
  orderSections: onOne('section', ({ db, other }, { id }) =>
    db.rows(sql`update section set position = 200 + ${other}::int where id = ${id}::uuid`),
  ),
  renameTag: onOne('tag', ({ db, other }, { id }) =>
    db.rows(sql`update tag set name = ${`Tag ${other}`} where id = ${id}::uuid`),
  ),
  tagSlug: onOne('tag', ({ db, other }, { id }) =>
    db.rows(sql`update tag set slug = ${`tag-${other}-${id}`} where id = ${id}::uuid`),
  ),
  renamePartner: onOne('partner', ({ db, other }, { id }) =>
    db.rows(sql`update partner set name = ${`Partner ${other}`} where id = ${id}::uuid`),
  ),
  collect: onOne('collection', async (hand, { id }) => {
    const piece = await another(hand, 'anyPiece');
    await hand.db.rows(
      sql`delete from collection_article where collection_id = ${id}::uuid and article_id = ${piece.id}::uuid`,
    );
    if (hand.other % 3)
      await hand.db.rows(
        sql`insert into collection_article (collection_id, article_id, position) values (${id}::uuid, ${piece.id}::uuid, ${hand.other % 5}::int)`,
      );
  }),
  renameCollection: onOne('collection', ({ db, other }, { id }) =>
    db.rows(
      sql`update collection set title = ${`Set ${other}`}, sort_title = ${`set ${other}`} where id = ${id}::uuid`,
    ),
  ),
  paper: ({ db, other }: Hand) =>
    db.rows(
      sql`insert into publication (id, description, links) values (1, ${`Paper ${other}`}, '{}') on conflict (id) do update set description = excluded.description`,
    ),
  manyAtOnce: ({ db, other }: Hand) =>
    db.rows(
      sql`update article set headline = headline || ${String(other % 10)} where id in (select id from article order by id limit 60)`,
    ),
};

const kinds = Object.keys(writes) as (keyof typeof writes)[];

/** How long after a change, in ms, readers may still see what was before it. */
export const laterMs = ({ kind }: Write): number => (kind === 'view' ? rankingLifeMs : 0);

/** A change, or the clock going on by so many minutes with nothing written. */
export type Step = Write | { minutes: number };

export const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(1000), other: fc.nat(1000) }), weight: 6 },
  { arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 90 }) }), weight: 1 },
);

export async function write(db: Database, now: Date, { kind, pick, other }: Write): Promise<void> {
  await writes[kind]({ db, now, pick, other });
}
