import { ownAddress } from '../addresses.js';
import { holdSlugs } from '../content/article/editing/address.js';
import type { Piece } from '../content/article/piece.js';
import { pathBy } from '../content/article/rules.js';
import { type Standing, takenSlugs } from '../content/article/store.js';
import { freeSlug } from '../content/names.js';
import { takenPaths } from '../content/path/store.js';
import type { Site } from '../config.js';
import type { Transaction } from '../database/database.js';
import type { StandingOf } from './standing.js';

/** What an address is wanted for. */
interface Addressed {
  item: { standing: StandingOf; notes: string[] };
  before: Standing | undefined;
}

/** Gives each piece a slug and an address that nothing else has: in the file's order, so that any run gives the same. */
export async function withAddresses(
  tx: Transaction,
  toWrite: readonly Addressed[],
  pieces: readonly Piece[],
  site: Site,
): Promise<{ piece: Piece; path: string }[]> {
  const wanted = pieces.map((piece, index) => wantedAddress(toWrite[index]!, piece, site));
  const slugsWanted = wanted.map(({ slug }) => slug);
  await holdSlugs(tx, slugsWanted);
  const slugs = await takenSlugs(tx, slugsWanted);
  const paths = await takenPaths(
    tx,
    wanted.map(({ pathOf, slug }) => pathOf(slug)),
  );
  const isTaken = (slug: string, path: string) => slugs.has(slug) || paths.has(path) || ownAddress.test(path);
  const addressed: { piece: Piece; path: string }[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { slug: first, path: kept, pathOf } = wanted[index]!;
    let slug = first;
    if (kept === null && isTaken(slug, pathOf(slug))) {
      // Rare, so that asking for one candidate after the other is cheap enough.
      for (let isFree = false; !isFree;) {
        slug = freeSlug(first, (candidate) => isTaken(candidate, pathOf(candidate)));
        await holdSlugs(tx, [slug]);
        for (const found of await takenSlugs(tx, [slug])) slugs.add(found);
        for (const found of await takenPaths(tx, [pathOf(slug)])) paths.add(found);
        isFree = !isTaken(slug, pathOf(slug));
      }
    }
    const path = kept ?? pathOf(slug);
    slugs.add(slug);
    paths.add(path);
    const { notes } = toWrite[index]!.item;
    if (slug !== piece.slug) notes.push(`its slug “${piece.slug}” is taken; it has “${slug}” here`);
    addressed.push({ piece: { ...piece, slug }, path });
  }
  return addressed;
}

interface WantedAddress {
  slug: string;
  /** The address it keeps; null where it needs one. */
  path: string | null;
  pathOf: (slug: string) => string;
}

/** A piece that is here keeps its address, unless its source has given it another slug. */
function wantedAddress({ item, before }: Addressed, piece: Piece, site: Site): WantedAddress {
  const date =
    before?.firstPublishedAt ?? item.standing.firstPublishedAt ?? before?.createdAt ?? item.standing.createdAt;
  const pathOf = (slug: string) => pathBy(site.articlePath, site.timeZone, { slug, section: piece.section.slug, date });
  const keeps = before && new RegExp(`^${escaped(piece.slug)}(-\\d+)?$`, 'u').test(before.slug);
  if (!keeps) return { slug: piece.slug, path: null, pathOf };
  return { slug: before.slug, path: before.firstPublishedAt ? before.path : pathOf(before.slug), pathOf };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
