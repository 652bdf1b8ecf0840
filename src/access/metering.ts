import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import { openShares, type Standing } from './shares.js';
import { addUsage, dayOf, type Usage } from './usage.js';
import type { PartnerKey } from './viewer.js';

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

const usageWrittenAfterMs = 1000;

/** Counts by shares of each limit, and writes down the use of keys a second later. */
export function openMetering({ db, log }: { db: Database; log: Logger }): Metering {
  const spendOfMinute = openShares({ db, log }, { name: 'minute', seconds: 60, keyPrefix: '60' });
  const spendOfDay = openShares({ db, log }, { name: 'day', seconds: 86_400, keyPrefix: '86400' });
  let usage = new Map<string, Usage>();
  let writing: Promise<void> | undefined;

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
        spendOfMinute(id, requestsPerMinute),
        spendOfDay(`${id} ${day}`, requestsPerDay),
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

/** A pause that keeps no process alive. */
const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

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
