import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { SaxesParser } from 'saxes';
import type { ImageRecord } from '../records.js';
import { baseOf, resolved, withWholeAddresses } from './addresses.js';

/** One item of a feed, whatever its format. */
export interface FeedItem {
  /** Its id there, or its address where it has none; null for an item that has neither. */
  readonly id: string | null;
  readonly url: string | null;
  readonly title: string | null;
  readonly html: string;
  /** Plain or HTML; null where it has none beside its words. */
  readonly summary: string | null;
  readonly published: string | null;
  readonly updated: string | null;
  readonly authors: readonly string[];
  readonly tags: readonly string[];
  readonly image: ImageRecord | null;
  readonly license: string | null;
  readonly language: string | null;
}

export interface ReadFeed {
  readonly title: string | null;
  /** Its own address, or that of its site. */
  readonly url: string | null;
  readonly items: readonly FeedItem[];
  /** Ids of items that are withdrawn there (RFC 6721, and what Dateline says in JSON Feed). */
  readonly withdrawn: readonly string[];
}

export type FeedFormat = 'rss' | 'atom' | 'json-feed';

/**
 * Reads a whole feed that was found at `address`, with every address in it whole. Throws whatever its parser throws for what is
 * none.
 */
export function readFeed(format: FeedFormat, text: string, address: string | null = null): ReadFeed {
  if (format === 'rss') return storable(rss(text, address));
  return storable(format === 'atom' ? atom(text, address) : jsonFeed(text, address));
}

/** The same without what PostgreSQL keeps in no text: U+0000 and halves of surrogate pairs, which parsers let through. */
function storable<Value>(value: Value): Value {
  if (typeof value === 'string') return value.replace(/[\0\p{Surrogate}]/gu, '') as Value;
  if (Array.isArray(value)) return value.map(storable) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, storable(part as unknown)])) as Value;
}

/** Where the addresses of an item are seen from: as XML Base says, and where nothing does, the words from the item's own page. */
function basesOf(address: string | null, xml: readonly ({ base?: string } | undefined)[], link: string | null) {
  const said = xml.map((one) => one?.base);
  const about = baseOf(address, ...said.slice(0, 2));
  const url = link === null ? null : resolved(link, about);
  return { about, url, words: said.some(Boolean) ? baseOf(address, ...said) : baseOf(address, url) };
}

