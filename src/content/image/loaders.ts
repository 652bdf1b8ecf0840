import type { Sight } from '../../access/viewer.js';
import { oneEach, remembered } from '../../database/batching.js';
import type { Database, Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { rightsOf } from '../article/rights.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    image: ReturnType<typeof imageLoaders>;
  }
}

export interface ImageRow {
  id: string;
  url: string;
  alt: string;
  caption: string | null;
  credit: string | null;
  width: number | null;
  height: number | null;
}

// A picture is never changed once it is kept.
const imagesById = (db: Queryable, ids: readonly string[]): Promise<ImageRow[]> =>
  db.read(sql`select id, url, alt, caption, credit, width, height from image where id = any(${ids}::uuid[])`, () => []);

/** Pictures, for whoever gets any. */
export const imageLoaders = (db: Database, { viewer }: Sight) => {
  const pictures = remembered(db, 'image', {
    read: (ids) => imagesById(db, ids),
    keyOf: (row) => row.id,
    dependsOn: () => [],
  });
  return {
    byId: oneEach(
      (ids: readonly string[]) => (rightsOf(viewer).pictures ? pictures(ids) : Promise.resolve([])),
      (row) => row.id,
    ),
  };
};
