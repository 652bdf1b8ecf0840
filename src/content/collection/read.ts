import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { on } from '../../database/dependencies.js';
import { name, nothing, sql } from '../../database/sql.js';
import type { CollectionKind } from '../../generated/prisma/enums.js';
import { articleColumns, type ArticleRow } from '../article/row.js';
import { visibleTo } from '../article/visibility.js';

export interface CollectionRow {
  id: string;
  slug: string;
  kind: CollectionKind;
  title: string;
  sortTitle: string;
  description: string | null;
  revision: number;
}

export const collectionColumns = name(
  'c.id, c.slug, c.kind, c.title, c.sort_title as "sortTitle", c.description, c.revision',
);

export const collectionsById = (db: Queryable, ids: readonly string[]): Promise<CollectionRow[]> =>
  db.read(sql`select ${collectionColumns} from collection c where c.id = any(${ids}::uuid[])`, () =>
    on('collection', ids),
  );

export const collectionsBySlug = (db: Queryable, slugs: readonly string[]): Promise<CollectionRow[]> =>
  db.read(sql`select ${collectionColumns} from collection c where c.slug = any(${slugs})`, (rows) => [
    ...on('collection/slug', slugs),
    ...on(
      'collection',
      rows.map(({ id }) => id),
    ),
  ]);

export const placeOfCollection = ({ sortTitle, id }: CollectionRow): Key => [sortTitle, id];

const ofKind = (kind: CollectionKind | null) => (kind ? sql` and c.kind = ${kind}::collection_kind` : nothing);

export function collectionsByTitle(db: Queryable, kind: CollectionKind | null, page: Page): Promise<CollectionRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('c.sort_title'),
    id: name('c.id'),
    type: 'text',
    descending: false,
  });
  return db.read(
    sql`select ${collectionColumns} from collection c where ${within}${ofKind(kind)} order by ${orderBy} ${limit}`,
    () => ['collections'],
  );
}

export async function collectionCount(db: Queryable, kind: CollectionKind | null): Promise<number> {
  const [row] = await db.read<{ count: number }>(
    sql`select count(*)::int as count from collection c where true${ofKind(kind)}`,
    () => ['collections'],
  );
  return row?.count ?? 0;
}

export type CollectedRow = ArticleRow & { collectionId: string; position: number };

export const placeInCollection = ({ position, id }: CollectedRow): Key => [position, id];

/** One page of each collection's articles, in the editor's order. */
export function collectedPages(
  db: Queryable,
  sight: Sight,
  page: Page,
  collectionIds: readonly string[],
): Promise<CollectedRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('k.position'),
    id: name('k.article_id'),
    type: 'integer',
    descending: false,
  });
  const direction = page.backward ? name('desc') : nothing;
  return db.read(
    sql`
    select o.id as "collectionId", p.* from unnest(${collectionIds}::uuid[]) o(id)
    cross join lateral (
      select k.position, ${articleColumns('a')} from collection_article k join article a on a.id = k.article_id
      where k.collection_id = o.id and ${visibleTo(sight, name('a'))} and ${within}
      order by ${orderBy} ${limit}
    ) p
    order by o.id, p.position ${direction}, p.id ${direction}`,
    (rows) => [
      ...on('collected', collectionIds),
      ...on(
        'article',
        rows.map(({ id }) => id),
      ),
    ],
  );
}

export const collectedCounts = (
  db: Queryable,
  sight: Sight,
  collectionIds: readonly string[],
): Promise<{ key: string; count: number }[]> =>
  db.read(
    sql`
    select k.collection_id as key, count(*)::int as count from collection_article k join article a on a.id = k.article_id
    where k.collection_id = any(${collectionIds}::uuid[]) and ${visibleTo(sight, name('a'))} group by k.collection_id`,
    () => on('collected', collectionIds),
  );
