import { all, type XmlElement } from '../../support/xml.js';

/** What is wrong with a feed by one rule; each rule names where it stands. */
type Rule = readonly [rule: string, holds: (root: XmlElement) => boolean];

const count = (element: XmlElement, name: string): number => all(element, name).length;
const text = (element: XmlElement, name: string): string => all(element, name)[0]?.text ?? '';
const isUri = (value: string): boolean => /^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]+$/i.test(value);
const isRfc3339 = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));
const isRfc822 = (value: string): boolean =>
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/.test(
    value,
  ) && new Date(value).toUTCString() === value;
const areDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
const entriesOf = (feed: XmlElement): XmlElement[] => all(feed, 'atom:entry');
const itemsOf = (rss: XmlElement): XmlElement[] => all(all(rss, 'channel')[0] ?? rss, 'item');
const channelOf = (rss: XmlElement): XmlElement => all(rss, 'channel')[0] ?? rss;
const links = (element: XmlElement, rel: string): XmlElement[] =>
  all(element, 'atom:link').filter(({ attributes }) => (attributes['rel'] ?? 'alternate') === rel);
const everyEntry = (holds: (entry: XmlElement, feed: XmlElement) => boolean) => (feed: XmlElement) =>
  entriesOf(feed).every((entry) => holds(entry, feed));
const everyItem = (holds: (item: XmlElement) => boolean) => (rss: XmlElement) => itemsOf(rss).every(holds);

const atomRules: readonly Rule[] = [
  [
    'RFC 4287 4.1.1: a feed has one id, title and updated',
    (feed) => ['id', 'title', 'updated'].every((name) => count(feed, `atom:${name}`) === 1),
  ],
  [
    '4.1.2: an entry has one id, title and updated',
    everyEntry((entry) => ['id', 'title', 'updated'].every((name) => count(entry, `atom:${name}`) === 1)),
  ],
  [
    '4.1.1, 4.1.2: an entry or its feed has an author',
    everyEntry((entry, feed) => count(entry, 'atom:author') + count(feed, 'atom:author') > 0),
  ],
  [
    '4.2.1: a person has a name',
    (feed) =>
      [feed, ...entriesOf(feed)].every((one) =>
        [...all(one, 'atom:author'), ...all(one, 'atom:contributor')].every(
          (person) => text(person, 'atom:name').trim() !== '',
        ),
      ),
  ],
  ['4.2.6: ids are IRIs', (feed) => [feed, ...entriesOf(feed)].every((one) => isUri(text(one, 'atom:id')))],
  ['4.1.1: no two entries share an id', (feed) => areDistinct(entriesOf(feed).map((entry) => text(entry, 'atom:id')))],
  [
    '3.3: dates are RFC 3339',
    (feed) =>
      isRfc3339(text(feed, 'atom:updated')) &&
      entriesOf(feed).every((entry) =>
        ['atom:updated', 'atom:published'].every((name) => count(entry, name) === 0 || isRfc3339(text(entry, name))),
      ),
  ],
  ['4.1.1: a feed links to itself, once', (feed) => links(feed, 'self').length === 1],
  [
    '4.1.1, 4.1.2: at most one alternate for a type and language',
    (feed) =>
      [feed, ...entriesOf(feed)].every((one) =>
        areDistinct(links(one, 'alternate').map(({ attributes }) => `${attributes['type']} ${attributes['hreflang']}`)),
      ),
  ],
  [
    '4.2.7: links are whole addresses',
    (feed) =>
      [feed, ...entriesOf(feed)].every((one) =>
        all(one, 'atom:link').every(({ attributes }) => isUri(attributes['href'] ?? '')),
      ),
  ],
  [
    '4.1.2: an entry without content has an alternate and a summary',
    everyEntry(
      (entry) =>
        count(entry, 'atom:content') === 1 ||
        (links(entry, 'alternate').length === 1 && count(entry, 'atom:summary') === 1),
    ),
  ],
  [
    '4.1.3.3: content is html as text, with no elements in it',
    everyEntry((entry) =>
      all(entry, 'atom:content').every(
        ({ attributes, children }) => attributes['type'] === 'html' && children.length === 0,
      ),
    ),
  ],
  [
    '4.1.2: at most one content, summary, published and rights',
    everyEntry((entry) =>
      ['content', 'summary', 'published', 'rights'].every((name) => count(entry, `atom:${name}`) <= 1),
    ),
  ],
  [
    '4.2.2: a category has a term',
    everyEntry((entry) => all(entry, 'atom:category').every(({ attributes }) => Boolean(attributes['term']))),
  ],
  [
    'validator: what is said of the feed stands before its entries',
    (feed) => {
      const first = feed.children.findIndex(({ name }) => name === 'atom:entry' || name === 'at:deleted-entry');
      return (
        first === -1 ||
        feed.children.slice(first).every(({ name }) => name === 'atom:entry' || name === 'at:deleted-entry')
      );
    },
  ],
  [
    'RFC 5005 3: pages link to the first, and never to themselves',
    (feed) => {
      const self = links(feed, 'self')[0]?.attributes['href'];
      return (
        links(feed, 'first').length === 1 &&
        [...links(feed, 'next'), ...links(feed, 'previous')].every(({ attributes }) => attributes['href'] !== self)
      );
    },
  ],
  [
    'RFC 6721 3: a tombstone says of what and since when, once',
    (feed) => {
      const graves = all(feed, 'at:deleted-entry').map(({ attributes }) => attributes);
      return (
        graves.every(({ ref, when }) => isUri(ref ?? '') && isRfc3339(when ?? '')) &&
        areDistinct(graves.map(({ ref }) => ref ?? ''))
      );
    },
  ],
  [
    'RFC 6721 2: what is buried is not in the feed',
    (feed) => {
      const ids = new Set(entriesOf(feed).map((entry) => text(entry, 'atom:id')));
      return all(feed, 'at:deleted-entry').every(({ attributes }) => !ids.has(attributes['ref'] ?? ''));
    },
  ],
];

