import { ForPeople } from '../for-people.js';
import { type FeedOptions, FeedReader } from './feed/reader.js';
import { NdjsonReader } from './ndjson/reader.js';
import type { Reader } from './records.js';
import type { Source } from './source.js';
import { WxrReader, type WxrOptions } from './wxr/reader.js';

export type Format = Reader['format'];

/** A source in none of the formats the import reads, with what was seen instead. */
export class UnknownFormat extends ForPeople {
  override name = 'UnknownFormat';
}

const accepted = 'a WordPress export (WXR 1.0 to 1.2), an RSS 2.0, Atom or JSON feed, or Dateline NDJSON';

/** The reader for what `source` holds, told from its content. Throws {@link UnknownFormat} and {@link UnreadableSource}. */
export async function openReader(source: Source, options: WxrOptions & FeedOptions = {}): Promise<Reader> {
  const format = detectFormat(await source.head());
  if (format === 'wxr') return WxrReader.open(source, options);
  return format === 'ndjson' ? new NdjsonReader(source) : FeedReader.open(source, format, options);
}

/** The format of what begins with `head`, whatever its name says. Throws {@link UnknownFormat}. */
export function detectFormat(head: string): Format {
  const start = head.replace(/^\uFEFF/, '').trimStart();
  if (start === '') throw new UnknownFormat(`The file is empty; the import reads ${accepted}.`);
  const format = start.startsWith('<') ? markupFormat(start) : jsonFormat(start);
  if (format === null) throw new UnknownFormat(`The file begins with ${seen(start)}; the import reads ${accepted}.`);
  return format;
}

function markupFormat(start: string): Format | null {
  const root = rootTag(start);
  if (root === null) return null;
  const name = root.name.toLowerCase();
  if (name === 'rss') {
    const isExport = /["']https?:\/\/wordpress\.org\/export\//.test(root.attributes) || /<wp:wxr_version\b/.test(start);
    return isExport ? 'wxr' : 'rss';
  }
  if (name === 'feed' || name.endsWith(':feed')) return 'atom';
  if (name === 'rdf:rdf') throw new UnknownFormat(`The file is an RSS 1.0 (RDF) feed; the import reads ${accepted}.`);
  if (name === 'html') throw new UnknownFormat(`The file is a web page, not an export; the import reads ${accepted}.`);
  throw new UnknownFormat(`The file is XML with the root <${root.name.slice(0, 40)}>; the import reads ${accepted}.`);
}

/** The first element of an XML text, past its declaration, comments, instructions and document type. */
function rootTag(text: string): { name: string; attributes: string } | null {
  const passed = /\s*(?:<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<![a-z][^>[]*(?:\[[\s\S]*?\]\s*)?>)/iy;
  let at = 0;
  while (passed.test(text)) at = passed.lastIndex;
  const tag = /\s*<([^\s<>/!?]+)([^>]*)/y;
  tag.lastIndex = at;
  const [, name, attributes = ''] = tag.exec(text) ?? [];
  return name === undefined ? null : { name, attributes };
}

function jsonFormat(start: string): Format | null {
  if (
    /^\{[\s\S]*?"version"\s*:\s*"https?:\/\/(?:www\.)?jsonfeed\.org\/version\//.test(start) &&
    !hasRecordLine(start)
  ) {
    return 'json-feed';
  }
  return hasRecordLine(start) ? 'ndjson' : null;
}

/** Whether a line is an object that says its kind, as in NDJSON; the last one may be cut off. */
function hasRecordLine(start: string): boolean {
  return start.split('\n', 50).some((line) => /^\s*\{\s*"kind"\s*:\s*"/.test(line) || saysItsKind(line));
}

function saysItsKind(line: string): boolean {
  if (!/^\s*\{.*"kind"\s*:.*\}\s*$/.test(line)) return false;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
  } catch {
    return false;
  }
}

function seen(start: string): string {
  if (start.startsWith('PK\u0003\u0004')) return 'the bytes of a ZIP archive';

  const legible = start
    .slice(0, 40)
    .replace(/[\u0000-\u001F\u007F-\u009F\uFFFD]+/g, ' ')
    .trim();
  return legible === '' ? 'unreadable bytes' : `"${legible}"`;
}
