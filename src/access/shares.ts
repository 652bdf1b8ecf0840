import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import { countedIn } from './counting.js';

/** How somebody stands against a limit. */
export interface Standing {
  readonly name: 'minute' | 'day' | 'cost';
  readonly quota: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export type TooFew = Standing & { isTooFew: true };

/** One limit for many, each under an id of its own. */
export interface Window {
  readonly name: Standing['name'];
  readonly seconds: number;
  /** What its counts begin with in the database: no other limit has it. */
  readonly keyPrefix: string;
  /** Whether an instance grants the first share of each id without counting it, so that little costs no write. */
  readonly firstIsFree?: boolean;
}

/** An instance's share of a window: what it took from the common count and has not spent. */
interface Share {
  left: number;
  /** How many the window has left beside, as last seen. */
  elsewhere: number;
  /** Granted and not counted yet. */
  owed: number;
  endsAt: number;
  isOver: boolean;
  taking?: Promise<void> | undefined;
}

/** An instance takes up to this part of what is left at once: many requests cost one write, and the last are counted one by one. */
const shareOfRest = 1 / 20;
/** Shares of windows that are over are looked for when there are so many. */
const manyShares = 10_000;

/** Spends of a limit: {@link TooFew} where it has not so much left. */
export type Spend = (id: string, quota: number, points?: number) => Promise<Standing | TooFew>;

/**
 * Counts in the database, for all instances together, by taking shares of a limit: never more is granted than the limit, and
 * most requests wait for no write. While the database does not answer, every request is let through.
 */
export function openShares({ db, log }: { db: Database; log: Logger }, window: Window): Spend {
  const { name, seconds, keyPrefix, firstIsFree = false } = window;
  const limiter: RateLimiterPostgres = countedIn(db, {
    keyPrefix,
    points: Number.MAX_SAFE_INTEGER,
    duration: seconds,
  });
  const shares = new Map<string, Share>();

  function begin(id: string, quota: number): Share {
    const now = performance.now();
    if (shares.size >= manyShares) {
      for (const [each, { endsAt }] of shares) if (endsAt <= now) shares.delete(each);
      // All of one minute: the first of them begin again, as with an instance that was started anew.
      for (const each of shares.keys()) {
        if (shares.size < manyShares) break;
        shares.delete(each);
      }
    }
    const free = firstIsFree ? Math.floor(quota * shareOfRest) : 0;
    const endsAt = firstIsFree ? now + seconds * 1000 : Infinity;
    const share = { left: free, elsewhere: quota - free, owed: free, endsAt, isOver: false };
    shares.set(id, share);
    return share;
  }

  async function take(share: Share, id: string, quota: number, wanted: number): Promise<void> {
    const points = Math.max(wanted, Math.floor(share.elsewhere * shareOfRest));
    const { owed } = share;
    share.owed = 0;
    try {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(id, points + owed);
      const granted = Math.max(0, Math.min(points, quota - (consumedPoints - points)));
      share.left += granted;
      share.elsewhere = Math.max(0, quota - consumedPoints);
      share.endsAt = performance.now() + msBeforeNext;
      share.isOver = granted < wanted;
    } catch (error) {
      log.warn({ err: error }, 'requests cannot be counted; they are let through');
      share.left += points;
      share.endsAt = performance.now() + 1000;
    }
  }

  return async (id, quota, points = 1) => {
    for (;;) {
      let share = shares.get(id);
      if (!share || share.endsAt <= performance.now()) share = begin(id, quota);
      const isSpent = share.left >= points;
      if (isSpent || share.isOver) {
        if (isSpent) share.left -= points;
        const resetSeconds = Math.max(1, Math.ceil((share.endsAt - performance.now()) / 1000));
        const remaining = share.left + share.elsewhere;
        const standing = { name, quota, windowSeconds: seconds, remaining, resetSeconds };
        return isSpent ? standing : { ...standing, isTooFew: true };
      }
      const taken = share;
      taken.taking ??= take(taken, id, quota, points - taken.left).finally(() => (taken.taking = undefined));
      await taken.taking;
    }
  };
}
