import type { Queryable } from '../database/database.js';
import { name, sql } from '../database/sql.js';
import type { Depth } from '../generated/prisma/enums.js';
import type { Entitlement } from './viewer.js';

/** An entitlement as it is kept, beside the partner it is of; all null where a partner has none. */
export interface EntitlementRow {
  partnerId: string;
  sectionIds: string[] | null;
  tagIds: string[] | null;
  excludedPartnerIds: string[] | null;
  languages: string[] | null;
  depth: Depth | null;
  delayMinutes: number | null;
  images: boolean | null;
  revision: number | null;
}

/** The columns of {@link EntitlementRow} from the table called `e`. */
export const entitlementColumns = name(
  'e.partner_id as "partnerId", e.section_ids as "sectionIds", e.tag_ids as "tagIds", ' +
    'e.excluded_partner_ids as "excludedPartnerIds", e.languages, e.depth, e.delay_minutes as "delayMinutes", ' +
    'e.images, e.revision',
);

/** The entitlement that a row holds; null where it holds none. */
export function entitlementIn(row: EntitlementRow): Entitlement | null {
  const { sectionIds, tagIds, excludedPartnerIds, languages, depth, delayMinutes, images, revision } = row;
  if (depth === null) return null;
  return {
    sectionIds,
    tagIds,
    excludedPartnerIds: excludedPartnerIds ?? [],
    languages,
    depth,
    delayMinutes: delayMinutes ?? 0,
    images: images ?? true,
    revision: revision ?? 1,
  };
}

export const entitlementsOf = (db: Queryable, partnerIds: readonly string[]): Promise<EntitlementRow[]> =>
  db.rows(sql`select ${entitlementColumns} from entitlement e where e.partner_id = any(${partnerIds}::uuid[])`);
