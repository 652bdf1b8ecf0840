import { type EntitlementRow, entitlementColumns, entitlementIn } from '../../access/entitlements.js';
import type { Entitlement, PartnerViewer } from '../../access/viewer.js';
import type { Database, Queryable, Transaction } from '../../database/database.js';
import { name, sql, type Sql } from '../../database/sql.js';
import type { ChangeKind, Depth } from '../../generated/prisma/enums.js';
import { visibleTo } from '../article/visibility.js';
import { isToldBy, settled, toldBy } from './read.js';
import { type Holding, holdingAfter, toldOf } from './rules.js';
import type { ChangeToTell } from './store.js';

// A partner has a log of its own, written from three sources: the log of all, time (a delay that runs out, a schedule that
// comes), and a comparison with everything whenever its entitlement is another. It is written when it is read, and now and then
// by the jobs: late at worst, and what was not written yet is never passed by.

const mostAtOnce = 500;
const firstId = '00000000-0000-0000-0000-000000000000';
const a = name('a');

interface LogRow {
  xid: string;
  changeId: string;
  revision: number;
  depth: Depth | null;
  images: boolean | null;
  comparedTo: string | null;
  refreshes: boolean;
  seenUntil: Date;
}

type Partner = Pick<PartnerViewer, 'partnerId' | 'entitlement'>;

const moment = (date: Date): Sql => sql`${date.toISOString()}::timestamptz`;
const visible = ({ partnerId, entitlement }: Partner, now: Date): Sql =>
  visibleTo({ viewer: { role: 'partner', partnerId, entitlement, name: '', key: null }, now }, a);

/** What only time has made visible since it was last looked: not held, and of one of the two moments that it waits for. */
const ripe = (partner: Partner, since: Sql, now: Date): Sql => {
  const delay = sql`${partner.entitlement?.delayMinutes ?? 0}::int * interval '1 minute'`;
  return sql`${visible(partner, now)}
    and ((a.first_published_at > ${since} - ${delay} and a.first_published_at <= ${moment(now)} - ${delay})
      or (a.ordered_at > ${since} and a.ordered_at <= ${moment(now)}))
    and not exists (select from partner_piece h
      where h.partner_id = ${partner.partnerId}::uuid and h.article_id = a.id and h.held)`;
};

/** Whether there is anything to write: asked first, so that a reader with nothing to learn writes nothing. */
async function isBehind(db: Queryable, partner: Partner, now: Date): Promise<boolean> {
  const [row] = await db.rows<{ behind: boolean }>(sql`
    select l.revision <> ${partner.entitlement?.revision ?? 0}::int or l.compared_to is not null
      or exists (select from change c where (c.xid, c.id) > (l.xid, l.change_id) and ${settled} and ${toldBy(now)})
      or exists (select from article a where a.status = 'PUBLISHED' and ${ripe(partner, sql`l.seen_until`, now)}) as behind
    from partner_log l where l.partner_id = ${partner.partnerId}::uuid`);
  return row?.behind ?? true;
}

/**
 * Writes a partner's log on, as far as `rounds` reach; each is one transaction of a bounded size. Answers whether everything
 * there was to tell is told.
 */
export async function settle(db: Database, partner: Partner, now: Date, rounds: number): Promise<boolean> {
  if (!(await isBehind(db, partner, now))) return true;
  for (let round = 0; round < rounds; round += 1) {
    if (await db.transaction((tx) => settleSome(tx, partner.partnerId, now))) return true;
  }
  return false;
}

async function settleSome(tx: Transaction, partnerId: string, now: Date): Promise<boolean> {
  // Whatever is settled now, the comparison will find; what comes later, the log of all will tell.
  await tx.rows(sql`
    insert into partner_log (partner_id, xid, change_id, revision, seen_until)
    values (${partnerId}::uuid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 9223372036854775807, -1, ${moment(now)})
    on conflict (partner_id) do nothing`);
  const [log] = await tx.rows<LogRow>(sql`
    select xid::text, change_id::text as "changeId", revision, depth, images, compared_to as "comparedTo", refreshes,
      seen_until as "seenUntil"
    from partner_log where partner_id = ${partnerId}::uuid for update`);
  if (!log) return true;
  // Read under the hold: the request may have come with an entitlement that another has replaced since.
  const [row] = await tx.rows<EntitlementRow>(
    sql`select ${entitlementColumns} from entitlement e where e.partner_id = ${partnerId}::uuid`,
  );
  const partner = { partnerId, entitlement: row ? entitlementIn(row) : null };
  const begun = comparing(log, partner.entitlement);
  const place = await takeOver(tx, partner, begun, now);
  const isRipeDone = await tellRipe(tx, partner, begun.seenUntil, now);
  const comparedTo = begun.comparedTo === null ? null : await compareSome(tx, partner, begun, now);
  await tx.rows(sql`
    update partner_log set xid = ${place.xid}::bigint, change_id = ${place.changeId}::bigint, revision = ${begun.revision}::int,
      depth = ${begun.depth}::depth, images = ${begun.images}::boolean, compared_to = ${comparedTo}::uuid,
      refreshes = ${begun.refreshes && comparedTo !== null}::boolean,
      seen_until = ${(isRipeDone ? now : begun.seenUntil).toISOString()}::timestamptz
    where partner_id = ${partnerId}::uuid`);
  return place.isDone && isRipeDone && comparedTo === null;
}

