import type { Database, Queryable } from '../database/database.js';
import { type Sql, sql } from '../database/sql.js';
import { articlesAfter } from './export-articles.js';
import type { ContentRecord } from './records.js';

const atOnce = 100;

const originsOf = (kind: Exported) => sql`
  (select coalesce(json_agg(json_build_object('system', o.system, 'id', o.external_id, 'digest', o.digest)
    order by o.system collate "C", o.external_id collate "C"), '[]')
  from origin o where ${originColumns[kind]} = t.id and o.system <> 'ndjson')`;

const originColumns = {
  section: sql`o.section_id`,
  author: sql`o.author_id`,
  tag: sql`o.tag_id`,
  partner: sql`o.partner_id`,
  collection: sql`o.collection_id`,
};

interface RecordRow {
  record: ContentRecord;
}

/** The kinds of which an export says all there is. */
export type Exported = 'section' | 'author' | 'tag' | 'partner' | 'collection';

/** The record of each thing of a kind, `t`, and the order in which they are given. */
const records: Record<Exported, { record: Sql; from: Sql; order: Sql }> = {
  section: {
    record: sql`json_build_object('kind', 'section', 'slug', t.slug, 'name', t.name, 'description', t.description,
      'parent', p.slug, 'position', t.position, 'origins', ${originsOf('section')})`,
    from: sql`section t left join section p on p.id = t.parent_id`,
    order: sql`cardinality(t.lineage), t.position, t.slug collate "C"`,
  },
  author: {
    record: sql`json_build_object('kind', 'author', 'slug', t.slug, 'name', t.name, 'affiliation', t.affiliation, 'bio', t.bio,
      'image', (select json_build_object('url', i.url, 'alt', i.alt, 'caption', i.caption, 'credit', i.credit,
        'width', i.width, 'height', i.height) from image i where i.id = t.image_id),
      'links', t.links, 'origins', ${originsOf('author')})`,
    from: sql`author t`,
    order: sql`t.slug collate "C"`,
  },
  tag: {
    record: sql`json_build_object('kind', 'tag', 'slug', t.slug, 'name', t.name, 'origins', ${originsOf('tag')})`,
    from: sql`tag t`,
    order: sql`t.slug collate "C"`,
  },
  partner: {
    record: sql`json_build_object('kind', 'partner', 'slug', t.slug, 'name', t.name, 'url', t.url,
      'attribution', t.attribution, 'license', t.license, 'origins', ${originsOf('partner')})`,
    from: sql`partner t`,
    order: sql`t.slug collate "C"`,
  },
  collection: {
    record: sql`json_build_object('kind', 'collection', 'slug', t.slug, 'collectionKind', t.kind, 'title', t.title,
      'description', t.description,
      'articles', (select coalesce(json_agg(a.slug order by k.position, a.slug collate "C"), '[]')
        from collection_article k join article a on a.id = k.article_id where k.collection_id = t.id),
      'origins', ${originsOf('collection')})`,
    from: sql`collection t`,
    order: sql`t.slug collate "C"`,
  },
};

const publication = sql`
  select json_build_object('kind', 'publication', 'description', description, 'contact', contact, 'links', links) as record
  from publication`;

/** All of a kind, by slug; sections in the editor's order. */
function exportOf(kind: Exported): Sql {
  const { record, from, order } = records[kind];
  return sql`select ${record} as record from ${from} order by ${order}`;
}

/** What an export says of one thing; undefined when it is not here. */
export async function exportedRecord(db: Queryable, kind: Exported, id: string): Promise<ContentRecord | undefined> {
  const { record, from } = records[kind];
  const [row] = await db.rows<RecordRow>(sql`select ${record} as record from ${from} where t.id = ${id}::uuid`);
  return row?.record;
}

/** Everything there is, as records, in an order that depends on nothing but the content. Memory stays flat. */
export async function* exportFrom(db: Database): AsyncGenerator<ContentRecord> {
  for (const statement of [publication, ...(['section', 'author', 'tag', 'partner'] as const).map(exportOf)]) {
    for (const { record } of await db.rows<RecordRow>(statement)) yield record;
  }
  for (let slug = ''; ;) {
    const articles = await articlesAfter(db, slug, atOnce);
    yield* articles;
    const last = articles.at(-1);
    if (!last) break;
    slug = last.slug;
  }
  for (const { record } of await db.rows<RecordRow>(exportOf('collection'))) yield record;
}
