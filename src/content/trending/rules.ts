export type TrendingWindow = 'HOUR' | 'DAY' | 'WEEK';

const minuteMs = 60_000;

/** Views are counted by half hours: one reader is one view of an article in each. */
export const halfHour = 30;
const quarterOfDay = 360;
/** Readers are counted by days of UTC, beyond which nobody is told apart. */
export const wholeDay = 1440;

interface Measure {
  /** Minutes of the spans that views are summed over. */
  readonly minutes: number;
  /** How many spans, the one under way included. */
  readonly spans: number;
  /** Minutes after which a view weighs half. */
  readonly halfLife: number;
}

/** What each window looks at. Whoever changes a figure changes the descriptions in `graphql.ts`, which are a promise. */
export const measures = {
  HOUR: { minutes: halfHour, spans: 2, halfLife: 30 },
  DAY: { minutes: halfHour, spans: 48, halfLife: 360 },
  WEEK: { minutes: quarterOfDay, spans: 28, halfLife: 2880 },
} as const satisfies Record<TrendingWindow, Measure>;

/** With fewer readers a piece is in no ranking: what two people read together is theirs. */
export const leastReaders = 3;

/** Of each span so many pieces are looked at, the most read ones: what is read does not grow with the archive. */
export const mostOfSpan = 500;

/** The beginning of the span of `minutes` that `moment` (milliseconds) lies in. Spans are counted from 1970, in UTC. */
export const beginningOf = (moment: number, minutes: number): number =>
  Math.floor(moment / (minutes * minuteMs)) * minutes * minuteMs;

export interface Span {
  /** Milliseconds. */
  readonly begins: number;
  /** What one view in it counts. */
  readonly weight: number;
}

/** The spans that `window` looks at, the one under way first. */
export function spansOf(window: TrendingWindow, now: number): Span[] {
  const { minutes, spans, halfLife } = measures[window];
  const current = beginningOf(now, minutes);
  return Array.from({ length: spans }, (_, age) => ({
    begins: current - age * minutes * minuteMs,
    weight: 2 ** ((-age * minutes) / halfLife),
  }));
}

/** A ranking is made anew after at most so long. */
export const rankingLifeMs = 5000;

/** Until when (milliseconds) a ranking made at `now` may be shown. */
export const rankingEnds = (now: number): number => (Math.floor(now / rankingLifeMs) + 1) * rankingLifeMs;
