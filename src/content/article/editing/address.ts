import type { Site } from '../../../config.js';
import type { Transaction } from '../../../database/database.js';
import { ownAddress } from '../../../addresses.js';
import { sql } from '../../../database/sql.js';
import { ValidationError } from '../../../refusals.js';
import { freeSlug } from '../../names.js';
import type { Piece } from '../piece.js';
import { pathBy } from '../rules.js';

/** Any number works, as long as every Dateline uses the same, and for nothing else. */
const slugLock = 7_130_124;

/**
 * Holds slugs until the transaction ends: two who take one at once come one after the other, so that the second sees the
 * first.
 */
export const holdSlugs = (tx: Transaction, slugs: readonly string[]): Promise<unknown> =>
  tx.rows(sql`
    select pg_advisory_xact_lock(${slugLock}::int, h.key)::text
    from (select distinct hashtext(slug) as key from unnest(${slugs}::text[]) slug order by 1) h`);

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
    await holdSlugs(tx, [slug]);
    const [other] = await tx.rows(sql`
      select 1 from article where id <> ${articleId}::uuid and (slug = ${slug} or path = ${pathOf(slug)})
      union all select 1 from old_address where path = ${pathOf(slug)} and article_id is distinct from ${articleId}::uuid
      limit 1`);
    const isOurs = ownAddress.test(pathOf(slug));
    if (!other && !isOurs) return { slug, path: pathOf(slug) };
    if (isChosen) {
      const reason = isOurs
        ? 'would stand at an address of the service itself'
        : 'is the slug of another article, or was';
      throw new ValidationError([{ path: 'slug', message: `“${slug}” ${reason}` }]);
    }
    taken.add(slug);
  }
}
