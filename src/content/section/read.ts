import type { Queryable } from '../../database/database.js';
import { on } from '../../database/dependencies.js';
import { name, sql } from '../../database/sql.js';

export interface SectionRow {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  parentId: string | null;
  position: number;
  revision: number;
}

export const sectionColumns = name(
  's.id, s.slug, s.name, s.description, s.parent_id as "parentId", s.position, s.revision',
);

export const sectionsById = (db: Queryable, ids: readonly string[]): Promise<SectionRow[]> =>
  db.read(sql`select ${sectionColumns} from section s where s.id = any(${ids}::uuid[])`, () => on('section', ids));

export const sectionsBySlug = (db: Queryable, slugs: readonly string[]): Promise<SectionRow[]> =>
  db.read(sql`select ${sectionColumns} from section s where s.slug = any(${slugs})`, (rows) => [
    ...on('section/slug', slugs),
    ...themselves(rows),
  ]);

const themselves = (rows: readonly SectionRow[]) =>
  on(
    'section',
    rows.map(({ id }) => id),
  );

/** What rows depend on that stand where they do in the tree. */
export const inTree = (rows: readonly SectionRow[]): string[] => ['sections', ...themselves(rows)];

export const topSections = (db: Queryable): Promise<SectionRow[]> =>
  db.read(
    sql`select ${sectionColumns} from section s where s.parent_id is null order by s.position, s.slug collate "C"`,
    inTree,
  );

export const childrenOf = (db: Queryable, parentIds: readonly string[]): Promise<SectionRow[]> =>
  db.read(
    sql`select ${sectionColumns} from section s where s.parent_id = any(${parentIds}::uuid[]) order by s.position, s.slug collate "C"`,
    inTree,
  );
