import type { Queryable } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';

export interface TagRow {
  id: string;
  slug: string;
  name: string;
  revision: number;
}

export const tagColumns = name('t.id, t.slug, t.name, t.revision');

export const tagsById = (db: Queryable, ids: readonly string[]): Promise<TagRow[]> =>
  db.read(sql`select ${tagColumns} from tag t where t.id = any(${ids}::uuid[])`, () => on('tag', ids));

export const tagsBySlug = (db: Queryable, slugs: readonly string[]): Promise<TagRow[]> =>
  db.read(sql`select ${tagColumns} from tag t where t.slug = any(${slugs})`, (rows) => [
    ...on('tag/slug', slugs),
    ...on(
      'tag',
      rows.map(({ id }) => id),
    ),
  ]);

/** The tags of articles, in the order the desk gave them. */
export const tagsOf = (db: Queryable, articleIds: readonly string[]): Promise<(TagRow & { articleId: string })[]> =>
  db.read(
    sql`
    select x.article_id as "articleId", ${tagColumns} from article_tag x join tag t on t.id = x.tag_id
    where x.article_id = any(${articleIds}::uuid[]) order by x.article_id, x.position, t.slug collate "C"`,
    (rows) => [
      ...on('article', articleIds),
      ...on(
        'tag',
        rows.map(({ id }) => id),
      ),
    ],
  );
