import type { Database, Queryable } from '../../database/database.js';
import { type Sql, sql } from '../../database/sql.js';
import { entitlementIn, entitlementsOf } from '../../access/entitlements.js';
import { settle } from '../change/partner-log.js';
import { settled, toldBy } from '../change/read.js';
import type { ChangeKind, WebhookContent } from '../../generated/prisma/enums.js';
import type { Attempt, Sequel } from './rules.js';

/** A message that this process is to send now, and nobody else until its claim runs out. */
export interface Claimed {
  id: string;
  articleId: string;
  kind: ChangeKind;
  path: string;
  reason: string | null;
  at: Date;
  tries: number;
  webhookId: string;
  url: string;
  partnerId: string | null;
  content: WebhookContent;
  secret: string;
  previousSecret: string | null;
  previousSecretUntil: Date | null;
  failures: number;
  failingSince: Date | null;
}

const mostAtOnce = 500;
const roundsAtOnce = 10;

/** A process that died gives its messages back after this long: longer than any attempt takes. */
const claimMs = 60_000;

/** Messages under way to one endpoint at once, and to one that fails. */
const mostToOne = 4;
const mostToFailing = 1;

const isAfterCursor = sql`(c.xid, c.id) > (w.cursor_xid, w.cursor_id) and ${settled}`;
const isInPartnersLog = sql`c.partner_id = w.partner_id and c.id > w.cursor_id`;

/** What the log that webhook `w` reads tells next: that of all, or that of its partner. */
const nextOf = (partnerId: string | null): Sql =>
  partnerId === null
    ? sql`select c.xid, c.id, c.kind, c.article_id, c.path, c.reason, c.at from change c, w
        where ${isAfterCursor} order by c.xid, c.id limit ${mostAtOnce}::int`
    : sql`select 0::bigint as xid, c.id, c.kind, c.article_id, c.path, c.reason, c.at from partner_change c, w
        where ${isInPartnersLog} order by c.id limit ${mostAtOnce}::int`;

/**
 * Writes down for each webhook what it is to be told, in commit order, and moves its place in the change log by as much in
 * the same statement: a change is written down once, whoever dies when. Ends before one that is not to be told yet
 * ({@link toldBy}). Answers how many changes were looked at.
 */
export async function fillOutbox(db: Database, now: Date): Promise<number> {
  const partners = await db.rows<{ id: string }>(
    sql`select distinct partner_id as id from webhook where partner_id is not null and disabled_at is null`,
  );
  for (const { id } of partners) await settlePartner(db, id, now);
  const behind = await db.rows<{ id: string; partnerId: string | null }>(sql`
    select w.id, w.partner_id as "partnerId" from webhook w
    where w.disabled_at is null and case when w.partner_id is null
      then exists (select from change c where ${isAfterCursor})
      else exists (select from partner_change c where ${isInPartnersLog}) end`);
  let seen = 0;
  for (const { id, partnerId } of behind) {
    for (let read = mostAtOnce; read === mostAtOnce; seen += read) read = await fillFor(db, id, partnerId, now);
  }
  return seen;
}

/** Writes a partner's log on, so that it tells all that there is to tell now. */
export async function settlePartner(db: Database, partnerId: string, now: Date): Promise<void> {
  const [row] = await entitlementsOf(db, [partnerId]);
  const partner = { partnerId, entitlement: row ? entitlementIn(row) : null };
  for (let isSettled = false; !isSettled;) isSettled = await settle(db, partner, now, roundsAtOnce);
}

async function fillFor(db: Database, webhookId: string, partnerId: string | null, now: Date): Promise<number> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const [row] = await db.rows<{ seen: number }>(sql`
    with w as (select * from webhook where id = ${webhookId}::uuid and disabled_at is null for update skip locked),
    fresh as (
      select * from (
        select c.*, c.kind = any(w.kinds) as is_wanted, bool_and(${toldBy(now)}) over (order by c.xid, c.id) as is_due
        from (${nextOf(partnerId)}) c, w
      ) c where is_due
    ),
    written as (
      insert into webhook_delivery (id, webhook_id, article_id, kind, path, reason, at, due_at, created_at)
      select gen_random_uuid(), ${webhookId}::uuid, article_id, kind, path, reason, at, ${moment}, ${moment}
      from fresh where is_wanted order by xid, id
    ),
    moved as (
      update webhook set cursor_xid = last.xid, cursor_id = last.id
      from (select xid, id from fresh order by xid desc, id desc limit 1) last where webhook.id = ${webhookId}::uuid
    )
    select count(*)::int as seen from fresh`);
  return row?.seen ?? 0;
}

/**
 * Puts the webhooks' places where the log's rows will be, when it came from another server: called before the log is
 * adopted. What stood behind a place still does; of what stood before, some may be told again.
 */
export const adoptPlaces = (db: Queryable): Promise<unknown> =>
  db.rows(sql`
    with reached as (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xid)
    update webhook w set cursor_xid = 0, cursor_id = coalesce(
      (select min(c.id) - 1 from change c where (c.xid, c.id) > (w.cursor_xid, w.cursor_id)),
      (select max(c.id) from change c), 0)
    from reached r
    where w.partner_id is null and (w.cursor_xid >= r.xid or exists (select from change c where c.xid >= r.xid))`);

