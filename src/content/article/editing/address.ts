import type { Site } from '../../../config.js';
import type { Transaction } from '../../../database/database.js';
import { sql } from '../../../database/sql.js';
import { ValidationError } from '../../../refusals.js';
import { freeSlug } from '../../names.js';
import type { Piece } from '../piece.js';
import { pathBy } from '../rules.js';

/** Any number works, as long as every Dateline uses the same, and for nothing else. */
const slugLock = 7_130_124;

export interface Address {
  slug: string;
  path: string;
}

/**
 * The slug and the address of a piece first shown at `date`. A slug the editor chose is refused when another piece has it,
 * or had its address; one made from the headline is numbered instead.
 */
export async function addressOf(
  tx: Transaction,
  site: Site,
  articleId: string,
  piece: Piece,
  date: Date,
  isChosen: boolean,
): Promise<Address> {
  const pathOf = (slug: string) => pathBy(site.articlePath, site.timeZone, { slug, section: piece.section.slug, date });
  const taken = new Set<string>();
  for (let slug = piece.slug; ; slug = freeSlug(piece.slug, (candidate) => taken.has(candidate))) {
    // Two who take it at once come one after the other, so that the second sees the first.
    await tx.rows(sql`select pg_advisory_xact_lock(${slugLock}::int, hashtext(${slug}))::text`);
    const [other] = await tx.rows(sql`
      select 1 from article where id <> ${articleId}::uuid and (slug = ${slug} or path = ${pathOf(slug)})
      union all select 1 from old_address where path = ${pathOf(slug)} and article_id is distinct from ${articleId}::uuid
      limit 1`);
    if (!other) return { slug, path: pathOf(slug) };
    if (isChosen)
      throw new ValidationError([{ path: 'slug', message: `“${slug}” is the slug of another article, or was` }]);
    taken.add(slug);
  }
}

/** A slug made from a headline: its letters and digits, without marks, in at most 80 characters. */
export function slugFrom(headline: string): string {
  const words = headline
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  const cut = words.length > 80 ? words.slice(0, 81).replace(/-[^-]*$/, '') : words;
  return cut || 'article';
}
