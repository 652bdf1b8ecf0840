/** The formats a feed can be read in: what the graph names and what the addresses end in. */
export const feedFormats = [
  { title: 'RSS', extension: 'rss', mediaType: 'application/rss+xml' },
  { title: 'Atom', extension: 'atom', mediaType: 'application/atom+xml' },
  { title: 'JSON Feed', extension: 'json', mediaType: 'application/feed+json' },
  { title: 'ninjs', extension: 'ninjs', mediaType: 'application/json' },
] as const;

export type FeedFormat = (typeof feedFormats)[number];
export type FeedExtension = FeedFormat['extension'];
