import { isWritable } from '../../moments.js';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The moment of a WordPress date such as `2024-06-05 16:04:48`, taken as UTC; null for none, zeroes or no real date. */
export function momentOfSqlDate(date: string | undefined): string | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)$/.exec(date?.trim() ?? '');
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return momentOf(year, month, day, hour, minute, second, 0);
}

/** The moment of an RSS date such as `Mon, 10 Jun 2024 12:29:10 +0000` (RFC 822, section 5, with years of four digits). */
export function momentOfRssDate(date: string | undefined): string | null {
  const parts =
    /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s*(?:(GMT|UTC?|Z)|([+-])(\d\d)(\d\d))$/i.exec(
      date?.trim() ?? '',
    );
  if (!parts) return null;
  const [, day, name = '', year, hour, minute, second = '0', , sign, offsetHours = '0', offsetMinutes = '0'] = parts;
  const month = months.findIndex((known) => known.toLowerCase() === name.toLowerCase()) + 1;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  return momentOf(Number(year), month, Number(day), Number(hour), Number(minute), Number(second), offset);
}

function momentOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  offset: number,
) {
  if (year < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute - offset, second);
  return isWritable(date.getTime()) ? date.toISOString() : null;
}
