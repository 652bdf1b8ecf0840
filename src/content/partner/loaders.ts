import { entitlementsOf } from '../../access/entitlements.js';
import { keysById, keysOf } from '../../access/keys.js';
import { usageOf } from '../../access/usage.js';
import { byIdAndSlug, listEach, oneEach, perArguments } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { partnersById, partnersBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    partner: ReturnType<typeof partnerLoaders>;
  }
}

export const partnerLoaders = (db: Database) => ({
  ...byIdAndSlug(
    db,
    'partner',
    (ids) => partnersById(db, ids),
    (slugs) => partnersBySlug(db, slugs),
  ),
  entitlement: oneEach(
    (ids: readonly string[]) => entitlementsOf(db, ids),
    (row) => row.partnerId,
  ),
  keys: listEach(
    (ids: readonly string[]) => keysOf(db, ids),
    (row) => row.partnerId,
  ),
  keyUsage: perArguments(({ days, today }: { days: number; today: Date }) =>
    listEach(
      (ids: readonly string[]) => usageOf(db, days, today, ids),
      (row) => row.keyId,
    ),
  ),
  keyById: oneEach(
    (ids: readonly string[]) => keysById(db, ids),
    (row) => row.id,
  ),
});
