import { asReader, type Sight } from '../../access/viewer.js';
import type { Representation } from '../../http/conditional.js';
import { Content } from '../../http/content.js';
import { answerPublic } from '../../http/public.js';
import { type Asked, plain, type Route } from '../../http/route.js';
import type { MakeLoaders } from '../loaders.js';
import type { FeedDocument } from './document.js';
import { type FeedFormat, feedFormats } from './formats/list.js';
import { feedNamed, feedPage, feedPaths, type NamedFeed, partnerFeedPath } from './page.js';
import { nextAppearance } from './read.js';
import { addressOfFeed, type FoundScope } from './scope.js';

/** The feeds: the whole paper's latest, a partner's, and those of one section, author or tag, in each format. */
export const feedRoutes = (makeLoaders: MakeLoaders): Route[] =>
  [...feedPaths, partnerFeedPath].map((path) => ({
    method: 'GET',
    path,
    handle: (request, services, parameters) => {
      const named = feedNamed(parameters);
      if (!named) return plain(404, 'There is no such feed.\n');
      const { viewer } = services;
      const isPartners = path === partnerFeedPath && viewer.role === 'partner';
      const place = isPartners ? ({ kind: 'partner', partner: viewer } as const) : named.place;
      return answerPublic(request, services, (asked) => feedAt(request.url, { ...named, place }, asked, makeLoaders));
    },
  }));

async function feedAt(
  address: string,
  named: NamedFeed,
  services: Asked,
  makeLoaders: MakeLoaders,
): Promise<Representation | Response> {
  const { db, site } = services;
  const sight: Sight = { viewer: asReader(services.viewer), now: services.clock() };
  const page = await feedPage(named, new URL(address).search, { db, site, loaders: makeLoaders(db, sight), sight });
  if (!page) return plain(404, 'There is no such feed.\n');
  if ('movedTo' in page) return movedTo(page.movedTo);
  if ('refusal' in page) return plain(400, `${page.refusal}\n`, { 'cache-control': 'no-store' });

  const { found, feed, body, mediaType } = page;
  const change = await nextAppearance(db, found.scope.owner, sight.now);
  return {
    content: new Content(body),
    mediaType,
    lastModified: feed.updated,
    changesAt: change,
    headers: { link: linksOf(feed, named.format, found, services) },
  };
}

const movedTo = (address: string): Response =>
  new Response(null, { status: 301, headers: { location: address, 'cache-control': 'public, max-age=60' } });

/** RFC 8288: the neighbours of this page, the page for readers it follows, and the same in other formats. */
function linksOf({ pages, homeUrl }: FeedDocument, format: FeedFormat, { place }: FoundScope, { site }: Asked): string {
  const link = (href: string, rel: string, type?: string) => `<${href}>; rel="${rel}"${type ? `; type="${type}"` : ''}`;
  return [
    link(pages.self, 'self'),
    ...(pages.hub ? [link(pages.hub, 'hub')] : []),
    ...(pages.previous ? [link(pages.previous, 'prev')] : []),
    ...(pages.next ? [link(pages.next, 'next')] : []),
    link(homeUrl, 'alternate', 'text/html'),
    ...feedFormats
      .filter((other) => other !== format)
      .map(({ extension, mediaType }) => link(addressOfFeed(site, place, extension), 'alternate', mediaType)),
  ].join(', ');
}
