import type { Sight } from '../../src/access/viewer.js';
import type { ArticleFilter } from '../../src/content/article/lists.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';

/** A piece, with the slugs of all lists it stands in; of sections the one it is in and those above it. */
interface Counted {
  status: string;
  at: Date;
  ownerId: string | null;
  language: string;
  sections: string[];
  authors: string[];
  tags: string[];
  partners: string[];
}

/** Everything there is, for counting it by hand. */
export const everyPiece = (db: Database): Promise<Counted[]> =>
  db.rows<Counted>(sql`
    with recursive above as (
      select id, id as over, parent_id from section
      union all select b.id, s.id, s.parent_id from above b join section s on s.id = b.parent_id)
    select a.status, coalesce(a.published_at, a.created_at) as at, a.owner_id as "ownerId", a.language,
      array(select s.slug from above b join section s on s.id = b.over where b.id = a.section_id) as sections,
      array(select u.slug from byline k join author u on u.id = k.author_id where k.article_id = a.id) as authors,
      array(select t.slug from article_tag k join tag t on t.id = k.tag_id where k.article_id = a.id) as tags,
      array(select p.slug from partner p where p.id = a.partner_id) as partners
    from article a`);

/** How many of `pieces` a member of the newsroom or anyone may see of `filter`: what is promised, written down a second time. */
export function countedByHand(pieces: readonly Counted[], { viewer, now }: Sight, filter: ArticleFilter): number {
  const { sections, authors, tags, partners, language, status } = filter;
  const hasAny = (asked: readonly string[] | undefined, has: readonly string[]) =>
    asked === undefined || asked.some((slug) => has.includes(slug));
  return pieces.filter((piece) => {
    const standing = piece.status === 'PUBLISHED' && piece.at > now ? 'SCHEDULED' : piece.status;
    const isSeen =
      viewer.role === 'editor' ||
      standing === 'PUBLISHED' ||
      (viewer.role === 'contributor' && piece.ownerId === viewer.userId);
    return (
      isSeen &&
      hasAny(sections, piece.sections) &&
      hasAny(authors, piece.authors) &&
      hasAny(tags, piece.tags) &&
      hasAny(partners, piece.partners) &&
      (language === undefined || language === piece.language) &&
      (status === undefined || status.some((asked) => asked === standing))
    );
  }).length;
}

/** Lists of the tally that do not come to what there is; none when all is well. */
export const miscounted = (db: Database): Promise<{ owner: string; status: string; told: number; there: number }[]> =>
  db.rows(sql`
    select coalesce(t.owner_id, c.owner_id) as owner, coalesce(t.status, c.status) as status,
      coalesce(t.pieces, 0)::int as told, coalesce(c.pieces, 0)::int as there
    from (select owner_id, status, sum(pieces) as pieces from article_tally group by 1, 2) t
    full join articles_counted() c on c.owner_id = t.owner_id and c.status = t.status
    where coalesce(t.pieces, 0) <> coalesce(c.pieces, 0)`);
