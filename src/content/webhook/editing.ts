import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { ChangeKind, WebhookContent } from '../../generated/prisma/enums.js';
import type { Outgoing } from '../../outgoing/ask.js';
import { NotFoundError, ValidationError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { checked, outwardAddress, words } from '../checking.js';
import { held } from '../named.js';
import { settlePartner } from './outbox.js';
import { deliveriesById, webhookColumns, type WebhookRow } from './read.js';
import { changeSecret, changeWebhook, dropWebhook, insertWebhook, sendAgain, type WebhookValues } from './store.js';

/** What an administrator may say of a webhook; of one that exists, what is absent stays. */
export interface WebhookChanges {
  name?: string | null | undefined;
  url?: URL | null | undefined;
  kinds?: ChangeKind[] | null | undefined;
  content?: WebhookContent | null | undefined;
}

export interface WebhookTarget {
  id: string | null;
  expectedRevision: number;
}

/** What looks at an address before it is kept. */
type Guard = Pick<Outgoing, 'refusalOf'>;

const everyKind: ChangeKind[] = ['PUBLISHED', 'UPDATED', 'CORRECTED', 'WITHDRAWN', 'RETRACTED'];

function valuesFrom(given: WebhookChanges, before: WebhookValues | null, { refusalOf }: Guard): WebhookValues {
  const Changes = z.object({
    name: words(200).nullish(),
    url: outwardAddress(refusalOf).nullish(),
    kinds: z.array(z.enum(everyKind)).min(1, 'must name at least one kind of change').nullish(),
    content: z.enum(['NOTHING', 'TEASER', 'FULL']).nullish(),
  });
  const { name, url, kinds, content } = checked(Changes, given);
  const address = url?.href ?? before?.url ?? '';
  return {
    name: name ?? before?.name ?? new URL(address).host,
    url: address,
    kinds: everyKind.filter((kind) => (kinds ?? before?.kinds ?? everyKind).includes(kind)),
    content: content ?? before?.content ?? 'TEASER',
  };
}

/** 32 random bytes, written as Standard Webhooks writes a secret. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const hold = (tx: Transaction, { id, expectedRevision }: WebhookTarget): Promise<WebhookRow> =>
  held(tx, 'webhook', sql`select ${webhookColumns} from webhook w where w.id = ${id}::uuid`, expectedRevision);

const said = ({ name, url, kinds, content }: WebhookValues) => ({ name, url, kinds, content });

/** Adds a webhook. Answers its id, and the secret that is shown once. */
export async function addWebhook(
  db: Database,
  hand: Hand,
  guard: Guard,
  { partnerId, ...given }: WebhookChanges & { url: URL; partnerId: string | null },
): Promise<{ id: string; secret: string }> {
  const values = valuesFrom(given, null, guard);
  const secret = newSecret();
  // What the partner has already is no news to it.
  if (partnerId !== null) await settlePartner(db, partnerId, hand.now);
  return db.transaction(async (tx) => {
    const id = await insertWebhook(tx, values, { partnerId, secret, now: hand.now });
    await recordAudit(tx, hand, {
      action: 'createWebhook',
      subjectKind: 'Webhook',
      subjectId: id,
      after: { ...said(values), partnerId },
    });
    return { id, secret };
  });
}

export function editWebhook(
  db: Database,
  hand: Hand,
  guard: Guard,
  {
    id,
    expectedRevision,
    disabled,
    ...given
  }: WebhookChanges & WebhookTarget & { disabled?: boolean | null | undefined },
): Promise<void> {
  return db.transaction(async (tx) => {
    const before = await hold(tx, { id, expectedRevision });
    const values = valuesFrom(given, before, guard);
    const isDisabled = disabled ?? before.disabledAt !== null;
    await changeWebhook(tx, before.id, {
      ...values,
      disabledAt: isDisabled ? (before.disabledAt ?? hand.now) : null,
      disabledReason: isDisabled ? (before.disabledReason ?? 'An administrator disabled it.') : null,
    });
    await recordAudit(tx, hand, {
      action: 'updateWebhook',
      subjectKind: 'Webhook',
      subjectId: before.id,
      ...differenceOf(
        { ...said(before), disabled: before.disabledAt !== null },
        { ...said(values), disabled: isDisabled },
      ),
    });
  });
}

const mostOverlapHours = 7 * 24;

/** Gives a webhook another secret. For `overlapHours` messages are signed with the one before as well. */
export function rotateSecret(
  db: Database,
  hand: Hand,
  { overlapHours, ...target }: WebhookTarget & { overlapHours: number },
): Promise<string> {
  if (overlapHours < 0 || overlapHours > mostOverlapHours) {
    throw new ValidationError([
      { path: 'overlapHours', message: `is ${overlapHours}; it must be from 0 to ${mostOverlapHours}` },
    ]);
  }
  const secret = newSecret();
  return db.transaction(async (tx) => {
    const { id } = await hold(tx, target);
    await changeSecret(tx, id, secret, new Date(hand.now.getTime() + overlapHours * 3_600_000));
    const after = { overlapHours };
    await recordAudit(tx, hand, { action: 'rotateWebhookSecret', subjectKind: 'Webhook', subjectId: id, after });
    return secret;
  });
}

/** Removes a webhook with its log. What was still to be sent to it is not sent. */
export function removeWebhook(db: Database, hand: Hand, id: string | null): Promise<WebhookRow> {
  return db.transaction(async (tx) => {
    const before = await any(tx, id);
    await dropWebhook(tx, before.id);
    await recordAudit(tx, hand, {
      action: 'deleteWebhook',
      subjectKind: 'Webhook',
      subjectId: before.id,
      before: said(before),
    });
    return before;
  });
}

/** Whatever its revision. */
async function any(tx: Transaction, id: string | null): Promise<WebhookRow> {
  const [row] = await tx.rows<WebhookRow>(
    sql`select ${webhookColumns} from webhook w where w.id = ${id}::uuid for update`,
  );
  if (!row) throw new NotFoundError('such webhook');
  return row;
}

/** Sends messages again. Answers how many, and to which webhook. */
export function redeliver(
  db: Database,
  hand: Hand,
  which: { deliveryId: string | null } | { webhookId: string | null; since: Date | null },
): Promise<{ count: number; webhookId: string }> {
  return db.transaction(async (tx) => {
    let webhookId = 'webhookId' in which ? which.webhookId : null;
    if ('deliveryId' in which) {
      const [delivery] = which.deliveryId === null ? [] : await deliveriesById(tx, [which.deliveryId]);
      if (!delivery) throw new NotFoundError('such delivery');
      webhookId = delivery.webhookId;
    }
    const webhook = await any(tx, webhookId);
    if (webhook.disabledAt) {
      const message = `is disabled: ${webhook.disabledReason ?? ''} Enable it with updateWebhook; what waits for it is then sent`;
      throw new ValidationError([{ path: 'webhook', message }]);
    }
    const count = await sendAgain(
      tx,
      'deliveryId' in which ? { deliveryId: which.deliveryId ?? '' } : { webhookId: webhook.id, since: which.since },
      hand.now,
    );
    await recordAudit(tx, hand, {
      action: 'redeliver',
      subjectKind: 'Webhook',
      subjectId: webhook.id,
      after: { count, ...('since' in which ? { since: which.since?.toISOString() ?? null } : {}) },
    });
    return { count, webhookId: webhook.id };
  });
}
