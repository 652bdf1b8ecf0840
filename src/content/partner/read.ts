import type { Queryable } from '../../database/database.js';
import { name, sql } from '../../database/sql.js';

export interface PartnerRow {
  id: string;
  slug: string;
  name: string;
  url: string | null;
  attribution: string;
  license: string | null;
}

const columns = name('p.id, p.slug, p.name, p.url, p.attribution, p.license');

export const partnersById = (db: Queryable, ids: readonly string[]): Promise<PartnerRow[]> =>
  db.rows(sql`select ${columns} from partner p where p.id = any(${ids}::uuid[])`);

export const partnersBySlug = (db: Queryable, slugs: readonly string[]): Promise<PartnerRow[]> =>
  db.rows(sql`select ${columns} from partner p where p.slug = any(${slugs})`);
