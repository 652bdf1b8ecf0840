import type { Queryable } from '../../database/database.js';
import { type Key, keyset, type Page } from '../../database/keyset.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';

export interface AuthorRow {
  id: string;
  slug: string;
  name: string;
  sortName: string;
  affiliation: string | null;
  bio: string | null;
  imageId: string | null;
  links: string[];
  revision: number;
}

export const authorColumns = name(
  'u.id, u.slug, u.name, u.sort_name as "sortName", u.affiliation, u.bio, u.image_id as "imageId", u.links, u.revision',
);

export const authorsById = (db: Queryable, ids: readonly string[]): Promise<AuthorRow[]> =>
  db.read(sql`select ${authorColumns} from author u where u.id = any(${ids}::uuid[])`, () => on('author', ids));

export const authorsBySlug = (db: Queryable, slugs: readonly string[]): Promise<AuthorRow[]> =>
  db.read(sql`select ${authorColumns} from author u where u.slug = any(${slugs})`, (rows) => [
    ...on('author/slug', slugs),
    ...on(
      'author',
      rows.map(({ id }) => id),
    ),
  ]);

export const placeOfAuthor = ({ sortName, id }: AuthorRow): Key => [sortName, id];

export function authorsByName(db: Queryable, page: Page): Promise<AuthorRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('u.sort_name'),
    id: name('u.id'),
    type: 'text',
    descending: false,
  });
  return db.read(sql`select ${authorColumns} from author u where ${within} order by ${orderBy} ${limit}`, (rows) => [
    'authors',
    ...on(
      'author',
      rows.map(({ id }) => id),
    ),
  ]);
}

export async function authorCount(db: Queryable): Promise<number> {
  const [row] = await db.read<{ count: number }>(sql`select count(*)::int as count from author`, () => ['authors']);
  return row?.count ?? 0;
}
