import { GraphQLError } from 'graphql';
import type { Page } from '../../database/keyset.js';
import { pageOf } from '../../graphql/connection.js';
import { type FeedAsked, feedDocument, type FeedSources } from './build.js';
import type { FeedDocument } from './document.js';
import { renderAtom } from './formats/atom.js';
import { renderJsonFeed } from './formats/json-feed.js';
import { type FeedExtension, type FeedFormat, feedFormats } from './formats/list.js';
import { renderNinjs } from './formats/ninjs.js';
import { renderRss } from './formats/rss.js';
import { addressOfFeed, type FeedPlace, findScope, type FoundScope } from './scope.js';

const renderers: Record<FeedExtension, (feed: FeedDocument) => string> = {
  rss: renderRss,
  atom: renderAtom,
  json: renderJsonFeed,
  ninjs: renderNinjs,
};

const extensions = feedFormats.map(({ extension }) => extension).join('|');

/** The forms of a feed's path. */
export const feedPaths = [
  new RegExp(`^/feeds/latest\\.(?<extension>${extensions})$`),
  new RegExp(`^/feeds/(?<kind>sections|authors|tags)/(?<slug>[^/]+)\\.(?<extension>${extensions})$`),
] as const;

/** The form of the path of partners' feeds: one for all of them, and the key says whose. */
export const partnerFeedPath = new RegExp(`^/feeds/partner\\.(?<extension>${extensions})$`);

const kinds: Readonly<Record<string, Exclude<FeedPlace['kind'], 'latest' | 'partner'>>> = {
  sections: 'section',
  authors: 'author',
  tags: 'tag',
};

export interface NamedFeed {
  readonly place: FeedPlace;
  readonly format: FeedFormat;
}

/** Which feed the groups of {@link feedPaths}, decoded, name; null for none. */
export function feedNamed({ kind, slug, extension }: Readonly<Record<string, string>>): NamedFeed | null {
  const format = feedFormats.find((one) => one.extension === extension);
  const place = kinds[kind ?? ''];
  return format ? { place: place ? { kind: place, slug: slug ?? '' } : { kind: 'latest' }, format } : null;
}

/** One page of a feed in one format, as it is now. */
export interface FeedPage {
  readonly found: FoundScope;
  readonly feed: FeedDocument;
  readonly body: string;
  readonly mediaType: string;
}

/**
 * The page of a feed that `search`, an address's part from `?` on, asks for. Where the feed has another address now, that; where
 * the options cannot be, what would be right; null where there is no such feed.
 */
export async function feedPage(
  { place, format }: NamedFeed,
  search: string,
  sources: FeedSources,
): Promise<FeedPage | { movedTo: string } | { refusal: string } | null> {
  const { site } = sources;
  const found = await findScope(place, sources);
  if (!found) return null;
  if ('movedTo' in found) return { movedTo: addressOfFeed(site, found.movedTo, format.extension) + search };
  const asked = askedFrom(new URLSearchParams(search), found, format, sources);
  if ('refusal' in asked) return asked;
  const feed = await feedDocument(found.scope, asked, sources);
  return {
    found,
    feed,
    body: renderers[format.extension](feed),
    mediaType:
      format.extension === 'rss' || format.extension === 'atom'
        ? `${format.mediaType}; charset=utf-8`
        : format.mediaType,
  };
}

const defaultLimit = 20;

/** What the address asks for after its `?`. What it does not know it passes over, as addresses gather such things on their way. */
function askedFrom(
  query: URLSearchParams,
  { place, scope }: FoundScope,
  { extension }: FeedFormat,
  { site }: FeedSources,
): FeedAsked | { refusal: string } {
  const content = query.get('content') ?? 'full';
  if (content !== 'full' && content !== 'teaser')
    return { refusal: `\`content\` is “${content}”; it must be full or teaser.` };
  const limit = query.get('limit') ?? String(defaultLimit);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) {
    return { refusal: `\`limit\` is “${limit}”; it must be a number from 1 to 100.` };
  }
  const after = query.get('after') ?? undefined;
  const before = query.get('before') ?? undefined;
  if (after !== undefined && before !== undefined)
    return { refusal: 'Both `after` and `before` are given; use one of them.' };

  const list = scope.owner ? `${scope.owner.kind}:${scope.owner.id}` : 'latestFeed';
  const size = Number(limit);
  let page: Page;
  try {
    page = pageOf(list, before === undefined ? { first: size, after } : { last: size, before });
  } catch (error) {
    if (error instanceof GraphQLError) return { refusal: error.message };
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
