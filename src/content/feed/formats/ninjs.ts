import { htmlOf } from '../../article/body/serialise.js';
import type { FeedDocument, FeedEntry, FeedImage, FeedPerson, FeedWithdrawal } from '../document.js';

const standard = {
  name: 'ninjs',
  version: '3.1',
  schema: 'http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#',
};

/**
 * The feed as one ninjs 3.1 object, a composite of its pieces: the standard has no feed, and closes its objects to words of
 * others. What was withdrawn is an item with `pubStatus: canceled` and nothing of its words.
 */
export function renderNinjs(feed: FeedDocument): string {
  const { pages } = feed;
  return JSON.stringify({
    uri: feed.id,
    standard,
    type: 'composite',
    representationType: 'full',
    versionCreated: feed.updated?.toISOString(),
    pubStatus: 'usable',
    language: feed.language,
    title: feed.title,
    headlines: [{ value: feed.title }],
    descriptions: [{ contentType: 'text/plain', value: feed.description }],
    infoSources: [{ name: feed.publisher.name, role: 'publisher', uri: feed.publisher.url }],
    altIds: [
      { role: 'home', value: feed.homeUrl },
      { role: 'self', value: pages.self },
      { role: 'first', value: pages.first },
      ...(pages.previous ? [{ role: 'previous', value: pages.previous }] : []),
      ...(pages.next ? [{ role: 'next', value: pages.next }] : []),
      ...(pages.hub ? [{ role: 'hub', value: pages.hub }] : []),
    ],
    associations: [...feed.entries.map(pieceOf), ...feed.withdrawals.map(canceled)],
  });
}

function pieceOf(entry: FeedEntry): object {
  const { body, image, section, source, tags } = entry;
  const people = [...entry.authors, ...entry.contributors];
  const affiliations = new Set(people.flatMap(({ affiliation }) => affiliation ?? []));
  return {
    uri: entry.id,
    name: entry.headline,
    rel: 'item',
    type: 'text',
    representationType: body ? 'full' : 'partial',
    version: String(entry.version),
    firstCreated: entry.firstPublished.toISOString(),
    versionCreated: entry.updated.toISOString(),
    contentCreated: entry.published.toISOString(),
    pubStatus: 'usable',
    language: entry.language,
    title: entry.headline,
    slugline: entry.slug,
    headlines: [{ role: 'main', contentType: 'text/plain', value: entry.headline }],
    by: entry.byline === '' ? undefined : entry.byline,
    descriptions: [
      ...(entry.summary === '' ? [] : [{ role: 'summary', contentType: 'text/plain', value: entry.summary }]),
      ...entry.corrections.map(({ text }) => ({ role: 'correction', contentType: 'text/plain', value: text })),
    ],
    bodies: body
      ? [{ role: 'main', contentType: 'text/html', wordCount: body.wordCount, value: htmlOf(body.tree) }]
      : undefined,
    people: people.map(personOf),
    organisations: [...affiliations].map((name) => ({ name, rel: 'affiliation' })),
    subjects: [
      { name: section.name, rel: 'section', uri: section.url, literal: section.slug },
      ...tags.map(({ name, slug, url }) => ({ name, rel: 'tag', uri: url, literal: slug })),
    ],
    infoSources: source
      ? [{ name: source.name, role: 'partner', ...(source.url ? { uri: source.url } : {}) }]
      : undefined,
    copyrightNotice: source?.attribution,
    usageTerms: source?.license ?? undefined,
    renditions: [{ name: 'web', href: entry.url, contentType: 'text/html' }],
    altIds: source?.originalUrl ? [{ role: 'original', value: source.originalUrl }] : undefined,
    associations: image ? [pictureOf(image)] : undefined,
  };
}

const personOf = ({ name, role, url }: FeedPerson): object => ({
  name,
  rel: role.toLowerCase(),
  ...(url ? { uri: url } : {}),
});

const pictureOf = ({ id, url, mediaType, alt, caption, credit, width, height }: FeedImage): object => ({
  uri: id,
  name: 'lead image',
  rel: 'leadImage',
  type: 'picture',
  by: credit ?? undefined,
  descriptions: [
    ...(alt === '' ? [] : [{ role: 'alt', contentType: 'text/plain', value: alt }]),
    ...(caption === null ? [] : [{ role: 'caption', contentType: 'text/plain', value: caption }]),
  ],
  renditions: [
    {
      name: 'original',
      href: url,
      contentType: mediaType ?? undefined,
      width: width ?? undefined,
      height: height ?? undefined,
    },
  ],
});

const canceled = ({ id, at, reason }: FeedWithdrawal): object => ({
  uri: id,
  name: 'withdrawn',
  rel: 'item',
  type: 'text',
  representationType: 'partial',
  versionCreated: at.toISOString(),
  pubStatus: 'canceled',
  edNote: reason,
});
