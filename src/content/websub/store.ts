import type { Database, Queryable } from '../../database/database.js';
import { sql, type Sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { settled } from '../change/read.js';
import type { HubAsked } from './rules.js';

const moment = (at: Date): Sql => sql`${at.toISOString()}::timestamptz`;
const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** What a process that died had claimed is taken up again after this long: longer than any attempt takes. */
const claimMs = 60_000;

const mostWaiting = 5000;
const mostWaitingOfOneHost = 20;

/**
 * Keeps what was asked for a callback until the callback has confirmed it; of two for one feed the later. False where too
 * much is waiting already, here or for that host: strangers must not have the hub ask whomever they like, however often.
 */
export async function keepRequest(db: Queryable, asked: HubAsked, now: Date): Promise<boolean> {
  const { mode, topic, callback, leaseSeconds, secret } = asked;
  const { origin } = new URL(callback);
  const kept = await db.rows(sql`
    insert into hub_request (id, topic, callback, mode, lease_seconds, secret, due_at)
    select ${uuidv7()}::uuid, ${topic}, ${callback}, ${mode}, ${leaseSeconds}::int, ${secret}::text, ${moment(now)}
    where (select count(*) from (select 1 from hub_request limit ${mostWaiting}) w) < ${mostWaiting}
      and (select count(*) from hub_request r where starts_with(r.callback, ${origin})) < ${mostWaitingOfOneHost}
    on conflict (topic, callback) do update set mode = excluded.mode, lease_seconds = excluded.lease_seconds,
      secret = excluded.secret, tries = 0, due_at = excluded.due_at
    returning id`);
  return kept.length > 0;
}

export async function isSubscribed(db: Queryable, { topic, callback }: HubAsked): Promise<boolean> {
  const rows = await db.rows(sql`select 1 from hub_subscription where topic = ${topic} and callback = ${callback}`);
  return rows.length > 0;
}

/** Has all that waits for a moment more than `lateBy` ms from now done at once: a clock that was ahead wrote it down. */
export async function hasten(db: Queryable, now: Date, lateBy: number): Promise<void> {
  const tooLate = moment(after(now, lateBy));
  await db.rows(sql`update hub_request set due_at = ${moment(now)} where due_at > ${tooLate}`);
  await db.rows(sql`update hub_subscription set due_at = ${moment(now)} where due_at > ${tooLate}`);
}

/** A callback that this process is to ask now, and nobody else until the claim runs out. */
export interface ClaimedRequest extends HubAsked {
  id: string;
  tries: number;
}

export const claimRequests = (db: Queryable, most: number, now: Date): Promise<ClaimedRequest[]> =>
  db.rows(sql`
    update hub_request set due_at = ${moment(after(now, claimMs))}, tries = tries + 1
    where id in (
      select id from hub_request where due_at <= ${moment(now)} order by due_at limit ${most}::int for update skip locked
    )
    returning id, topic, callback, mode, lease_seconds as "leaseSeconds", secret, tries`);

/** The callback wants it. A request that came meanwhile for the same feed is left to be asked for itself. */
export async function grantRequest(db: Database, request: ClaimedRequest, now: Date): Promise<void> {
  const { id, tries, mode, topic, callback, leaseSeconds, secret } = request;
  const until = after(now, leaseSeconds * 1000);
  await db.transaction(async (tx) => {
    await tx.rows(sql`delete from hub_request where id = ${id}::uuid and tries = ${tries}::int`);
    if (mode === 'unsubscribe') {
      await tx.rows(sql`delete from hub_subscription where topic = ${topic} and callback = ${callback}`);
      return;
    }
    await tx.rows(sql`
      insert into hub_subscription (id, topic, callback, secret, lease_until, due_at)
      values (${uuidv7()}::uuid, ${topic}, ${callback}, ${secret}::text, ${moment(until)}, ${moment(now)})
      on conflict (topic, callback) do update set secret = excluded.secret, lease_until = excluded.lease_until, tries = 0,
        due_at = excluded.due_at`);
  });
}

/** Has a callback asked again at `at`, or with null never: it did not want it, or does not answer. */
export async function deferRequest(db: Queryable, { id, tries }: ClaimedRequest, at: Date | null): Promise<void> {
  const same = sql`id = ${id}::uuid and tries = ${tries}::int`;
  await db.rows(
    at ? sql`update hub_request set due_at = ${moment(at)} where ${same}` : sql`delete from hub_request where ${same}`,
  );
}

/**
 * Has every feed looked at again that somebody subscribes to, when the change log has gone on. Which feeds a change touches is
 * not asked: a piece that left one cannot be seen in it. Those that are as they were are sent to nobody.
 */
export async function noteChanges(db: Queryable): Promise<void> {
  await db.rows(sql`
    with seen as (
      update hub_place p set xid = last.xid, change_id = last.id
      from (select c.xid, c.id from change c where ${settled} order by c.xid desc, c.id desc limit 1) last
      where (p.xid, p.change_id) is distinct from (last.xid, last.id) returning 1
    )
    update hub_subscription set wanted = wanted + 1 where exists (select from seen)`);
}

/** A subscriber whom this process is to send the feed now. */
export interface ClaimedSubscription {
  id: string;
  topic: string;
  callback: string;
  secret: string | null;
  wanted: number;
  digest: string | null;
  tries: number;
}

/** Takes those who are due; first those who took what they were sent last. */
export const claimSubscriptions = (db: Queryable, most: number, now: Date): Promise<ClaimedSubscription[]> =>
  db.rows(sql`
    update hub_subscription set due_at = ${moment(after(now, claimMs))}, tries = tries + 1
    where id in (
      select id from hub_subscription
      where wanted > had and due_at <= ${moment(now)} and lease_until > ${moment(now)}
      order by tries, due_at limit ${most}::int for update skip locked
    )
    returning id, topic, callback, secret, wanted, digest, tries`);

/** The subscriber has the feed of that digest. What has changed meanwhile is sent next. */
export async function noteHad(
  db: Queryable,
  { id, wanted }: ClaimedSubscription,
  digest: string,
  now: Date,
): Promise<void> {
  await db.rows(sql`
    update hub_subscription set had = ${wanted}::int, digest = ${digest}, tries = 0, due_at = ${moment(now)}
    where id = ${id}::uuid`);
}

export async function deferSubscription(db: Queryable, { id }: ClaimedSubscription, at: Date): Promise<void> {
  await db.rows(sql`update hub_subscription set due_at = ${moment(at)} where id = ${id}::uuid`);
}

export async function endSubscription(db: Queryable, { id }: ClaimedSubscription): Promise<void> {
  await db.rows(sql`delete from hub_subscription where id = ${id}::uuid`);
}

/** Forgets subscriptions whose lease is over. */
export async function endLeases(db: Queryable, now: Date): Promise<void> {
  await db.rows(sql`delete from hub_subscription where lease_until <= ${moment(now)}`);
}
