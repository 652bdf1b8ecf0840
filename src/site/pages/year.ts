/** How far the clocks of a time zone are ahead of UTC at a moment, in milliseconds. */
function offsetAt(timeZone: string, moment: number): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(moment);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second')) - moment;
}

function beginningOf(year: number, timeZone: string): number {
  const midnight = Date.UTC(year, 0, 1);
  return midnight - offsetAt(timeZone, midnight - offsetAt(timeZone, midnight));
}

/** A year as the paper dates it, as a filter of articles; nothing where `text` is no year. */
export function yearIn(timeZone: string, text: string): { publishedAfter?: string; publishedBefore?: string } {
  if (!/^[12]\d{3}$/.test(text)) return {};
  const year = Number(text);
  return {
    // What is given is not in it: the year's own first millisecond has to be.
    publishedAfter: new Date(beginningOf(year, timeZone) - 1).toISOString(),
    publishedBefore: new Date(beginningOf(year + 1, timeZone)).toISOString(),
  };
}
