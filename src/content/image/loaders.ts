import { oneEach } from '../../database/batching.js';
import type { Database, Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';

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

const imagesById = (db: Queryable, ids: readonly string[]): Promise<ImageRow[]> =>
  db.rows(sql`select id, url, alt, caption, credit, width, height from image where id = any(${ids}::uuid[])`);

export const imageLoaders = (db: Database) => ({
  byId: oneEach(
    (ids: readonly string[]) => imagesById(db, ids),
    (row) => row.id,
  ),
});
