import type { Queryable, Transaction } from '../../database/database.js';
import { nothing, sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { partnerFeedColumns, type PartnerFeedRow } from './read.js';

export type FeedValues = Pick<PartnerFeedRow, 'sectionId' | 'url' | 'status' | 'everyMinutes'>;

/** Keeps a new feed, which is due at once. Answers its id. */
export async function insertFeed(
  { prisma }: Transaction,
  values: FeedValues & { partnerId: string },
  now: Date,
): Promise<string> {
  const id = uuidv7();
  await prisma.partnerFeed.create({ data: { id, ...values, dueAt: now, createdAt: now }, select: { id: true } });
  return id;
}

/** Changes a feed. Whatever held it up may be over with, and what was read may be read otherwise: it is due at once. */
export async function changeFeed(
  { prisma }: Transaction,
  id: string,
  values: FeedValues & Pick<PartnerFeedRow, 'disabledAt' | 'disabledReason'>,
  now: Date,
): Promise<void> {
  const anew = { etag: null, lastModified: null, failures: 0, problem: null, dueAt: now };
  const data = { ...values, ...anew, revision: { increment: 1 } };
  await prisma.partnerFeed.update({ where: { id }, data, select: { id: true } });
}

/** Removes a feed. Answers it as it was; null where there is none. */
export async function dropFeed(tx: Transaction, id: string | null): Promise<PartnerFeedRow | null> {
  const [row] = await tx.rows<PartnerFeedRow>(
    sql`delete from partner_feed f where f.id = ${id}::uuid returning ${partnerFeedColumns}`,
  );
  return row ?? null;
}

/** A feed that this process is to look at now, and nobody else until its claim runs out. */
export interface ClaimedFeed extends Pick<PartnerFeedRow, 'id' | 'revision' | 'url' | 'status' | 'everyMinutes'> {
  section: string;
  partner: string;
  etag: string | null;
  lastModified: string | null;
  failures: number;
}

/** Has every feed that waits for a moment more than `lateBy` ms from now looked at at once: a clock that was ahead wrote it down. */
export const hastenFeeds = (db: Queryable, now: Date, lateBy: number): Promise<unknown> =>
  db.rows(sql`
    update partner_feed set due_at = ${now.toISOString()}::timestamptz
    where due_at > ${new Date(now.getTime() + lateBy).toISOString()}::timestamptz`);

/** A process that died gives its feeds back after this long: longer than it takes to read one. */
const claimMs = 15 * 60_000;

export const claimFeeds = (db: Queryable, most: number, now: Date): Promise<ClaimedFeed[]> =>
  db.rows(sql`
    update partner_feed f set due_at = ${new Date(now.getTime() + claimMs).toISOString()}::timestamptz
    from section s, partner p
    where s.id = f.section_id and p.id = f.partner_id and f.id in (
      select id from partner_feed where disabled_at is null and due_at <= ${now.toISOString()}::timestamptz
      order by due_at limit ${most}::int for update skip locked
    )
    returning f.id, f.revision, f.url, f.status, f.every_minutes as "everyMinutes", s.slug as section, p.slug as partner,
      f.etag, f.last_modified as "lastModified", f.failures`);

/** What came of looking at a feed. */
export interface Poll {
  readonly at: Date;
  readonly dueAt: Date;
  /** HTTP status; null where no answer came. */
  readonly answered: number | null;
  readonly problem: string | null;
  /** Set when it is not to be looked at any more. */
  readonly disabledBecause?: string;
  /** What is to be remembered of a feed that was read. */
  readonly read?: {
    readonly url: string;
    readonly etag: string | null;
    readonly lastModified: string | null;
    readonly created: number;
    readonly updated: number;
    readonly withdrawn: number;
  };
}

/** Notes what came of it, unless an administrator has changed the feed meanwhile: then it is due again as it is now. */
export async function notePoll(db: Queryable, { id, revision }: ClaimedFeed, poll: Poll): Promise<void> {
  const { at, dueAt, answered, problem, disabledBecause = null, read } = poll;
  const remembered = read
    ? sql`, url = ${read.url}, etag = ${read.etag}::text, last_modified = ${read.lastModified}::text,
      created = created + ${read.created}::int, updated = updated + ${read.updated}::int,
      withdrawn = withdrawn + ${read.withdrawn}::int`
    : nothing;
  await db.rows(sql`
    update partner_feed set polled_at = ${at.toISOString()}::timestamptz, due_at = ${dueAt.toISOString()}::timestamptz,
      answered = ${answered}::int, problem = ${problem}::text,
      failures = case when ${problem}::text is null then 0 else failures + 1 end,
      disabled_at = case when ${disabledBecause}::text is null then disabled_at else ${at.toISOString()}::timestamptz end,
      disabled_reason = coalesce(${disabledBecause}::text, disabled_reason) ${remembered}
    where id = ${id}::uuid and revision = ${revision}::int`);
}
