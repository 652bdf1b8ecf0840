/** Delays of up to so long, by a clock that went back or another machine's, are borne. In ms. */
export const borneMs = 60_000;

/** How far off what is waited for may be at `now`, in ms: what is further off is due now. Null while nothing is amiss. */
export type LateBy = (now: Date) => number | null;

/**
 * Watches for moments that a clock wrote down while it was ahead: nobody is to wait for them. When it is asked first, nobody
 * knows what the clock was, and whatever is further off than `longestMs`, the longest that is ever waited, was written so. When
 * the clock has gone back since it was asked last, so may be all that is waited for.
 */
export function watchClock(longestMs: number): LateBy {
  let latest: number | null = null;
  return (now) => {
    const before = latest;
    latest = now.getTime();
    if (before === null) return longestMs;
    return latest < before - borneMs ? borneMs : null;
  };
}