/** Has all that waits for a moment more than `lateBy` ms from now tried at once: a clock that was ahead wrote it down. */
export async function hastenMessages(db: Queryable, now: Date, lateBy: number): Promise<void> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const tooLate = sql`${new Date(now.getTime() + lateBy).toISOString()}::timestamptz`;
  await db.rows(sql`update webhook_delivery set due_at = ${moment} where status = 'PENDING' and due_at > ${tooLate}`);
  await db.rows(sql`update webhook set paused_until = null where paused_until > ${tooLate}`);
}

/**
 * Takes messages that are due, for each endpoint as many as it has room for beside those `underWay` here: a slow one keeps
 * no other waiting. Of one article's messages to one endpoint only the first is ever taken.
 */
export function claimDue(db: Queryable, underWay: ReadonlyMap<string, number>, now: Date): Promise<Claimed[]> {
  const taken = [...underWay].map(([id, count]) => ({ id, count }));
  const moment = sql`${now.toISOString()}::timestamptz`;
  return db.rows(sql`
    with due as (
      select x.id from webhook w
      left join jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) t(id uuid, count int) on t.id = w.id
      cross join lateral (
        select d.id from webhook_delivery d
        where d.webhook_id = w.id and d.status = 'PENDING' and d.due_at <= ${moment}
          and not exists (
            select from webhook_delivery e
            where e.webhook_id = d.webhook_id and e.article_id = d.article_id and e.status = 'PENDING' and e.seq < d.seq
          )
        order by d.due_at, d.seq
        limit greatest(0, case when w.failing_since is null then ${mostToOne}::int else ${mostToFailing}::int end
          - coalesce(t.count, 0))
        for update skip locked
      ) x
      where w.disabled_at is null and (w.paused_until is null or w.paused_until <= ${moment})
    ),
    claimed as (
      update webhook_delivery d set due_at = ${new Date(now.getTime() + claimMs).toISOString()}::timestamptz, tries = d.tries + 1
      from webhook w
      where d.id in (select id from due) and w.id = d.webhook_id
      returning d.seq, d.id, d.article_id as "articleId", d.kind, d.path, d.reason, d.at, d.tries, w.id as "webhookId", w.url, w.content, w.partner_id as "partnerId",
        w.secret, w.previous_secret as "previousSecret",
        w.previous_secret_until as "previousSecretUntil", w.failures, w.failing_since as "failingSince"
    )
    select * from claimed order by seq`);
}

const logged = (id: string, { at, tookMs, status, problem }: Attempt) => sql`
  logged as (
    insert into webhook_attempt (delivery_id, number, at, took_ms, status, problem)
    select ${id}::uuid, count(*) + 1, ${at.toISOString()}::timestamptz, ${tookMs}::int, ${status}::int, ${problem}::text
    from webhook_attempt where delivery_id = ${id}::uuid
    having exists (select from webhook_delivery where id = ${id}::uuid)
    on conflict do nothing
  )`;

/** The receiver has it. */
export async function noteTaken(db: Queryable, { id, webhookId }: Claimed, attempt: Attempt): Promise<void> {
  await db.rows(sql`
    with ${logged(id, attempt)},
    ended as (
      update webhook_delivery set status = 'DELIVERED', ended_at = ${attempt.at.toISOString()}::timestamptz where id = ${id}::uuid
    )
    update webhook set failures = 0, failing_since = null, paused_until = null
    where id = ${webhookId}::uuid and failures > 0`);
}

/** The receiver does not have it, or it is not known to. */
export async function noteFailed(
  db: Queryable,
  { id, webhookId }: Claimed,
  attempt: Attempt,
  { tryAt, pauseUntil, disabledBecause }: Sequel,
): Promise<void> {
  const at = sql`${attempt.at.toISOString()}::timestamptz`;
  const moment = (date: Date | null) => sql`${date?.toISOString() ?? null}::timestamptz`;
  await db.rows(sql`
    with ${logged(id, attempt)},
    noted as (
      update webhook_delivery set due_at = coalesce(${moment(tryAt)}, due_at),
        status = case when ${moment(tryAt)} is null then 'FAILED'::webhook_delivery_status else status end,
        ended_at = case when ${moment(tryAt)} is null then ${at} end
      where id = ${id}::uuid
    )
    update webhook set failures = failures + 1, failing_since = coalesce(failing_since, ${at}),
      paused_until = greatest(paused_until, ${moment(pauseUntil)}),
      disabled_at = case when ${disabledBecause}::text is null then disabled_at else coalesce(disabled_at, ${at}) end,
      disabled_reason = coalesce(disabled_reason, ${disabledBecause}::text)
    where id = ${webhookId}::uuid`);
}

/**
 * Drops messages that were sent, or given up, and written down before `before`: at most `most`, with their attempts. Answers
 * whether there may be more.
 */
export async function forgetOld(db: Queryable, before: Date, most: number): Promise<boolean> {
  const gone = await db.rows(sql`
    delete from webhook_delivery where id in (
      select id from webhook_delivery where status <> 'PENDING' and created_at < ${before.toISOString()}::timestamptz
      order by created_at limit ${most}::int for update skip locked
    ) returning 1`);
  return gone.length === most;
}
