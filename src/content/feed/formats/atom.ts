import { XmlWriter } from '../../../http/xml.js';
import { htmlOf } from '../../article/body/serialise.js';
import { withLinkedFrames } from '../body.js';
import type { FeedDocument, FeedEntry, FeedPerson, FeedTopic, FeedWithdrawal } from '../document.js';
import { picture } from './rss.js';

const mediaType = 'application/atom+xml';
const namespaces = {
  xmlns: 'http://www.w3.org/2005/Atom',
  'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  'xmlns:media': 'http://search.yahoo.com/mrss/',
};

/** The feed as Atom (RFC 4287), paged by RFC 5005 section 3, what was withdrawn as tombstones (RFC 6721). */
export function renderAtom(feed: FeedDocument): string {
  const { pages, publisher } = feed;
  const xml = new XmlWriter()
    .open('feed', { ...namespaces, 'xml:lang': feed.language })
    .leaf('id', feed.id)
    .leaf('title', feed.title)
    .leaf('subtitle', feed.description)
    // An empty feed has not changed since there was none, and the element is required (section 4.1.1).
    .leaf('updated', (feed.updated ?? new Date(0)).toISOString())
    .leaf('generator', 'Dateline')
    .empty('link', { rel: 'alternate', type: 'text/html', href: feed.homeUrl })
    .empty('link', { rel: 'self', type: mediaType, href: pages.self })
    .empty('link', { rel: 'first', type: mediaType, href: pages.first });
  if (pages.previous) xml.empty('link', { rel: 'previous', type: mediaType, href: pages.previous });
  if (pages.next) xml.empty('link', { rel: 'next', type: mediaType, href: pages.next });
  if (pages.hub) xml.empty('link', { rel: 'hub', href: pages.hub });
  xml.open('author').leaf('name', publisher.name).leaf('uri', publisher.url).close();
  for (const entry of feed.entries) piece(xml, entry, feed.language);
  for (const withdrawal of feed.withdrawals) tombstone(xml, withdrawal);
  return xml.close().toString();
}

function piece(xml: XmlWriter, entry: FeedEntry, feedLanguage: string): void {
  const { section, source } = entry;
  xml
    .open('entry', { 'xml:lang': entry.language === feedLanguage ? null : entry.language })
    .leaf('id', entry.id)
    .leaf('title', entry.headline)
    .leaf('published', entry.published.toISOString())
    .leaf('updated', entry.updated.toISOString());
  for (const author of entry.authors) person(xml, 'author', author);
  for (const contributor of entry.contributors) person(xml, 'contributor', contributor);
  xml.empty('link', { rel: 'alternate', type: 'text/html', href: entry.url });
  xml.empty('category', { term: section.slug, label: section.name, scheme: schemeOf(section) });
  for (const tag of entry.tags) xml.empty('category', { term: tag.slug, label: tag.name, scheme: schemeOf(tag) });
  if (source) {
    const via = source.originalUrl ?? source.url;
    if (via) xml.empty('link', { rel: 'via', href: via, title: source.attribution });
    xml.leaf('dc:source', source.name);
    xml.leaf('rights', source.license === null ? source.attribution : `${source.attribution}. ${source.license}`);
  }
  if (entry.summary !== '' || !entry.body) xml.leaf('summary', entry.summary, { type: 'text' });
  if (entry.body) xml.leaf('content', htmlOf(withLinkedFrames(entry.body.tree)), { type: 'html' });
  if (entry.image) picture(xml, entry.image);
  xml.close();
}

const person = (xml: XmlWriter, element: 'author' | 'contributor', { name, url }: FeedPerson): XmlWriter =>
  xml.open(element).leaf('name', name).leaf('uri', url).close();

/** The address under which terms of this kind stand: `https://example.org/tag/`. */
const schemeOf = ({ url }: FeedTopic): string => new URL('../', url).href;

// The namespace stands on the element, so that a feed without one has no word its reader may not know.
const tombstone = (xml: XmlWriter, { id, at, reason }: FeedWithdrawal): XmlWriter =>
  xml
    .open('at:deleted-entry', { 'xmlns:at': 'http://purl.org/atompub/tombstones/1.0', ref: id, when: at.toISOString() })
    .leaf('at:comment', reason)
    .close();
