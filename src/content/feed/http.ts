import { GraphQLError } from 'graphql';
import { anyone, type Sight } from '../../access/viewer.js';
import type { Page } from '../../database/keyset.js';
import { pageOf } from '../../graphql/connection.js';
import type { Loaders } from '../../graphql/context.js';
import { answerWith, lifeUntil } from '../../http/conditional.js';
import { plain, type Route } from '../../http/route.js';
import type { Services } from '../../services.js';
import { type FeedAsked, feedDocument } from './build.js';
import type { FeedDocument } from './document.js';
import { renderAtom } from './formats/atom.js';
import { renderJsonFeed } from './formats/json-feed.js';
import { type FeedExtension, type FeedFormat, feedFormats } from './formats/list.js';
import { renderNinjs } from './formats/ninjs.js';
import { renderRss } from './formats/rss.js';
import { nextAppearance } from './read.js';
import { addressOfFeed, type FeedPlace, findScope, type FoundScope } from './scope.js';

const renderers: Record<FeedExtension, (feed: FeedDocument) => string> = {
  rss: renderRss,
  atom: renderAtom,
  json: renderJsonFeed,
  ninjs: renderNinjs,
};

export type MakeLoaders = (db: Services['db'], sight: Sight) => Loaders;

const extensions = feedFormats.map(({ extension }) => extension).join('|');
const latest = new RegExp(`^/feeds/latest\\.(?<extension>${extensions})$`);
const partial = new RegExp(`^/feeds/(?<kind>sections|authors|tags)/(?<slug>[^/]+)\\.(?<extension>${extensions})$`);

const kinds: Readonly<Record<string, Exclude<FeedPlace['kind'], 'latest'>>> = {
  sections: 'section',
  authors: 'author',
  tags: 'tag',
};

/** The feeds: the whole paper's latest, and those of one section, author or tag, in each format. */
export const feedRoutes = (makeLoaders: MakeLoaders): Route[] =>
  [latest, partial].map((path) => ({
    method: 'GET',
    path,
    handle: (request, services, { kind, slug, extension }) => {
      const format = feedFormats.find((one) => one.extension === extension);
      const place = kinds[kind ?? ''];
      if (!format) return plain(404, 'There is nothing at this address.\n');
      return answerFeed(
        request,
        place ? { kind: place, slug: slug ?? '' } : { kind: 'latest' },
        format,
        services,
        makeLoaders,
      );
    },
  }));

async function answerFeed(
  request: Request,
  place: FeedPlace,
  format: FeedFormat,
  services: Services,
  makeLoaders: MakeLoaders,
): Promise<Response> {
  const { db, site } = services;
  const sight: Sight = { viewer: anyone, now: services.clock() };
  const loaders = makeLoaders(db, sight);
  const found = await findScope(place, { db, site, loaders });
  if (!found) return plain(404, 'There is no such feed.\n');
  const { search } = new URL(request.url);
  if ('movedTo' in found) return movedTo(addressOfFeed(site, found.movedTo, format.extension) + search);

  const { scope } = found;
  const asked = askedFrom(new URLSearchParams(search), found, format, services);
  if (asked instanceof Response) return asked;
  const [feed, change] = await Promise.all([
    feedDocument(scope, asked, { db, site, loaders, sight }),
    nextAppearance(db, scope.owner, sight.now),
  ]);
  return answerWith(request, {
    body: renderers[format.extension](feed),
    mediaType:
      format.extension === 'rss' || format.extension === 'atom'
        ? `${format.mediaType}; charset=utf-8`
        : format.mediaType,
    lastModified: feed.updated,
    maxAgeSeconds: lifeUntil(change, sight.now),
    headers: { link: linksOf(feed, format, found, services) },
  });
}

const movedTo = (address: string): Response =>
  new Response(null, { status: 301, headers: { location: address, 'cache-control': 'public, max-age=60' } });

const defaultLimit = 20;

/** What the address asks for after its `?`. What it does not know it passes over, as addresses gather such things on their way. */
function askedFrom(
  query: URLSearchParams,
  { place, scope }: FoundScope,
  { extension }: FeedFormat,
  { site }: Services,
): FeedAsked | Response {
  const content = query.get('content') ?? 'full';
  if (content !== 'full' && content !== 'teaser')
    return badRequest(`\`content\` is “${content}”; it must be full or teaser.`);
  const limit = query.get('limit') ?? String(defaultLimit);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    return badRequest(`\`limit\` is “${limit}”; it must be a number from 1 to 100.`);
  }
  const after = query.get('after') ?? undefined;
  const before = query.get('before') ?? undefined;
  if (after !== undefined && before !== undefined)
    return badRequest('Both `after` and `before` are given; use one of them.');

  const list = scope.owner ? `${scope.owner.kind}:${scope.owner.id}` : 'latestFeed';
  const size = Number(limit);
  let page: Page;
  try {
    page = pageOf(list, before === undefined ? { first: size, after } : { last: size, before });
  } catch (error) {
    if (error instanceof GraphQLError) return badRequest(error.message);
    throw error;
  }
  const addressOf = (position: { after?: string; before?: string }) => {
    const options = new URLSearchParams();
    if (size !== defaultLimit) options.set('limit', String(size));
    if (content !== 'full') options.set('content', content);
    for (const [name, cursor] of Object.entries(position)) options.set(name, cursor);
    return addressOfFeed(site, place, extension) + (options.size > 0 ? `?${options}` : '');
  };
  const self = addressOf({ ...(after ? { after } : {}), ...(before ? { before } : {}) });
  return { content, list, page, addressOf, self };
}

const badRequest = (message: string): Response => plain(400, `${message}\n`, { 'cache-control': 'no-store' });

/** RFC 8288: the neighbours of this page, the page for readers it follows, and the same in other formats. */
function linksOf(
  { pages, homeUrl }: FeedDocument,
  format: FeedFormat,
  { place }: FoundScope,
  { site }: Services,
): string {
  const link = (href: string, rel: string, type?: string) => `<${href}>; rel="${rel}"${type ? `; type="${type}"` : ''}`;
  return [
    link(pages.self, 'self'),
    ...(pages.previous ? [link(pages.previous, 'prev')] : []),
    ...(pages.next ? [link(pages.next, 'next')] : []),
    link(homeUrl, 'alternate', 'text/html'),
    ...feedFormats
      .filter((other) => other !== format)
      .map(({ extension, mediaType }) => link(addressOfFeed(site, place, extension), 'alternate', mediaType)),
  ].join(', ');
}