/** Where the log stands against an entitlement: one that is another than it was compared to begins the comparison anew. */
function comparing(log: LogRow, entitlement: Entitlement | null): LogRow {
  const revision = entitlement?.revision ?? 0;
  if (revision === log.revision) return log;
  const depth = entitlement?.depth ?? null;
  const images = entitlement?.images ?? null;
  const isOther = log.revision >= 0 && (depth !== log.depth || images !== log.images);
  return { ...log, revision, depth, images, comparedTo: firstId, refreshes: log.refreshes || isOther };
}

interface Seen {
  xid: string;
  id: string;
  at: Date;
  kind: ChangeKind;
  articleId: string;
  path: string;
  reason: string | null;
  isVisible: boolean;
  held: boolean | null;
}

const holdingOf = (held: boolean | null): Holding => (held === null ? 'unknown' : held ? 'held' : 'let go');

/** Takes over what the log of all tells next, as this partner is to hear it. */
async function takeOver(
  tx: Transaction,
  partner: Partner,
  { xid, changeId }: LogRow,
  now: Date,
): Promise<Pick<LogRow, 'xid' | 'changeId'> & { isDone: boolean }> {
  const rows = await tx.rows<Seen>(sql`
    select c.xid::text, c.id::text, c.at, c.kind, c.article_id as "articleId", c.path, c.reason,
      ${visible(partner, now)} as "isVisible", h.held
    from change c join article a on a.id = c.article_id
    left join partner_piece h on h.partner_id = ${partner.partnerId}::uuid and h.article_id = c.article_id
    where ${settled} and (c.xid, c.id) > (${xid}::bigint, ${changeId}::bigint)
    order by c.xid, c.id limit ${mostAtOnce}`);
  const ahead = rows.findIndex(({ at }) => !isToldBy(at, now));
  const due = ahead < 0 ? rows : rows.slice(0, ahead);
  const holdings = new Map<string, Holding>();
  const told: ChangeToTell[] = [];
  for (const { kind: seen, isVisible, held, articleId, path, at, reason } of due) {
    const kind = toldOf(seen, holdings.get(articleId) ?? holdingOf(held), isVisible);
    if (!kind) continue;
    holdings.set(articleId, holdingAfter(kind));
    told.push({ kind, articleId, path, at, reason: kind === seen ? reason : null });
  }
  // Transactions are told of in the order they began in, and one that began first may have ended last: what brought a piece
  // back may come before what let it go.
  for (const { articleId, path, at, held } of new Map(
    due.filter(({ isVisible }) => isVisible).map((row) => [row.articleId, row]),
  ).values()) {
    if ((holdings.get(articleId) ?? holdingOf(held)) !== 'held')
      told.push({ kind: 'PUBLISHED', articleId, path, at, reason: null });
  }
  await tell(tx, partner.partnerId, told);
  const last = due.at(-1);
  return { xid: last?.xid ?? xid, changeId: last?.id ?? changeId, isDone: due.length < mostAtOnce };
}

/** Tells of what time alone has made visible. Answers whether that was all. */
async function tellRipe(tx: Transaction, partner: Partner, since: Date, now: Date): Promise<boolean> {
  const delay = sql`${partner.entitlement?.delayMinutes ?? 0}::int * interval '1 minute'`;
  const rows = await tx.rows<{ articleId: string; path: string; at: Date }>(sql`
    select a.id as "articleId", a.path, greatest(a.ordered_at, a.first_published_at + ${delay}) as at from article a
    where a.status = 'PUBLISHED' and ${ripe(partner, moment(since), now)} order by at, a.id limit ${mostAtOnce}`);
  await tell(
    tx,
    partner.partnerId,
    rows.map((row) => ({ kind: 'PUBLISHED', ...row })),
  );
  return rows.length < mostAtOnce;
}

