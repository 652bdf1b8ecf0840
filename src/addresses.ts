/** What programs ask for, each with what may stand behind it. */
const forPrograms = [
  'feeds',
  'graphql',
  'healthz',
  'hub',
  'metrics',
  'readyz',
  'robots\\.txt',
  'schema\\.graphql',
  'site',
  'sitemap[\\w-]*\\.xml',
].join('|');
const forReaders = ['author', 'collection', 'comments', 'search', 'section', 'tag'].join('|');

/** The form of addresses that the service answers itself, whatever a piece would like to be called. */
export const ownAddress = new RegExp(`^/(?:${forPrograms}|${forReaders})(?:/|$)`);

/** The form of addresses at which a reader may look for a page. */
export const readersAddress = new RegExp(`^(?!/(?:${forPrograms})(?:/|$))/(?<path>.+)$`);
