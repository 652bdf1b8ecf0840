import { entitlementIn, entitlementsOf } from '../../access/entitlements.js';
import { anyone, type Sight, type Viewer } from '../../access/viewer.js';
import type { Database } from '../../database/database.js';
import { watchClock } from '../../jobs/clock.js';
import { startRounds } from '../../jobs/rounds.js';
import { inSpan } from '../../observability/tracing/spans.js';
import { NoAnswer } from '../../outgoing/ask.js';
import { messageOf, signedHeaders } from './message.js';
import { claimDue, type Claimed, fillOutbox, forgetOld, hastenMessages, noteFailed, noteTaken } from './outbox.js';
import { type Attempt, isTaken, longestWaitMs, sequelOf, waitAsked } from './rules.js';
import type { Telling, TellingOptions } from '../telling.js';

const withinMs = 10_000;
const forgetEveryMs = 3_600_000;
/** So many at once, between two rounds, that no message waits for it. */
const mostForgottenAtOnce = 500;

export interface WebhookOptions extends TellingOptions {
  /** For how many days messages that were sent, or given up, are shown. */
  readonly keptDays: number;
}

/**
 * Sends webhooks what they are to be told, until stopped. Any number of instances may: each message is claimed by one. What
 * one that died had claimed is sent again, under the same id.
 */
export function startWebhooks(options: WebhookOptions): Telling {
  const { db, log, clock, keptDays, pollEveryMs = 500 } = options;
  const underWay = new Map<string, number>();
  const sending = new Set<Promise<void>>();
  let forgotAt = -Infinity;
  const lateBy = watchClock(longestWaitMs);

  function send(message: Claimed): void {
    const { webhookId } = message;
    underWay.set(webhookId, (underWay.get(webhookId) ?? 0) + 1);
    const attributes = { 'dateline.webhook.id': webhookId, 'dateline.delivery.id': message.id };
    const sent = inSpan('webhook', { attributes }, () => attempt(message, options))
      // It stays claimed, and is tried again when the claim runs out.
      .catch((error: unknown) => log.error({ err: error, webhookId }, 'a message to a webhook met a fault'))
      .finally(() => {
        const left = (underWay.get(webhookId) ?? 1) - 1;
        if (left > 0) underWay.set(webhookId, left);
        else underWay.delete(webhookId);
        sending.delete(sent);
        rounds.soon();
      });
    sending.add(sent);
  }

  const rounds = startRounds({
    what: 'the sending of webhooks',
    everyMs: pollEveryMs,
    log,
    async round() {
      const now = clock();
      const late = lateBy(now);
      if (late !== null) await hastenMessages(db, now, late);
      await fillOutbox(db, now);
      for (const message of await claimDue(db, underWay, clock())) send(message);
      if (performance.now() - forgotAt < forgetEveryMs) return;
      const before = new Date(clock().getTime() - keptDays * 86_400_000);
      if (!(await forgetOld(db, before, mostForgottenAtOnce))) forgotAt = performance.now();
    },
  });
  return {
    async stop() {
      await rounds.stop();
      await Promise.all(sending);
    },
  };
}

/** Makes one attempt at a message and notes what came of it. */
async function attempt(message: Claimed, options: TellingOptions): Promise<void> {
  const { db, site, log, clock, makeLoaders, chance = Math.random } = options;
  const sight: Sight = { viewer: await viewerOf(message, db), now: clock() };
  const made = await messageOf(message, message.content, { db, site, sight, loaders: makeLoaders(db, sight) }).then(
    (body) => post(message, body, options),
    (error: unknown): Attempt => {
      log.error({ err: error, delivery: message.id }, 'a message to a webhook could not be made');
      const problem = 'The message could not be made; the log of the service says why.';
      return { at: clock(), tookMs: 0, status: null, problem, retryAfter: null };
    },
  );
  if (made.problem === null) return noteTaken(db, message, made);
  const failing = {
    tries: message.tries,
    failures: message.failures + 1,
    failingSince: message.failingSince ?? made.at,
  };
  const sequel = sequelOf(made, failing, chance());
  await noteFailed(db, message, made, sequel);
  const { webhookId } = message;
  if (sequel.disabledBecause !== null) log.warn({ webhookId, reason: sequel.disabledBecause }, 'a webhook is disabled');
  else if (sequel.tryAt === null) log.warn({ webhookId, delivery: message.id }, 'a message to a webhook is given up');
}

/** With whose eyes a webhook sees: the partner's, as its entitlement is now, or the public's. */
async function viewerOf({ partnerId }: Claimed, db: Database): Promise<Viewer> {
  if (partnerId === null) return anyone;
  const [row] = await entitlementsOf(db, [partnerId]);
  return { role: 'partner', partnerId, name: 'a webhook', entitlement: row ? entitlementIn(row) : null, key: null };
}

async function post(message: Claimed, body: string, { outgoing, clock }: TellingOptions): Promise<Attempt> {
  const began = performance.now();
  const headers = signedHeaders(message.id, body, message, clock());
  const made = (status: number | null, problem: string | null, retryAfter: string | null = null): Attempt => ({
    at: clock(),
    tookMs: Math.round(performance.now() - began),
    status,
    problem,
    retryAfter: waitAsked(retryAfter, clock()),
  });
  try {
    const asking = { method: 'POST', headers, body, withinMs, tellsTrace: true } as const;
    const answer = await outgoing.ask(new URL(message.url), asking);
    await answer.letGo();
    if (isTaken(answer.status)) return made(answer.status, null);
    return made(answer.status, `It answered ${answer.status}.`, answer.header('retry-after'));
  } catch (error) {
    if (error instanceof NoAnswer) return made(null, error.message);
    throw error;
  }
}
