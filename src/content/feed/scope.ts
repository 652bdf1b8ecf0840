import type { PartnerViewer } from '../../access/viewer.js';
import type { Site } from '../../config.js';
import type { Database } from '../../database/database.js';
import type { Loaders } from '../../graphql/context.js';
import { formerAt, type OldAddressRow } from '../path/read.js';
import { authorPath, sectionPath, tagPath } from '../path/rules.js';
import { readPublication } from '../publication/read.js';
import type { FeedScope } from './build.js';
import { siteUrl, urnOf } from './document.js';

/** Which feed an address names. A partner's is at one address for all of them: the key says whose. */
export type FeedPlace =
  | { readonly kind: 'latest' }
  | { readonly kind: 'partner'; readonly partner: Pick<PartnerViewer, 'partnerId' | 'name'> }
  | { readonly kind: 'section' | 'author' | 'tag'; readonly slug: string };

export interface FoundScope {
  readonly place: FeedPlace;
  readonly scope: FeedScope;
}

interface Sources {
  readonly db: Database;
  readonly site: Site;
  readonly loaders: Loaders;
}

type Kind = Exclude<FeedPlace['kind'], 'latest' | 'partner'>;

const kinds: Record<
  Kind,
  { folder: string; path: (slug: string) => string; idIn: (row: OldAddressRow) => string | null }
> = {
  section: { folder: 'sections', path: sectionPath, idIn: ({ sectionId }) => sectionId },
  author: { folder: 'authors', path: authorPath, idIn: ({ authorId }) => authorId },
  tag: { folder: 'tags', path: tagPath, idIn: ({ tagId }) => tagId },
};

/** The whole address of a feed in one format. */
export const addressOfFeed = (site: Site, place: FeedPlace, extension: string): string =>
  place.kind === 'latest' || place.kind === 'partner'
    ? `${site.url}/feeds/${place.kind}.${extension}`
    : `${site.url}/feeds/${kinds[place.kind].folder}/${encodeURIComponent(place.slug)}.${extension}`;

/** What the feed at `place` is of; where it moved, when its section, author or tag has another slug now; null for none. */
export async function findScope(
  place: FeedPlace,
  sources: Sources,
): Promise<FoundScope | { movedTo: FeedPlace } | null> {
  if (place.kind === 'latest') return { place, scope: await wholePaper(sources) };
  if (place.kind === 'partner') return { place, scope: await allOfPartner(place.partner, sources) };
  const { db, site, loaders } = sources;
  const { kind, slug } = place;
  const row = await loaders[kind].bySlug.load(slug);
  if (row) return { place, scope: partOfPaper(kind, row, site) };

  const former = await formerAt(db, [kinds[kind].path(slug)]);
  const id = former && kinds[kind].idIn(former);
  const present = id ? await loaders[kind].byId.load(id) : null;
  return present && { movedTo: { kind, slug: present.slug } };
}

async function wholePaper({ db, site }: Sources): Promise<FeedScope> {
  const { description } = await readPublication(db);
  return {
    owner: null,
    id: `${site.url}/feeds/latest`,
    title: site.name,
    description: description ?? site.name,
    homeUrl: siteUrl(site, '/'),
  };
}

async function allOfPartner(
  { partnerId, name }: Pick<PartnerViewer, 'partnerId' | 'name'>,
  sources: Sources,
): Promise<FeedScope> {
  const paper = await wholePaper(sources);
  return {
    ...paper,
    id: `${paper.id.replace(/latest$/, 'partner')}/${partnerId}`,
    title: `${paper.title} for ${name}`,
  };
}

interface NamedRow {
  id: string;
  slug: string;
  name: string;
  description?: string | null;
  bio?: string | null;
}

function partOfPaper(kind: Kind, { id, slug, name, description, bio }: NamedRow, site: Site): FeedScope {
  const title = `${site.name}: ${name}`;
  return {
    owner: { kind, id },
    id: urnOf(id),
    title,
    description: description ?? bio ?? title,
    homeUrl: siteUrl(site, kinds[kind].path(slug)),
  };
}
