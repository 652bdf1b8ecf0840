import { XmlWriter } from '../../../http/xml.js';
import { htmlOf, htmlOfNodes } from '../../article/body/serialise.js';
import { text } from '../../article/body/tree.js';
import { withLinkedFrames } from '../body.js';
import type { FeedDocument, FeedEntry, FeedImage, FeedSource } from '../document.js';

const namespaces = {
  version: '2.0',
  'xmlns:atom': 'http://www.w3.org/2005/Atom',
  'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
  'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  'xmlns:media': 'http://search.yahoo.com/mrss/',
};

/**
 * The feed as RSS 2.0, by its Best Practices Profile. Names are `dc:creator`, since `author` is for e-mail addresses. RSS has
 * no word for what was withdrawn: it is no longer there.
 */
export function renderRss(feed: FeedDocument): string {
  const { pages } = feed;
  const xml = new XmlWriter()
    .open('rss', namespaces)
    .open('channel')
    .leaf('title', feed.title)
    .leaf('link', feed.homeUrl)
    .leaf('description', feed.description)
    .leaf('language', feed.language)
    .leaf('lastBuildDate', feed.updated && rfc822(feed.updated))
    .leaf('generator', 'Dateline')
    .empty('atom:link', { rel: 'self', href: pages.self, type: 'application/rss+xml' })
    .empty('atom:link', { rel: 'first', href: pages.first, type: 'application/rss+xml' });
  if (pages.previous) xml.empty('atom:link', { rel: 'previous', href: pages.previous, type: 'application/rss+xml' });
  if (pages.next) xml.empty('atom:link', { rel: 'next', href: pages.next, type: 'application/rss+xml' });
  if (pages.hub) xml.empty('atom:link', { rel: 'hub', href: pages.hub });
  for (const entry of feed.entries) item(xml, entry, feed.language);
  return xml.close().close().toString();
}

function item(xml: XmlWriter, entry: FeedEntry, feedLanguage: string): void {
  xml
    .open('item')
    .leaf('title', entry.headline)
    .leaf('link', entry.url)
    .leaf('guid', entry.id, { isPermaLink: 'false' })
    .leaf('pubDate', rfc822(entry.published))
    .leaf('atom:updated', entry.updated.toISOString());
  for (const { name } of entry.authors) xml.leaf('dc:creator', name);
  for (const { name } of entry.contributors) xml.leaf('dc:contributor', name);
  xml.leaf('category', entry.section.name, { domain: entry.section.url });
  for (const tag of entry.tags) xml.leaf('category', tag.name, { domain: tag.url });
  if (entry.language !== feedLanguage) xml.leaf('dc:language', entry.language);
  // A description is HTML by custom, so that the words themselves are written as HTML first.
  xml.leaf('description', htmlOfNodes([text(entry.summary)]));
  if (entry.body) xml.leaf('content:encoded', htmlOf(withLinkedFrames(entry.body.tree)));
  if (entry.source) lentBy(xml, entry.source);
  if (entry.image) picture(xml, entry.image);
  xml.close();
}

function lentBy(xml: XmlWriter, { name, url, attribution, originalUrl, license }: FeedSource): void {
  if (url) xml.leaf('source', name, { url });
  else xml.leaf('dc:source', name);
  if (originalUrl) xml.empty('atom:link', { rel: 'via', href: originalUrl, title: attribution });
  xml.leaf('dc:rights', license === null ? attribution : `${attribution}. ${license}`);
}

/** A picture with its credit, by Media RSS 1.5; what Atom carries too. */
export function picture(xml: XmlWriter, { url, mediaType, width, height, alt, caption, credit }: FeedImage): void {
  xml
    .open('media:content', { url, medium: 'image', type: mediaType, width, height })
    .leaf('media:title', alt === '' ? null : alt, { type: 'plain' })
    .leaf('media:description', caption, { type: 'plain' })
    .leaf('media:credit', credit)
    .close();
}

/** RFC 822 with a year of four digits, as RSS asks: `Mon, 15 Jun 2026 12:00:00 GMT`. */
const rfc822 = (date: Date): string => date.toUTCString();
