import type { Queryable } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';

export interface PartnerRow {
  id: string;
  slug: string;
  name: string;
  url: string | null;
  attribution: string;
  license: string | null;
  revision: number;
}

export const partnerColumns = name('p.id, p.slug, p.name, p.url, p.attribution, p.license, p.revision');

export const partnersById = (db: Queryable, ids: readonly string[]): Promise<PartnerRow[]> =>
  db.read(sql`select ${partnerColumns} from partner p where p.id = any(${ids}::uuid[])`, () => on('partner', ids));

export const partnersBySlug = (db: Queryable, slugs: readonly string[]): Promise<PartnerRow[]> =>
  db.read(sql`select ${partnerColumns} from partner p where p.slug = any(${slugs})`, (rows) => [
    ...on('partner/slug', slugs),
    ...on(
      'partner',
      rows.map(({ id }) => id),
    ),
  ]);
