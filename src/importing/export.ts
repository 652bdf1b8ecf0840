import type { Database } from '../database/database.js';
import { sql } from '../database/sql.js';
import { articlesAfter } from './export-articles.js';
import type { ContentRecord } from './records.js';

const atOnce = 100;

const originsOf = (kind: 'section' | 'author' | 'tag' | 'partner' | 'collection') => sql`
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

/** What articles refer to, each kind by slug, sections in the editor's order. */
const references = [
  sql`select json_build_object('kind', 'publication', 'description', description, 'contact', contact, 'links', links) as record
    from publication`,
  sql`select json_build_object('kind', 'section', 'slug', t.slug, 'name', t.name, 'description', t.description, 'parent', p.slug,
      'position', t.position, 'origins', ${originsOf('section')}) as record
    from section t left join section p on p.id = t.parent_id order by cardinality(t.lineage), t.position, t.slug collate "C"`,
  sql`select json_build_object('kind', 'author', 'slug', t.slug, 'name', t.name, 'affiliation', t.affiliation, 'bio', t.bio,
      'image', (select json_build_object('url', i.url, 'alt', i.alt, 'caption', i.caption, 'credit', i.credit,
        'width', i.width, 'height', i.height) from image i where i.id = t.image_id),
      'links', t.links, 'origins', ${originsOf('author')}) as record
    from author t order by t.slug collate "C"`,
  sql`select json_build_object('kind', 'tag', 'slug', t.slug, 'name', t.name, 'origins', ${originsOf('tag')}) as record
    from tag t order by t.slug collate "C"`,
  sql`select json_build_object('kind', 'partner', 'slug', t.slug, 'name', t.name, 'url', t.url, 'attribution', t.attribution,
      'license', t.license, 'origins', ${originsOf('partner')}) as record
    from partner t order by t.slug collate "C"`,
];

const collections = sql`
  select json_build_object('kind', 'collection', 'slug', t.slug, 'collectionKind', t.kind, 'title', t.title,
    'description', t.description,
    'articles', (select coalesce(json_agg(a.slug order by k.position, a.slug collate "C"), '[]')
      from collection_article k join article a on a.id = k.article_id where k.collection_id = t.id),
    'origins', ${originsOf('collection')}) as record
  from collection t order by t.slug collate "C"`;

/** Everything there is, as records, in an order that depends on nothing but the content. Memory stays flat. */
export async function* exportFrom(db: Database): AsyncGenerator<ContentRecord> {
  for (const statement of references) {
    for (const { record } of await db.rows<RecordRow>(statement)) yield record;
  }
  for (let slug = ''; ;) {
    const articles = await articlesAfter(db, slug, atOnce);
    yield* articles;
    const last = articles.at(-1);
    if (!last) break;
    slug = last.slug;
  }
  for (const { record } of await db.rows<RecordRow>(collections)) yield record;
}
