const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

const formats = new Map<string, Intl.RelativeTimeFormat>();

/** How long ago `then` was, in the words of `language` and the largest whole unit: “2 hours ago”, “now” within a minute. */
export function ageOf(then: Date, now: Date, language: string): string {
  let format = formats.get(language);
  if (!format) formats.set(language, (format = new Intl.RelativeTimeFormat(language, { numeric: 'always' })));
  const seconds = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 1000));
  for (const [unit, length] of steps) {
    if (seconds >= length) return format.format(-Math.floor(seconds / length), unit);
  }
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
}

/** The moment from which {@link ageOf} says something else than it does at `now`, in milliseconds. */
export function ageChangesAt(then: Date, now: Date): number {
  const seconds = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 1000));
  const next = steps.reduce((soonest, [, length]) => {
    // The next whole unit of the one it is told in, or the first whole of a larger.
    const whole = seconds >= length ? (Math.floor(seconds / length) + 1) * length : length;
    return Math.min(soonest, whole);
  }, Infinity);
  return then.getTime() + next * 1000;
}
