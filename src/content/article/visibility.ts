import { isStaff, type PartnerViewer, type Sight } from '../../access/viewer.js';
import { every, name, type Planning, sql, type Sql, unforeseen } from '../../database/sql.js';
import { ArticleStatus as StoredStatus } from '../../generated/prisma/enums.js';
import { resaleLicences } from '../partner/rules.js';
import type { ArticleStatus } from './rules.js';

/** How PostgreSQL is to find what is visible. */
export interface Finding {
  readonly planning?: Planning;
  /**
   * The moment of appearance is asked of rows at hand and is no range of an index: in a list that is not in order of it,
   * PostgreSQL might else read all that has appeared and sort it.
   */
  readonly isRowByRow?: boolean;
}

/**
 * Which rows `sight` may see, for any row that carries an article's `status` and `ordered_at`: the article itself, a byline,
 * a tag. `articleId` is the row's column that names the article, where the row is not the article itself. The one predicate of
 * the whole service; every path to an article goes through it.
 */
export function visibleTo(sight: Sight, alias: Sql, articleId?: Sql, finding: Finding = {}): Sql {
  const { viewer, now } = sight;
  if (isStaff(viewer)) return sql`true`;
  const readable = readableAt(now, alias, finding);
  if (viewer.role === 'partner') {
    // `offset 0`: asked of a row at hand, never made into a join that reads the archive.
    const granted = grantedTo(sight, articleId ? name('granted') : alias);
    return articleId
      ? sql`(${readable} and exists (select from article granted where granted.id = ${articleId} and ${granted} offset 0))`
      : sql`(${readable} and ${granted})`;
  }
  if (viewer.role !== 'contributor') return readable;
  return sql`(${readable} or ${articleId ?? sql`${alias}.id`} in (select id from article where owner_id = ${viewer.userId}::uuid))`;
}

/** What `visibleTo` lets through, for whoever counts it without looking at each piece. */
export interface Countable {
  /** Everything in these standings. */
  readonly standings: readonly ArticleStatus[];
  /** And what this holds for of the articles `a`, all in other standings; null for nothing. */
  readonly besides: Sql | null;
}

/** Null for a partner, whose entitlement is asked of each piece. */
export function countableBy({ viewer, now }: Sight): Countable | null {
  if (viewer.role === 'partner') return null;
  if (isStaff(viewer)) return { standings: [...Object.values(StoredStatus), 'SCHEDULED'], besides: null };
  const own = viewer.role === 'contributor' ? sql`a.owner_id = ${viewer.userId}::uuid` : null;
  return {
    standings: ['PUBLISHED'],
    besides: own && sql`(${own} and not ${readableAt(now, name('a'))})`,
  };
}

function readableAt(now: Date, alias: Sql, { planning, isRowByRow }: Finding = {}): Sql {
  const hasAppeared = sql`${alias}.ordered_at <= ${planning === 'ONCE' ? unforeseen(moment(now)) : moment(now)}`;
  return sql`(${alias}.status = 'PUBLISHED' and ${isRowByRow ? sql`(${hasAppeared}) is true` : hasAppeared})`;
}

const moment = (date: Date): Sql => sql`${date.toISOString()}::timestamptz`;

/** What an entitlement asks of a piece, besides that it is public. */
export type Bound = 'DELAY' | 'SECTION' | 'TAG' | 'LANGUAGE' | 'SOURCE' | 'RESALE';

/** Whether the article `alias` is within each bound of a partner's entitlement. */
export function boundsOf({ partnerId, entitlement }: PartnerViewer, now: Date, alias: Sql): Record<Bound, Sql> {
  const no = sql`false`;
  if (!entitlement) return { DELAY: no, SECTION: no, TAG: no, LANGUAGE: no, SOURCE: no, RESALE: no };
  const { delayMinutes, sectionIds, tagIds, languages, excludedPartnerIds } = entitlement;
  const yes = sql`true`;
  // Worded so that PostgreSQL can only ask it of a row at hand: a page stays as many index entries as it has rows.
  return {
    DELAY:
      delayMinutes === 0
        ? yes
        : sql`coalesce(${alias}.first_published_at, ${alias}.ordered_at) <= ${moment(new Date(now.getTime() - delayMinutes * 60_000))}`,
    SECTION: sectionIds
      ? sql`${alias}.section_id = any(array(select d.id from section d where d.lineage && ${sectionIds}::uuid[]))`
      : yes,
    TAG: tagIds
      ? sql`exists (select from article_tag x where x.article_id = ${alias}.id and x.tag_id = any(${tagIds}::uuid[]) offset 0)`
      : yes,
    LANGUAGE: languages ? sql`${alias}.language = any(${languages})` : yes,
    SOURCE:
      excludedPartnerIds.length > 0
        ? sql`(${alias}.partner_id is null or ${alias}.partner_id <> all(${excludedPartnerIds}::uuid[]))`
        : yes,
    RESALE: sql`(${alias}.partner_id is null or ${alias}.partner_id = ${partnerId}::uuid
      or coalesce(coalesce(${alias}.license, (select lender.license from partner lender where lender.id = ${alias}.partner_id)) ~* ${resaleLicences}, false))`,
  };
}

/** Whether a partner's entitlement grants the article `alias`, were it public; for everybody else it always does. */
export const grantedTo = ({ viewer, now }: Sight, alias: Sql): Sql =>
  viewer.role === 'partner' ? every(Object.values(boundsOf(viewer, now, alias))) : sql`true`;
