import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { aMoment } from './service.js';

export interface Archive {
  /** How many pieces; a minute apart, back from the moment of the tests. */
  articles: number;
  /** How many of them, the oldest, belong to one section, one author, one tag, one partner and one language. */
  large: number;
}

/**
 * Fills an empty database with an archive, in a few statements. `big` names the section, author, tag and partner that have
 * `large` pieces, all of them in French; the rest is spread over fifty of each. Everything is published, and one in ten
 * thousand is scheduled.
 */
export async function fillArchive(db: Database, { articles, large }: Archive): Promise<void> {
  const now = aMoment.toISOString();
  await db.transaction(
    async (tx) => {
      await tx.rows(sql`
        insert into section (id, slug, name, position)
        select gen_random_uuid(), case n when 0 then 'big' else 'section-' || n end, 'Section ' || n, n from generate_series(0, 50) n`);
      await tx.rows(sql`
        insert into author (id, slug, name, sort_name)
        select gen_random_uuid(), case n when 0 then 'big' else 'author-' || n end, 'Author ' || n, 'author ' || n from generate_series(0, 50) n`);
      await tx.rows(sql`
        insert into tag (id, slug, name)
        select gen_random_uuid(), case n when 0 then 'big' else 'tag-' || n end, 'Tag ' || n from generate_series(0, 50) n`);
      await tx.rows(sql`
        insert into partner (id, slug, name, attribution)
        select gen_random_uuid(), case n when 0 then 'big' else 'partner-' || n end, 'Partner ' || n, 'From a partner' from generate_series(0, 5) n`);
      await tx.rows(
        sql`insert into collection (id, slug, kind, title, sort_title) values (gen_random_uuid(), 'big', 'SERIES', 'Big', 'big')`,
      );
      await tx.rows(sql`
        create temporary table piece on commit drop as
        select n, gen_random_uuid() as id, case when n > ${articles - large}::int then 0 else 1 + n % 50 end as group_of,
          case when n % 10000 = 0 then ${now}::timestamptz + interval '1 day' else ${now}::timestamptz - n * interval '1 minute' end as at
        from generate_series(1, ${articles}::int) n`);
      await tx.rows(sql`
        insert into article (id, slug, path, headline, section_id, language, status, published_at, first_published_at, created_at, updated_at, partner_id)
        select p.id, 'piece-' || n, '/piece-' || n || '/', 'Piece ' || n, s.id, case group_of when 0 then 'fr' else 'en' end, 'PUBLISHED',
          at, at, at, at + interval '1 hour', r.id
        from piece p
        join section s on s.slug = case group_of when 0 then 'big' else 'section-' || group_of end
        left join partner r on r.slug = case group_of when 0 then 'big' else 'partner-' || group_of end`);
      await tx.rows(sql`
        insert into article_revision (article_id, number, headline, html, tree, word_count, opening, details)
        select id, 1, 'Piece ' || n, '<p>Words.</p>', '{"type":"root","children":[]}', 1, 'Words.', '{}' from piece`);
      // The triggers would ask for each row what is known here for all.
      await tx.rows(sql`alter table byline disable trigger byline_take_order`);
      await tx.rows(sql`alter table article_tag disable trigger article_tag_take_order`);
      await tx.rows(sql`
        insert into byline (article_id, position, author_id, name, status, ordered_at, updated_at)
        select p.id, 1, u.id, u.name, 'PUBLISHED', at, at + interval '1 hour'
        from piece p join author u on u.slug = case group_of when 0 then 'big' else 'author-' || group_of end`);
      await tx.rows(sql`
        insert into article_tag (article_id, tag_id, position, status, ordered_at, updated_at)
        select p.id, t.id, 1, 'PUBLISHED', at, at + interval '1 hour'
        from piece p join tag t on t.slug = case group_of when 0 then 'big' else 'tag-' || group_of end`);
      await tx.rows(sql`alter table byline enable trigger byline_take_order`);
      await tx.rows(sql`alter table article_tag enable trigger article_tag_take_order`);
      await tx.rows(sql`
        insert into collection_article (collection_id, article_id, position)
        select c.id, p.id, n from piece p cross join collection c where group_of = 0`);
      await tx.rows(sql`
        insert into comment (id, article_id, author_name, text, status, created_at)
        select gen_random_uuid(), p.id, 'Reader', 'Well.', 'APPROVED', ${now}::timestamptz - number * interval '1 second'
        from piece p cross join generate_series(1, 3000) as reader(number) where p.n = ${articles - 1}::int`);
    },
    { timeoutMs: 120_000 },
  );
  await db.rows(sql`analyze`);
}
