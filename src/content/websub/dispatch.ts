import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { anyone, type Sight } from '../../access/viewer.js';
import { watchClock } from '../../jobs/clock.js';
import { startRounds } from '../../jobs/rounds.js';
import { inSpan } from '../../observability/tracing/spans.js';
import { NoAnswer, type Outgoing } from '../../outgoing/ask.js';
import type { FeedPage } from '../feed/page.js';
import { isTaken, longestWaitMs, waitAfter, waitAsked } from '../webhook/rules.js';
import { askingOf, waitForAnswer } from './rules.js';
import {
  claimRequests,
  type ClaimedRequest,
  type ClaimedSubscription,
  claimSubscriptions,
  deferRequest,
  deferSubscription,
  endLeases,
  endSubscription,
  grantRequest,
  hasten,
  noteChanges,
  noteHad,
} from './store.js';
import { topicPage } from './topic.js';
import type { Telling, TellingOptions } from '../telling.js';

const withinMs = 10_000;
const mostAskedAtOnce = 20;
const mostSentAtOnce = 200;
const endLeasesEveryMs = 3_600_000;

/** A feed as it is sent. */
interface Sent extends Pick<FeedPage, 'body' | 'mediaType'> {
  readonly digest: string;
}

/** Does what the hub has promised, until stopped: asks callbacks, and sends feeds. Any number of instances may. */
export function startHub(options: TellingOptions): Telling {
  const { db, log, clock, pollEveryMs = 500 } = options;
  const asking = new Set<Promise<void>>();
  const sending = new Set<Promise<void>>();
  let endedAt = -Infinity;
  const lateBy = watchClock(longestWaitMs);

  function under(way: Set<Promise<void>>, work: Promise<void>): void {
    const done = work
      // It stays claimed, and is taken up again when the claim runs out.
      .catch((error: unknown) => log.error({ err: error }, 'the hub met a fault'))
      .finally(() => {
        way.delete(done);
        rounds.soon();
      });
    way.add(done);
  }

  const rounds = startRounds({
    what: 'the hub',
    everyMs: pollEveryMs,
    log,
    async round() {
      const now = clock();
      const late = lateBy(now);
      if (late !== null) await hasten(db, now, late);
      await noteChanges(db);
      for (const request of await claimRequests(db, mostAskedAtOnce - asking.size, clock())) {
        under(
          asking,
          inSpan('hub confirmation', {}, () => confirm(request, options)),
        );
      }
      const due = await claimSubscriptions(db, mostSentAtOnce - sending.size, clock());
      const feeds = feedsOf(options);
      for (const subscription of due) {
        under(
          sending,
          inSpan('hub delivery', {}, () => send(subscription, feeds(subscription.topic), options)),
        );
      }
      if (performance.now() - endedAt < endLeasesEveryMs) return;
      endedAt = performance.now();
      await endLeases(db, clock());
    },
  });
  return {
    async stop() {
      await rounds.stop();
      await Promise.all([...asking, ...sending]);
    },
  };
}

/** Makes each feed once, however many subscribe to it. */
function feedsOf({ db, site, clock, makeLoaders }: TellingOptions): (topic: string) => Promise<Sent | null> {
  const sight: Sight = { viewer: anyone, now: clock() };
  const sources = { db, site, sight, loaders: makeLoaders(db, sight) };
  const made = new Map<string, Promise<Sent | null>>();
  return (topic) => {
    const known = made.get(topic);
    if (known) return known;
    const making = topicPage(topic, sources).then(
      (page) => page && { ...page, digest: createHash('sha256').update(page.body).digest('base64url') },
    );
    made.set(topic, making);
    return making;
  };
}

/** Asks a callback whether it wants what was asked for it (WebSub section 5.3). */
async function confirm(request: ClaimedRequest, { db, outgoing, clock }: TellingOptions): Promise<void> {
  const challenge = randomBytes(24).toString('base64url');
  const parameters = {
    'hub.mode': request.mode,
    'hub.topic': request.topic,
    'hub.challenge': challenge,
    'hub.lease_seconds': String(request.leaseSeconds),
  };
  try {
    const answer = await outgoing.ask(new URL(askingOf(request.callback, parameters)), { withinMs });
    const said = await answer.text();
    if (isTaken(answer.status) && isSame(said, challenge)) return await grantRequest(db, request, clock());
    if (answer.status < 500) return await deferRequest(db, request, null);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
  const wait = waitForAnswer(request.tries);
  await deferRequest(db, request, wait === null ? null : new Date(clock().getTime() + wait));
}

function isSame(said: string, expected: string): boolean {
  const [one, other] = [Buffer.from(said), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Sends a subscriber the whole feed (WebSub section 7), unless it has it. */
async function send(
  subscription: ClaimedSubscription,
  making: Promise<Sent | null>,
  { db, site, outgoing, clock, log, chance = Math.random }: TellingOptions,
): Promise<void> {
  const { topic, callback, secret, tries } = subscription;
  const feed = await making;
  if (!feed) {
    await endSubscription(db, subscription);
    return deny(subscription, outgoing);
  }
  if (feed.digest === subscription.digest) return noteHad(db, subscription, feed.digest, clock());
  let retryAfter: Date | null = null;
  try {
    const answer = await outgoing.ask(new URL(callback), {
      method: 'POST',
      body: feed.body,
      withinMs,
      headers: {
        'content-type': feed.mediaType,
        link: `<${site.url}/hub>; rel="hub", <${topic}>; rel="self"`,
        ...(secret === null ? {} : { 'x-hub-signature': signatureOf(feed.body, secret) }),
      },
    });
    await answer.letGo();
    if (isTaken(answer.status)) return await noteHad(db, subscription, feed.digest, clock());
    if (answer.status === 410) return await endSubscription(db, subscription);
    retryAfter = waitAsked(answer.header('retry-after'), clock());
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
  const wait = waitAfter(tries, chance());
  if (wait === null) {
    log.warn({ topic, callback }, 'a subscriber has taken nothing for three days; the subscription ends');
    return endSubscription(db, subscription);
  }
  const at = new Date(clock().getTime() + wait);
  await deferSubscription(db, subscription, retryAfter && retryAfter > at ? retryAfter : at);
}

/** WebSub section 7.1. */
const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Tells a subscriber that a subscription is over because the feed is (WebSub section 5.2). Said once. */
async function deny({ callback, topic }: ClaimedSubscription, outgoing: Outgoing): Promise<void> {
  const parameters = { 'hub.mode': 'denied', 'hub.topic': topic, 'hub.reason': 'There is no such feed any more.' };
  try {
    const answer = await outgoing.ask(new URL(askingOf(callback, parameters)), { withinMs });
    await answer.letGo();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}