const rssRules: readonly Rule[] = [
  ['RSS 2.0: the root says version 2.0', (rss) => rss.name === 'rss' && rss.attributes['version'] === '2.0'],
  [
    'a channel has one title, link and description',
    (rss) => ['title', 'link', 'description'].every((name) => count(channelOf(rss), name) === 1),
  ],
  [
    'an item has one title, link and description',
    everyItem((item) => ['title', 'link', 'description'].every((name) => count(item, name) === 1)),
  ],
  [
    'an item has a guid that says it is no link',
    everyItem((item) => count(item, 'guid') === 1 && all(item, 'guid')[0]?.attributes['isPermaLink'] === 'false'),
  ],
  ['no two items share a guid', (rss) => areDistinct(itemsOf(rss).map((item) => text(item, 'guid')))],
  [
    'dates are RFC 822 with four digits of year',
    (rss) =>
      all(channelOf(rss), 'lastBuildDate').every((date) => isRfc822(date.text)) &&
      itemsOf(rss).every((item) => isRfc822(text(item, 'pubDate'))),
  ],
  [
    'validator: nothing is said twice in two vocabularies',
    everyItem(
      (item) =>
        ['author', 'dc:date', 'dc:subject', 'atom:id', 'atom:published', 'atom:author'].every(
          (name) => count(item, name) === 0,
        ) && count(item, 'source') + count(item, 'dc:source') <= 1,
    ),
  ],
  [
    'validator: a description stands before the content',
    everyItem(({ children }) => {
      const names = children.map(({ name }) => name);
      return !names.includes('content:encoded') || names.indexOf('description') < names.indexOf('content:encoded');
    }),
  ],
  ['at most one enclosure', everyItem((item) => count(item, 'enclosure') <= 1)],
  [
    'a category says something',
    everyItem((item) => all(item, 'category').every((category) => category.text.trim() !== '')),
  ],
  [
    'a source has its address',
    everyItem((item) => all(item, 'source').every(({ attributes }) => isUri(attributes['url'] ?? ''))),
  ],
  ['links are whole addresses', everyItem((item) => isUri(text(item, 'link')))],
  ['Best Practices: a channel links to itself, once', (rss) => links(channelOf(rss), 'self').length === 1],
  [
    'Media RSS: a picture has an address and says it is one',
    everyItem((item) =>
      all(item, 'media:content').every(
        ({ attributes }) => isUri(attributes['url'] ?? '') && attributes['medium'] === 'image',
      ),
    ),
  ],
];

const brokenOf =
  (rules: readonly Rule[]) =>
  (root: XmlElement): string[] =>
    rules.filter(([, holds]) => !holds(root)).map(([rule]) => rule);

/** The rules of RFC 4287, 5005 and 6721, and of the W3C validator, that an Atom feed breaks. */
export const brokenAtomRules = brokenOf(atomRules);

/** The rules of RSS 2.0, its Best Practices Profile and the W3C validator that an RSS feed breaks. */
export const brokenRssRules = brokenOf(rssRules);
