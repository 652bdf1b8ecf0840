import type { Frame } from '../page.js';
import { language } from '../words.js';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${timeZone} ${JSON.stringify(style)}`;
  let format = formats.get(name);
  if (!format) formats.set(name, (format = new Intl.DateTimeFormat(language, { timeZone, ...style })));
  return format;
}

/** A day as it stands on paper, for machines as well. */
export function Day({ at, paper }: { at: string; paper: Frame['publication'] }) {
  return <time dateTime={at}>{formatIn(paper.timeZone, { dateStyle: 'long' }).format(new Date(at))}</time>;
}

/** A day with its hour. */
export function Moment({ at, paper }: { at: string; paper: Frame['publication'] }) {
  const style = { dateStyle: 'long', timeStyle: 'short' } as const;
  return <time dateTime={at}>{formatIn(paper.timeZone, style).format(new Date(at))}</time>;
}
