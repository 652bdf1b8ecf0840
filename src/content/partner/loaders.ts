import { oneEach } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { partnersById, partnersBySlug } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    partner: ReturnType<typeof partnerLoaders>;
  }
}

export const partnerLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => partnersById(db, ids),
    (row) => row.id,
  ),
  bySlug: oneEach(
    (slugs: readonly string[]) => partnersBySlug(db, slugs),
    (row) => row.slug,
  ),
});
