import type { Queryable } from '../database/database.js';
import { name, sql, type Sql } from '../database/sql.js';
import type { RevisionDetails } from '../content/article/piece.js';
import type {
  ArticleRecord,
  BylineRecord,
  CommentRecord,
  ImageRecord,
  OriginRecord,
  RevisionRecord,
} from './records.js';

/** An article with everything around it, as one statement gathers it. Times are text already, so that they are exact. */
interface GatheredRow {
  record: Omit<ArticleRecord, 'kind' | 'body' | 'history' | 'comments' | 'authors'> & {
    authors: BylineRecord[];
    comments: CommentRecord[];
    leadImage: ImageRecord | null;
    origins: OriginRecord[];
    corrections: { text: string; at: string }[];
  };
  body: string;
  history: (Omit<RevisionRecord, 'details'> & { details: RevisionDetails })[];
}

/** RFC 3339 in UTC with milliseconds, as every face writes it. */
const time = (column: string): Sql => name(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

const statement = (which: Sql): Sql => sql`
  select r.html as body, json_build_object(
    'slug', a.slug, 'headline', a.headline, 'standfirst', a.standfirst, 'section', s.slug,
    'authors', (select coalesce(json_agg(json_build_object('author', u.slug, 'name', b.name, 'role', b.role,
        'affiliation', b.affiliation, 'note', b.note) order by b.position), '[]')
      from byline b left join author u on u.id = b.author_id where b.article_id = a.id),
    'tags', (select coalesce(json_agg(t.slug order by x.position, t.slug collate "C"), '[]')
      from article_tag x join tag t on t.id = x.tag_id where x.article_id = a.id),
    'status', a.status, 'publishedAt', ${time('a.published_at')}, 'firstPublishedAt', ${time('a.first_published_at')},
    'updatedAt', ${time('a.updated_at')}, 'createdAt', ${time('a.created_at')}, 'language', a.language,
    'partner', p.slug, 'attribution', a.attribution, 'originalUrl', a.original_url, 'license', a.license,
    'leadImage', (select json_build_object('url', i.url, 'alt', i.alt, 'caption', i.caption, 'credit', i.credit,
        'width', i.width, 'height', i.height) from image i where i.id = a.lead_image_id),
    'corrections', (select coalesce(json_agg(json_build_object('text', c.text, 'at', ${time('c.at')}) order by c.at, c.text collate "C"), '[]')
      from correction c where c.article_id = a.id),
    'reason', a.withdrawn_reason, 'withdrawnAt', ${time('a.withdrawn_at')},
    'comments', (select coalesce(json_agg(json_build_object('id', coalesce(c.origin_id, c.id::text),
        'parent', coalesce(q.origin_id, q.id::text), 'author', c.author_name, 'text', c.text, 'at', ${time('c.created_at')},
        'status', c.status) order by c.created_at, coalesce(c.origin_id, c.id::text) collate "C"), '[]')
      from comment c left join comment q on q.id = c.parent_id where c.article_id = a.id),
    'commentsOpen', a.comments_open,
    'oldPaths', (select coalesce(json_agg(o.path order by o.path collate "C"), '[]') from old_address o where o.article_id = a.id),
    'origins', (select coalesce(json_agg(json_build_object('system', o.system, 'id', o.external_id, 'digest', o.digest)
        order by o.system collate "C", o.external_id collate "C"), '[]')
      from origin o where o.article_id = a.id and o.system <> 'ndjson'),
    'revision', a.revision, 'liveRevision', a.live_revision, 'savedBy', r.saved_by, 'savedAt', ${time('r.saved_at')},
    'note', r.note) as record,
    (select coalesce(json_agg(json_build_object('number', h.number, 'headline', h.headline, 'standfirst', h.standfirst,
        'body', h.html, 'details', h.details, 'note', h.note, 'savedBy', h.saved_by, 'savedAt', ${time('h.saved_at')})
        order by h.number), '[]')
      from article_revision h where h.article_id = a.id and h.number <> a.live_revision) as history
  from article a
  join section s on s.id = a.section_id
  join article_revision r on r.article_id = a.id and r.number = a.live_revision
  left join partner p on p.id = a.partner_id
  where ${which}
  order by a.slug collate "C"`;

const toRecord = ({ record, body, history }: GatheredRow): ArticleRecord => {
  const { slug, headline, standfirst, ...rest } = record;
  return { kind: 'article', slug, headline, standfirst: standfirst ?? null, body, ...rest, history };
};

/** These articles as records, whole. */
export async function exportedArticles(db: Queryable, ids: readonly string[]): Promise<ArticleRecord[]> {
  const rows = await db.rows<GatheredRow>(statement(sql`a.id = any(${ids}::uuid[])`));
  return rows.map(toRecord);
}

/** The articles whose slugs come after `slug`, `count` of them, by slug. */
export async function articlesAfter(db: Queryable, slug: string, count: number): Promise<ArticleRecord[]> {
  const rows = await db.rows<GatheredRow>(
    statement(
      sql`a.id in (select id from article where slug collate "C" > ${slug} order by slug collate "C" limit ${count})`,
    ),
  );
  return rows.map(toRecord);
}
