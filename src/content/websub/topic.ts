import type { Site } from '../../config.js';
import type { FeedSources } from '../feed/build.js';
import { type FeedPage, feedNamed, feedPage, feedPaths, type NamedFeed } from '../feed/page.js';

/** Which feed of this service `address` is; null for any other address. */
function feedAt(address: string, site: Site): { named: NamedFeed; search: string } | null {
  if (!URL.canParse(address) || !address.startsWith(`${site.url}/`)) return null;
  const { pathname, search } = new URL(address);
  for (const pattern of feedPaths) {
    const groups = pattern.exec(pathname)?.groups;
    const named = groups && feedNamed(decoded(groups));
    if (named) return { named, search };
  }
  return null;
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return {};
  }
}

/** A feed that was renamed is followed there so many times. */
const mostMoves = 3;

/** The feed at `topic` as it is now, wherever it has moved; null where there is none that can be subscribed to. */
export async function topicPage(topic: string, sources: FeedSources): Promise<FeedPage | null> {
  let address = topic;
  for (let moves = 0; moves <= mostMoves; moves += 1) {
    const at = feedAt(address, sources.site);
    const page = at && (await feedPage(at.named, at.search, sources));
    if (!page || 'refusal' in page) return null;
    if ('feed' in page) return page.feed.pages.hub === null ? null : page;
    address = page.movedTo;
  }
  return null;
}
