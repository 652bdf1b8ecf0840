import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import { countedIn } from './counting.js';
import { addUsage, dayOf, type Usage } from './usage.js';
import type { PartnerKey } from './viewer.js';

/** How a key stands against one of its limits. */
export interface Standing {
  readonly name: 'minute' | 'day';
  readonly quota: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** A key has asked more often than it may; later it may again. RFC 6585 section 4. */
export class TooManyRequests extends Error {
  override name = 'TooManyRequests';

  constructor(
    readonly standings: readonly Standing[],
    { name, quota, resetSeconds }: Standing,
  ) {
    super(`This key may ask ${quota} times a ${name}, and has. It may again in ${resetSeconds} seconds.`);
    this.retryAfterSeconds = resetSeconds;
  }
  readonly retryAfterSeconds: number;
}

/** Counts what keys ask for, together with all other instances. */
export interface Metering {
  /** Counts one request. Throws {@link TooManyRequests}. */
  spend(key: PartnerKey, now: Date): Promise<readonly Standing[]>;
  /** Writes down what is counted and not written yet. */
  close(): Promise<void>;
}

/** An instance's share of a window: what it took from the common count and has not spent. */
interface Share {
  left: number;
  /** How many the window has left beside, as last seen. */
  elsewhere: number;
  endsAt: number;
  isOver: boolean;
  taking?: Promise<void> | undefined;
}

/** An instance takes up to this part of what is left at once: many requests cost one write, and the last are counted one by one. */
const shareOfRest = 1 / 20;
const usageWrittenAfterMs = 1000;

/**
 * Counts in the database, for all instances together, by taking shares of a limit: never more is granted than the limit, and
 * most requests wait for no write. While the database does not answer, every request is let through.
 */
export function openMetering({ db, log }: { db: Database; log: Logger }): Metering {
  const limiters = { minute: counter(db, 60), day: counter(db, 86_400) };
  const shares = new Map<string, Share>();
  let usage = new Map<string, Usage>();
  let writing: Promise<void> | undefined;

  async function take(share: Share, window: Standing['name'], id: string, quota: number): Promise<void> {
    const points = Math.max(1, Math.floor(share.elsewhere * shareOfRest));
    try {
      const { consumedPoints, msBeforeNext } = await limiters[window].penalty(id, points);
      const granted = Math.max(0, Math.min(points, quota - (consumedPoints - points)));
      share.left += granted;
      share.elsewhere = Math.max(0, quota - consumedPoints);
      share.endsAt = performance.now() + msBeforeNext;
      share.isOver = granted === 0;
    } catch (error) {
      log.warn({ err: error }, 'requests of partners cannot be counted; they are let through');
      share.left += points;
      share.endsAt = performance.now() + 1000;
    }
  }

  async function spendIn(window: Standing['name'], id: string, quota: number): Promise<Standing | TooFew> {
    const windowSeconds = window === 'minute' ? 60 : 86_400;
    for (;;) {
      let share = shares.get(id);
      if (!share || share.endsAt <= performance.now()) {
        share = { left: 0, elsewhere: quota, endsAt: Infinity, isOver: false };
        shares.set(id, share);
      }
      if (share.left > 0 || share.isOver) {
        const isSpent = share.left > 0;
        if (isSpent) share.left -= 1;
        const resetSeconds = Math.max(1, Math.ceil((share.endsAt - performance.now()) / 1000));
        const standing = { name: window, quota, windowSeconds, remaining: share.left + share.elsewhere, resetSeconds };
        return isSpent ? standing : { ...standing, isTooFew: true };
      }
      const taken = share;
      taken.taking ??= take(taken, window, id, quota).finally(() => (taken.taking = undefined));
      await taken.taking;
    }
  }

  async function writeUsage(): Promise<void> {
    const counted = usage;
    usage = new Map();
    try {
      await addUsage(db, [...counted.values()]);
    } catch (error) {
      log.warn({ err: error }, 'the use of keys could not be written down; it is tried again');
      for (const { keyId, day, requests, refused } of counted.values()) note(keyId, day, requests, refused);
    }
  }

  function note(keyId: string, day: string, requests: number, refused: number): void {
    const counted = usage.get(`${keyId} ${day}`) ?? { keyId, day, requests: 0, refused: 0 };
    usage.set(`${keyId} ${day}`, {
      ...counted,
      requests: counted.requests + requests,
      refused: counted.refused + refused,
    });
    writing ??= later(usageWrittenAfterMs).then(() => {
      writing = undefined;
      return writeUsage();
    });
  }

  return {
    async spend({ id, requestsPerMinute, requestsPerDay }, now) {
      const day = dayOf(now);
      const standings = await Promise.all([
        spendIn('minute', id, requestsPerMinute),
        spendIn('day', `${id} ${day}`, requestsPerDay),
      ]);
      const tooFew = standings.filter((standing) => 'isTooFew' in standing);
      note(id, day, 1, tooFew.length > 0 ? 1 : 0);
      const [longest] = tooFew.sort((one, other) => other.resetSeconds - one.resetSeconds);
      if (longest) throw new TooManyRequests(standings, longest);
      return standings;
    },
    close: writeUsage,
  };
}

type TooFew = Standing & { isTooFew: true };

/** A pause that keeps no process alive. */
const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

const counter = (db: Database, duration: number): RateLimiterPostgres =>
  countedIn(db, { keyPrefix: String(duration), points: Number.MAX_SAFE_INTEGER, duration });

/** What a refused request is answered with besides. */
export const tooManyHeaders = ({ standings, retryAfterSeconds }: TooManyRequests): Record<string, string> => ({
  ...rateHeaders(standings),
  'retry-after': String(retryAfterSeconds),
  'cache-control': 'no-store',
});

/**
 * The header fields of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10), and those of its draft 6, which most clients
 * read: of the limit that is nearest to its end.
 */
export function rateHeaders(standings: readonly Standing[]): Record<string, string> {
  const nearest = [...standings].sort((one, other) => one.remaining - other.remaining)[0];
  if (!nearest) return {};
  return {
    'ratelimit-policy': standings.map(({ name, quota, windowSeconds: w }) => `"${name}";q=${quota};w=${w}`).join(', '),
    ratelimit: standings
      .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
    'ratelimit-limit': String(nearest.quota),
    'ratelimit-remaining': String(nearest.remaining),
    'ratelimit-reset': String(nearest.resetSeconds),
  };
}
