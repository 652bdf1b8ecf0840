import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { name, sql } from '../../database/sql.js';
import type { ArticleStatus, OriginConflict } from '../../generated/prisma/enums.js';

export interface PartnerFeedRow {
  id: string;
  partnerId: string;
  sectionId: string;
  url: string;
  status: ArticleStatus;
  everyMinutes: number;
  dueAt: Date;
  polledAt: Date | null;
  answered: number | null;
  problem: string | null;
  created: number;
  updated: number;
  withdrawn: number;
  disabledAt: Date | null;
  disabledReason: string | null;
  revision: number;
  createdAt: Date;
}

export const partnerFeedColumns = name(
  'f.id, f.partner_id as "partnerId", f.section_id as "sectionId", f.url, f.status, f.every_minutes as "everyMinutes", ' +
    'f.due_at as "dueAt", f.polled_at as "polledAt", f.answered, f.problem, f.created, f.updated, f.withdrawn, ' +
    'f.disabled_at as "disabledAt", f.disabled_reason as "disabledReason", f.revision, f.created_at as "createdAt"',
);

/** What the origins of a feed's pieces are unique within; it stays when the feed moves. */
export const systemOf = (feedId: string): string => `feed:${feedId}`;

export const partnerFeedsById = (db: Queryable, ids: readonly string[]): Promise<PartnerFeedRow[]> =>
  db.rows(sql`select ${partnerFeedColumns} from partner_feed f where f.id = any(${ids}::uuid[])`);

export const placeOfFeed = ({ createdAt, id }: PartnerFeedRow): Key => [createdAt.getTime(), id];

export function partnerFeedsNewestFirst(db: Queryable, page: Page): Promise<PartnerFeedRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('f.created_at'),
    id: name('f.id'),
    type: 'timestamptz',
    descending: true,
  });
  return db.rows(sql`select ${partnerFeedColumns} from partner_feed f where ${within} order by ${orderBy} ${limit}`);
}

export async function partnerFeedCount(db: Queryable): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`select count(*)::int as count from partner_feed`);
  return row?.count ?? 0;
}

/** A piece that was changed here, and there since. */
export interface FeedConflictRow {
  feedId: string;
  articleId: string;
  conflict: OriginConflict;
  at: Date;
}

const mostConflicts = 100;

/** What editors have to decide, for each feed, the latest first. */
export const conflictsOf = (db: Queryable, feedIds: readonly string[]): Promise<FeedConflictRow[]> =>
  db.rows(sql`
    select f.id as "feedId", o.* from unnest(${feedIds}::uuid[]) f(id)
    cross join lateral (
      select article_id as "articleId", conflict, conflict_at as at from origin
      where system = 'feed:' || f.id and conflict is not null and article_id is not null
      order by conflict_at desc limit ${mostConflicts}
    ) o`);
