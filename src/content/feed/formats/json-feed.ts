import { htmlOf } from '../../article/body/serialise.js';
import type { FeedDocument, FeedEntry, FeedPerson } from '../document.js';

/** The feed as JSON Feed 1.1. What the format has no word for is in extensions called `_dateline`, as it provides. */
export function renderJsonFeed(feed: FeedDocument): string {
  const { pages, publisher } = feed;
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.homeUrl,
    feed_url: pages.self,
    description: feed.description,
    next_url: present(pages.next),
    authors: [{ name: publisher.name, url: publisher.url }],
    hubs: pages.hub ? [{ type: 'WebSub', url: pages.hub }] : undefined,
    language: feed.language,
    _dateline: {
      id: feed.id,
      first_url: pages.first,
      previous_url: present(pages.previous),
      date_modified: feed.updated?.toISOString(),
      deleted: feed.withdrawals.map(({ id, at, reason }) => ({ id, date_deleted: at.toISOString(), reason })),
    },
    items: feed.entries.map(itemOf),
  });
}

const present = <Value>(value: Value | null): Value | undefined => value ?? undefined;

/** One piece as JSON Feed has it, wherever it is sent. */
export function itemOf(entry: FeedEntry): object {
  const { source, image } = entry;
  return {
    id: entry.id,
    url: entry.url,
    external_url: present(source?.originalUrl ?? null),
    title: entry.headline,
    // One of the two is required.
    ...(entry.body ? { content_html: htmlOf(entry.body.tree) } : { content_text: entry.summary }),
    summary: entry.summary === '' ? undefined : entry.summary,
    image: image?.url,
    date_published: entry.published.toISOString(),
    date_modified: entry.updated.toISOString(),
    authors:
      entry.authors.length === 0 ? undefined : entry.authors.map(({ name, url }) => ({ name, url: present(url) })),
    tags: [entry.section, ...entry.tags].map(({ name }) => name),
    language: entry.language,
    _dateline: {
      byline: entry.byline,
      bylines: [...entry.authors, ...entry.contributors].map(personOf),
      date_first_published: entry.firstPublished.toISOString(),
      section: entry.section,
      tags: entry.tags,
      image: image
        ? {
            url: image.url,
            alt: image.alt,
            caption: present(image.caption),
            credit: present(image.credit),
            width: present(image.width),
            height: present(image.height),
          }
        : undefined,
      source: source
        ? {
            name: source.name,
            url: present(source.url),
            attribution: source.attribution,
            license: present(source.license),
          }
        : undefined,
      corrections: entry.corrections.map(({ text, at }) => ({ text, date: at.toISOString() })),
      word_count: entry.body?.wordCount,
    },
  };
}

const personOf = ({ name, role, url, affiliation, note }: FeedPerson): object => ({
  name,
  role,
  url: present(url),
  affiliation: present(affiliation),
  note: present(note),
});
