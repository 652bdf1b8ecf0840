import type { ArticleStatus as StoredStatus, BylineRole } from '../../generated/prisma/enums.js';

/** What an article's standing is called: as kept, and SCHEDULED for what is published at a moment still to come. */
export type ArticleStatus = StoredStatus | 'SCHEDULED';

/** A published article whose moment has not come is scheduled: reading says so, no job has to. */
export function statusAt(
  now: Date,
  { status, publishedAt }: { status: StoredStatus; publishedAt: Date | null },
): ArticleStatus {
  return status === 'PUBLISHED' && publishedAt !== null && publishedAt > now ? 'SCHEDULED' : status;
}

export interface PathParts {
  slug: string;
  section: string;
  /** The first publication, or the making of a draft. */
  date: Date;
}

/** An article's address by the template, its date read in the publication's time zone. */
export function pathBy(template: string, timeZone: string, { slug, section, date }: PathParts): string {
  const [yyyy = '', mm = '', dd = ''] = dayFormat(timeZone).format(date).split('-');
  const parts: Record<string, string> = { yyyy, mm, dd, slug, section };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** Days as `2026-01-31`. Making a format costs a thousand times what using it does. */
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  let format = dayFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    dayFormats.set(timeZone, format);
  }
  return format;
}

/** Bylines as one printed line: who wrote it, in order, in the words of `language`. Others stand with their role elsewhere. */
export function bylineOf(bylines: readonly { name: string; role: BylineRole }[], language: string): string {
  const writers = bylines.filter(({ role }) => role === 'WRITER' || role === 'CONTRIBUTOR');
  const names = (writers.length > 0 ? writers : bylines).map(({ name }) => name);
  return listFormat(language).format(names);
}

const listFormats = new Map<string, Intl.ListFormat>();

function listFormat(language: string): Intl.ListFormat {
  let format = listFormats.get(language);
  if (!format) {
    const supported = Intl.ListFormat.supportedLocalesOf([language]).length > 0 ? language : 'en';
    // "A, B and C": the press does without the comma before "and" that American English has.
    format = new Intl.ListFormat(supported === 'en' ? 'en-GB' : supported, { type: 'conjunction' });
    listFormats.set(language, format);
  }
  return format;
}
