const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** What is waited after each attempt that failed, as Standard Webhooks proposes: a little over three days in all. */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];

/** As many attempts are made of one message, the first included. */
export const mostTries = waits.length + 1;

/** An endpoint that takes nothing for so long is no longer sent to. */
const patienceMs = 5 * day;

const longestPauseMs = 5 * minute;

/** Longer than this nobody may have us wait. */
const longestWaitAskedMs = day;

/** Longer than any message or endpoint waits, in ms. */
export const longestWaitMs = 2 * day;

/** Spread over a tenth to either side, so that what failed together is not tried again together. `chance` is in [0, 1). */
const spread = (ms: number, chance: number): number => Math.round(ms * (0.9 + 0.2 * chance));

/** How long after its attempt number `tries` a message is tried again, in ms; null where it was the last. */
export function waitAfter(tries: number, chance: number): number | null {
  const wait = waits[tries - 1];
  return wait === undefined ? null : spread(wait, chance);
}

/**
 * How long an endpoint that failed `failures` times in a row is left alone, in ms. One failure may be one message's fault,
 * and holds nothing else up.
 */
export const pauseAfter = (failures: number, chance: number): number =>
  failures < 2 ? 0 : spread(Math.min(longestPauseMs, second * 2 ** Math.min(failures - 1, 20)), chance);

/** Until when `Retry-After` asks to wait (RFC 9110 section 10.2.3), a day at most; null where it asks nothing. */
export function waitAsked(header: string | null, now: Date): Date | null {
  const text = header?.trim() ?? '';
  const at = /^\d{1,9}$/.test(text) ? now.getTime() + Number(text) * second : Date.parse(text);
  if (Number.isNaN(at) || at <= now.getTime()) return null;
  return new Date(Math.min(at, now.getTime() + longestWaitAskedMs));
}

export interface Failing {
  /** Attempts of this message, the one just made included. */
  readonly tries: number;
  /** Attempts at this endpoint that failed in a row, the one just made included. */
  readonly failures: number;
  readonly failingSince: Date;
}

export interface Attempt {
  /** When it ended. */
  readonly at: Date;
  readonly tookMs: number;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly problem: string | null;
  readonly retryAfter: Date | null;
}

/** What becomes of a message, and of its endpoint. */
export interface Sequel {
  /** When the message is tried again; null where it is not. */
  readonly tryAt: Date | null;
  /** Until when nothing is sent to the endpoint. */
  readonly pauseUntil: Date | null;
  /** Why nothing is sent to it any more. */
  readonly disabledBecause: string | null;
}

/** What follows an attempt that failed. */
export function sequelOf(attempt: Attempt, { tries, failures, failingSince }: Failing, chance: number): Sequel {
  const { at, status, retryAfter } = attempt;
  const later = (ms: number) => new Date(at.getTime() + ms);
  // Its messages stay, for when it is enabled again.
  if (status === 410) return { tryAt: at, pauseUntil: null, disabledBecause: 'It answered 410 Gone.' };
  const wait = waitAfter(tries, chance);
  const pause = pauseAfter(failures, chance);
  const isTooLong = at.getTime() - failingSince.getTime() > patienceMs;
  return {
    tryAt: wait === null ? null : latest(later(wait), retryAfter),
    pauseUntil: pause === 0 ? retryAfter : latest(later(pause), retryAfter),
    disabledBecause: isTooLong ? 'It has taken nothing for five days.' : null,
  };
}

const latest = (one: Date, other: Date | null): Date => (other && other > one ? other : one);

/** Whether the receiver has taken the message: any 2xx. A redirect is none, since a signed message is not sent on. */
export const isTaken = (status: number): boolean => status >= 200 && status < 300;

/** The type of the message that tells of a change, as receivers sort messages by. */
export const typeOf = (kind: string): string => `article.${kind.toLowerCase()}`;