/** Compares the next articles with what the partner was told. Answers how far; null when all are. */
async function compareSome(
  tx: Transaction,
  partner: Partner,
  { comparedTo, refreshes }: LogRow,
  now: Date,
): Promise<string | null> {
  const rows = await tx.rows<{ articleId: string; path: string; isVisible: boolean; held: boolean | null }>(sql`
    select * from (
      select a.id as "articleId", a.path, ${visible(partner, now)} as "isVisible", h.held from article a
      left join partner_piece h on h.partner_id = ${partner.partnerId}::uuid and h.article_id = a.id
      where a.id > ${comparedTo}::uuid
    ) x
    where x."isVisible" or x.held order by x."articleId" limit ${mostAtOnce}`);
  const told = rows.flatMap(({ articleId, path, isVisible, held }): ChangeToTell[] => {
    if (isVisible && held && !refreshes) return [];
    const kind = isVisible ? (held ? 'UPDATED' : 'PUBLISHED') : 'WITHDRAWN';
    return [{ kind, articleId, path, at: now }];
  });
  await tell(tx, partner.partnerId, told);
  return rows.length < mostAtOnce ? null : (rows.at(-1)?.articleId ?? null);
}

/** Notes what a partner is told, and what it holds then. */
async function tell(tx: Transaction, partnerId: string, told: readonly ChangeToTell[]): Promise<void> {
  if (told.length === 0) return;
  await tx.rows(sql`
    insert into partner_change (partner_id, at, kind, article_id, path, reason)
    select ${partnerId}::uuid, x.at, x.kind, x."articleId", x.path, x.reason
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
      as x(at timestamptz, kind change_kind, "articleId" uuid, path text, reason text)`);
  const held = new Map(told.map(({ articleId, kind }) => [articleId, holdingAfter(kind) === 'held']));
  await tx.rows(sql`
    insert into partner_piece (partner_id, article_id, held)
    select ${partnerId}::uuid, x.id, x.held
    from unnest(${[...held.keys()]}::uuid[], ${[...held.values()]}::boolean[]) as x(id, held)
    on conflict (partner_id, article_id) do update set held = excluded.held`);
}

/** Writes on the logs of all partners that read theirs, so that a reader finds little left to do. */
export async function settleAll(db: Database, now: Date): Promise<void> {
  const rows = await db.rows<EntitlementRow & { id: string }>(sql`
    select l.partner_id as id, ${entitlementColumns} from partner_log l left join entitlement e on e.partner_id = l.partner_id`);
  for (const row of rows) {
    while (!(await settle(db, { partnerId: row.id, entitlement: entitlementIn(row) }, now, 10)));
  }
}

export interface PartnerChangeRow {
  id: string;
  at: Date;
  kind: ChangeKind;
  articleId: string;
  path: string;
  reason: string | null;
}

/** At most `most` entries of a partner's log after one; `0` for its beginning. */
export const partnerChangesAfter = (
  db: Queryable,
  partnerId: string,
  after: string,
  most: number,
): Promise<PartnerChangeRow[]> =>
  db.rows(sql`
    select c.id::text, c.at, c.kind, c.article_id as "articleId", c.path, c.reason from partner_change c
    where c.partner_id = ${partnerId}::uuid and c.id > ${after}::bigint order by c.id limit ${most}`);

/** A piece that a partner is to let go of. */
export interface LetGoRow {
  id: string;
  at: Date;
  reason: string | null;
  kind: 'WITHDRAWN' | 'RETRACTED';
}

/** What a partner was told to let go of after a moment, and does not have again, the latest first. */
export const letGoAfter = (
  db: Queryable,
  partner: Partner,
  now: Date,
  since: Date,
  most: number,
): Promise<LetGoRow[]> =>
  db.rows(sql`
    select l.* from (
      select distinct on (c.article_id) c.article_id as id, c.at, c.reason, c.kind from partner_change c
      where c.partner_id = ${partner.partnerId}::uuid and c.kind in ('WITHDRAWN', 'RETRACTED') and c.at > ${moment(since)}
      order by c.article_id, c.id desc) l
    cross join lateral (select * from article where id = l.id offset 0) a
    where not ${visible(partner, now)} order by l.at desc, l.id desc limit ${most}`);

/** The last entry of a partner's log; `0` for none. */
export async function newestOfPartner(db: Queryable, partnerId: string): Promise<string> {
  const [row] = await db.rows<{ id: string }>(
    sql`select c.id::text from partner_change c where c.partner_id = ${partnerId}::uuid order by c.id desc limit 1`,
  );
  return row?.id ?? '0';
}

export async function countPartnerChangesAfter(db: Queryable, partnerId: string, after: string): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from partner_change c where c.partner_id = ${partnerId}::uuid and c.id > ${after}::bigint`,
  );
  return row?.count ?? 0;
}