const present = (text: string | undefined): string | null => text?.trim() || null;
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Plain words as HTML: an empty line parts paragraphs. */
const htmlOf = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${escaped(paragraph.trim())}</p>`)
    .join('');

interface MediaContent {
  url?: string;
  type?: string;
  medium?: string;
  width?: number;
  height?: number;
  title?: { value?: string };
  description?: { value?: string };
  credits?: { value?: string }[];
}

function pictureIn(
  base: string | null,
  contents: readonly MediaContent[] = [],
  enclosures: readonly { url?: string; type?: string }[] = [],
): ImageRecord | null {
  const isPicture = ({ medium, type }: MediaContent) => medium === 'image' || type?.startsWith('image/');
  const found = [...contents, ...enclosures].find((one: MediaContent) => one.url && isPicture(one)) as
    MediaContent | undefined;
  if (!found?.url) return null;
  return {
    url: resolved(found.url, base),
    alt: found.title?.value ?? '',
    caption: present(found.description?.value),
    credit: present(found.credits?.[0]?.value),
    width: found.width ?? null,
    height: found.height ?? null,
  };
}

function rss(text: string, address: string | null): ReadFeed {
  const feed = parseRssFeed(text);
  return {
    title: present(feed.title),
    url: feed.atom?.links?.find(({ rel }) => rel === 'self')?.href ?? present(feed.link),
    withdrawn: [],
    items: (feed.items ?? []).map((item) => {
      const full = item.content?.encoded;
      // A guid is an address unless it says that it is none.
      const guid = present(item.guid?.value);
      const link = present(item.link) ?? (item.guid?.isPermaLink === false ? null : guid);
      const { about, url, words } = basesOf(address, [feed.xml, item.xml], link);
      return {
        id: guid ?? present(item.link),
        url,
        title: present(item.title),
        html: withWholeAddresses(full ?? item.description ?? '', words),
        summary: full === undefined ? null : present(item.description),
        published: present(item.pubDate) ?? present(item.dc?.dates?.[0]),
        updated: present(item.atom?.updated),
        authors: item.dc?.creators ?? item.authors?.flatMap(nameOf) ?? [],
        tags: (item.categories ?? []).flatMap(({ name }) => present(name) ?? []),
        image: pictureIn(about, item.media?.contents, item.enclosures),
        license: present(item.dc?.rights?.[0]),
        language: present(item.dc?.languages?.[0]),
      };
    }),
  };
}

/** RSS has an address of mail there, with the name in brackets behind it if it has one. */
function nameOf(author: string | { name?: string }): string[] {
  const text = typeof author === 'string' ? author : (author.name ?? '');
  const name = /\(([^)]+)\)\s*$/.exec(text)?.[1] ?? (text.includes('@') ? '' : text);
  return name.trim() ? [name.trim()] : [];
}

interface AtomText {
  value?: string;
  type?: string;
}

/** RFC 4287 section 3.1.1: text is plain unless it says otherwise. */
const htmlOfText = ({ value = '', type = 'text' }: AtomText = {}): string =>
  type === 'text' || type === 'text/plain' ? htmlOf(value) : value;

const titleOf = ({ value = '', type = 'text' }: AtomText = {}): string | null =>
  present(type === 'text' ? escaped(value) : value);

function atom(text: string, address: string | null): ReadFeed {
  const feed = parseAtomFeed(text);
  const linkOf = (links: readonly { href?: string; rel?: string }[] | undefined, ...rels: (string | undefined)[]) =>
    present(links?.find(({ rel }) => rels.includes(rel))?.href);
  return {
    title: titleOf(feed.title),
    url: linkOf(feed.links, 'self') ?? linkOf(feed.links, 'alternate', undefined),
    withdrawn: tombstonesIn(text),
    items: (feed.entries ?? []).map((entry) => {
      const link = linkOf(entry.links, 'alternate', undefined);
      const said = entry.content ?? entry.summary;
      const { about, url, words } = basesOf(address, [feed.xml, entry.xml, said?.xml], link);
      return {
        id: present(entry.id) ?? link,
        url,
        title: titleOf(entry.title),
        html: withWholeAddresses(htmlOfText(said), words),
        summary: entry.content && entry.summary ? htmlOfText(entry.summary) : null,
        published: present(entry.published) ?? present(entry.updated),
        updated: present(entry.updated),
        authors: (entry.authors ?? feed.authors ?? []).flatMap(({ name }) => present(name) ?? []),
        tags: (entry.categories ?? []).flatMap(({ label, term }) => present(label) ?? present(term) ?? []),
        image: pictureIn(
          about,
          entry.media?.contents,
          (entry.links ?? [])
            .filter(({ rel }) => rel === 'enclosure')
            .map(({ href = '', type = '' }) => ({ url: href, type })),
        ),
        license: present(entry.rights?.value),
        language: present(entry.xml?.lang),
      };
    }),
  };
}

/** RFC 6721, which the parser passes over. */
function tombstonesIn(text: string): string[] {
  const found: string[] = [];
  if (!text.includes('http://purl.org/atompub/tombstones/1.0')) return found;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', () => undefined);
  parser.on('opentag', ({ local, uri, attributes }) => {
    const ref = attributes['ref']?.value;
    if (local === 'deleted-entry' && uri === 'http://purl.org/atompub/tombstones/1.0' && ref) found.push(ref);
  });
  parser.write(text).close();
  return found;
}

interface Deleted {
  _dateline?: { deleted?: { id?: unknown }[] };
}

function jsonFeed(text: string, address: string | null): ReadFeed {
  const parsed = JSON.parse(text) as Deleted;
  const feed = parseJsonFeed(parsed);
  const deleted = Array.isArray(parsed._dateline?.deleted) ? parsed._dateline.deleted : [];
  return {
    title: present(feed.title),
    url: present(feed.feed_url) ?? present(feed.home_page_url),
    withdrawn: deleted.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
    items: (feed.items ?? []).map((item) => {
      const { about, url, words } = basesOf(address, [], present(item.url) ?? present(item.external_url));
      return {
        id: present(item.id),
        url,
        title: item.title ? escaped(item.title) : null,
        html: withWholeAddresses(item.content_html ?? htmlOf(item.content_text ?? ''), words),
        summary: item.summary ? escaped(item.summary) : null,
        published: present(item.date_published),
        updated: present(item.date_modified),
        authors: (item.authors ?? feed.authors ?? []).flatMap(({ name }) => present(name) ?? []),
        tags: item.tags ?? [],
        image: item.image ? { url: resolved(item.image, about), alt: '', caption: null, credit: null } : null,
        license: null,
        language: present(item.language) ?? present(feed.language),
      };
    }),
  };
}
