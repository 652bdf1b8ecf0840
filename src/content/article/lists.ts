import type { Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Dependency, on, type Stretch, stretchOf } from '../../database/dependencies.js';
import { type Key, keyset, type Ordering, type Owned, type Page } from '../../database/keyset.js';
import { every, join, name, nothing, type Planning, sql, type Sql, unforeseen } from '../../database/sql.js';
import type { ArticleStatus } from './rules.js';
import { themselves } from './read.js';
import { articleColumns, type ArticleRow, type RowExtent } from './row.js';
import { visibleTo } from './visibility.js';

export type ArticleOrder = 'PUBLISHED_AT_DESC' | 'PUBLISHED_AT_ASC' | 'UPDATED_AT_DESC';

/** What a list of articles may be of. Sections include their descendants. */
export type ArticleOwner = 'section' | 'author' | 'tag' | 'partner';

export interface ArticleFilter {
  sections?: readonly string[];
  authors?: readonly string[];
  tags?: readonly string[];
  partners?: readonly string[];
  language?: string;
  publishedAfter?: Date;
  publishedBefore?: Date;
  status?: readonly ArticleStatus[];
}

/**
 * Where a list is read from: rows that name an owner and carry the article's standing and sort keys, with an index on
 * (owner, sort key, article). A page is then as many index entries as it has rows, at any size of archive.
 */
interface Carrier {
  /** With the article `a` they are of. */
  rows: Sql;
  /** By themselves. */
  bare: Sql;
  alias: Sql;
  articleId: Sql;
  owner: Sql;
}

const a = name('a');
const article = { rows: name('article a'), bare: name('article a'), alias: a, articleId: name('a.id') };
export const paper: Omit<Carrier, 'owner'> & { owner: null } = { ...article, owner: null };
export const carriers: Record<ArticleOwner, Carrier> = {
  section: { ...article, owner: name('a.section_id') },
  partner: { ...article, owner: name('a.partner_id') },
  author: {
    rows: name('byline k join article a on a.id = k.article_id'),
    bare: name('byline k'),
    alias: name('k'),
    articleId: name('k.article_id'),
    owner: name('k.author_id'),
  },
  tag: {
    rows: name('article_tag k join article a on a.id = k.article_id'),
    bare: name('article_tag k'),
    alias: name('k'),
    articleId: name('k.article_id'),
    owner: name('k.tag_id'),
  },
};

const isByChange = (order: ArticleOrder): boolean => order === 'UPDATED_AT_DESC';

function orderingOf(order: ArticleOrder, alias: Sql, id: Sql, of?: Owned): Ordering {
  const column = isByChange(order) ? sql`${alias}.updated_at` : sql`${alias}.ordered_at`;
  return { of, column, id, type: 'timestamptz', descending: order !== 'PUBLISHED_AT_ASC' };
}

/** The place of a row in a list of that order. */
export const placeOf =
  (order: ArticleOrder) =>
  (row: ArticleRow): Key => [(isByChange(order) ? row.updatedAt : row.orderedAt).getTime(), row.id];

/** The ids whose rows belong to the owner `of`: a section's descendants and itself, otherwise the owner alone. */
export const membersOf = (owner: ArticleOwner, of: Sql): Sql =>
  owner === 'section' ? sql`(select id from section where lineage @> array[${of}]) m` : sql`(select ${of} as id) m`;

/** What the database calls the list of an owner's articles by date when it tells of changes. */
export const listNames: Record<ArticleOwner, string> = {
  section: 'section',
  author: 'by',
  tag: 'tagged',
  partner: 'partner',
};

/** The stretch of `list` that a page of that order was read from. Lists by change are told of as one. */
const readFrom = (list: string, order: ArticleOrder, page: Page, rows: readonly ArticleRow[]): Stretch => {
  const name = !isByChange(order) ? list : list === 'all' ? 'all~u' : 'any~u';
  const places = rows.map((row) => ({
    place: { at: (isByChange(order) ? row.updatedAt : row.orderedAt).getTime(), id: row.id },
  }));
  return stretchOf(name, page, order !== 'PUBLISHED_AT_ASC', places);
};

/** Of a whole list, read by its index, one plan is best, unless each row is asked what a partner or contributor may see of it. */
const planningFor = ({ viewer }: Sight): Planning =>
  viewer.role === 'partner' || viewer.role === 'contributor' ? 'EACH_TIME' : 'ONCE';

/** One page of each owner's articles, in one statement however many owners there are. */
export function pagesOf(
  db: Queryable,
  sight: Sight,
  owner: ArticleOwner,
  order: ArticleOrder,
  page: Page,
  extent: RowExtent,
  ownerIds: readonly string[],
): Promise<(ArticleRow & { askedFor: string })[]> {
  const { rows, alias, articleId, owner: ownerColumn } = carriers[owner];
  const planning = planningFor(sight);
  const visible = visibleTo(sight, alias, articleId, { planning, isRowByRow: isByChange(order) });
  const inner = keyset(
    page,
    orderingOf(order, alias, articleId, { column: ownerColumn, value: name('m.id') }),
    planning,
  );
  const outer = keyset(page, orderingOf(order, name('p'), name('p.id')), planning);
  const owners = sql`${ownerIds}::uuid[]`;
  return db.read<ArticleRow & { askedFor: string }>(
    sql`
    select o.id as "askedFor", ${articleColumns('p', extent)}
    from unnest(${planning === 'ONCE' ? unforeseen(owners) : owners}) o(id)
    cross join lateral (
      select x.* from ${membersOf(owner, sql`o.id`)}
      cross join lateral (
        select a.* from ${rows}
        where ${inner.within} and ${visible}
        order by ${inner.orderBy} ${inner.limit}
      ) x
      order by ${orderingWord(order, page, name('x'))} ${outer.limit}
    ) p
    order by o.id, ${outer.orderBy}`,
    (found) => [
      ...themselves(found),
      ...ownerIds.map((id) =>
        readFrom(
          `${listNames[owner]}:${id}`,
          order,
          page,
          found.filter(({ askedFor }) => askedFor === id),
        ),
      ),
    ],
  );
}

const orderingWord = (order: ArticleOrder, page: Page, alias: Sql): Sql =>
  keyset(page, orderingOf(order, alias, sql`${alias}.id`)).orderBy;

/**
 * What of a filter every row must satisfy, whichever carrier it is read from. `driving` is the owner already taken care of.
 * Each is worded so that PostgreSQL can only ask it of a row at hand (an array, `offset 0`): made into a join, it would read
 * the archive of the other dimension to show twenty rows of this one.
 */
export function conditionsOf(filter: ArticleFilter, sight: Sight, driving: ArticleOwner | null): Sql[] {
  const conditions: Sql[] = [];
  if (filter.language !== undefined) conditions.push(sql`a.language = ${filter.language}`);
  if (filter.sections && driving !== 'section') {
    conditions.push(sql`a.section_id = any(array(${sectionIds(filter.sections)}))`);
  }
  if (filter.partners && driving !== 'partner') {
    conditions.push(sql`a.partner_id = any(array(${idsBySlug.partner(filter.partners)}))`);
  }
  if (filter.authors && driving !== 'author') {
    conditions.push(
      sql`exists (select from byline x where x.article_id = a.id and x.author_id = any(array(${idsBySlug.author(filter.authors)})) offset 0)`,
    );
  }
  if (filter.tags && driving !== 'tag') {
    conditions.push(
      sql`exists (select from article_tag x where x.article_id = a.id and x.tag_id = any(array(${idsBySlug.tag(filter.tags)})) offset 0)`,
    );
  }
  if (filter.status) conditions.push(standingIn(filter.status, sight.now, a));
  return conditions;
}

/** Whether the row `alias`, which carries an article's standing, has any of these at `now`. */
export function standingIn(statuses: readonly ArticleStatus[], now: Date, alias: Sql): Sql {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const conditions = statuses.map((status) => {
    if (status === 'SCHEDULED') return sql`(${alias}.status = 'PUBLISHED' and ${alias}.ordered_at > ${moment})`;
    if (status === 'PUBLISHED') return sql`(${alias}.status = 'PUBLISHED' and ${alias}.ordered_at <= ${moment})`;
    return sql`${alias}.status = ${status}::article_status`;
  });
  return conditions.length === 0 ? sql`false` : sql`(${join(conditions, ' or ')})`;
}

const sectionIds = (slugs: readonly string[]): Sql =>
  sql`select d.id from section d where d.lineage && array(select id from section where slug = any(${slugs}))`;

/** The ids that slugs mean, of sections with those below them. */
export const idsBySlug: Record<ArticleOwner, (slugs: readonly string[]) => Sql> = {
  section: sectionIds,
  author: (slugs) => sql`select id from author where slug = any(${slugs})`,
  tag: (slugs) => sql`select id from tag where slug = any(${slugs})`,
  partner: (slugs) => sql`select id from partner where slug = any(${slugs})`,
};

/** The narrowest dimension of a filter that has an index to page by; null for the whole paper. */
export function drivingOwner(filter: ArticleFilter): [ArticleOwner, readonly string[]] | null {
  if (filter.authors) return ['author', filter.authors];
  if (filter.tags) return ['tag', filter.tags];
  if (filter.partners) return ['partner', filter.partners];
  if (filter.sections) return ['section', filter.sections];
  return null;
}

export function withinDates({ publishedAfter, publishedBefore }: ArticleFilter, alias: Sql): Sql {
  const after = publishedAfter ? sql` and ${alias}.ordered_at > ${publishedAfter.toISOString()}::timestamptz` : nothing;
  const before = publishedBefore
    ? sql` and ${alias}.ordered_at < ${publishedBefore.toISOString()}::timestamptz`
    : nothing;
  return sql`${after}${before}`;
}

/** The names in a filter, which may come to mean other things. */
export const namesIn = ({ sections, authors, tags, partners }: ArticleFilter): Dependency[] => [
  ...on('section/slug', sections ?? []),
  ...on('author/slug', authors ?? []),
  ...on('tag/slug', tags ?? []),
  ...on('partner/slug', partners ?? []),
];

/** The lists that what `filter` lets through comes from, and the names in it, which may come to mean other things. */
export function filteredFrom(filter: ArticleFilter): { lists: string[]; names: Dependency[] } {
  const { sections, authors, tags, partners, language } = filter;
  const names = namesIn(filter);
  // Of one kind of condition, each thing named has a list of its own; several hold together only for rows of all lists.
  const each = [
    sections?.map((slug) => `section/${slug}`),
    authors?.map((slug) => `by/${slug}`),
    tags?.map((slug) => `tagged/${slug}`),
    partners?.map((slug) => `partner/${slug}`),
    language === undefined ? undefined : [`language/${language}`],
  ].filter((lists) => lists !== undefined);
  return { lists: each.length > 1 ? ['any'] : (each[0] ?? ['all']), names };
}

/** One page of all articles that `filter` lets through. */
export function pageOfAll(
  db: Queryable,
  sight: Sight,
  filter: ArticleFilter,
  order: ArticleOrder,
  page: Page,
  extent: RowExtent = 'WHOLE',
): Promise<ArticleRow[]> {
  const driving = drivingOwner(filter);
  const { lists, names } = filteredFrom(filter);
  const dependsOn = (found: readonly ArticleRow[]) => [
    ...names,
    ...themselves(found),
    ...lists.map((list) => readFrom(list, order, page, found)),
  ];
  if (!driving) {
    const { language, ...besides } = filter;
    const conditions = conditionsOf(besides, sight, null);
    const planning = conditions.length === 0 ? planningFor(sight) : 'EACH_TIME';
    const visible = visibleTo(sight, a, undefined, { planning, isRowByRow: isByChange(order) });
    const of = language === undefined ? undefined : { column: name('a.language'), value: sql`${language}` };
    const { within, orderBy, limit } = keyset(page, orderingOf(order, a, name('a.id'), of), planning);
    return db.read(
      sql`
      select ${articleColumns('a', extent)} from article a
      where ${within} and ${visible}${withinDates(filter, a)} and ${every(conditions)}
      order by ${orderBy} ${limit}`,
      dependsOn,
    );
  }
  const [owner, slugs] = driving;
  const { rows, alias, articleId, owner: ownerColumn } = carriers[owner];
  const inner = keyset(page, orderingOf(order, alias, articleId, { column: ownerColumn, value: name('m.id') }));
  const outer = keyset(page, orderingOf(order, name('p'), name('p.id')));
  const visible = visibleTo(sight, alias, articleId, { isRowByRow: isByChange(order) });
  // An article of two of the authors asked for comes once from each, hence distinct.
  return db.read(
    sql`
    select ${articleColumns('p', extent)} from (
      select distinct x.* from (${idsBySlug[owner](slugs)}) m
      cross join lateral (
        select a.* from ${rows}
        where ${inner.within} and ${visible}${withinDates(filter, alias)}
          and ${every(conditionsOf(filter, sight, owner))}
        order by ${inner.orderBy} ${inner.limit}
      ) x
    ) p
    order by ${outer.orderBy} ${outer.limit}`,
    dependsOn,
  );
}

/** How many articles stand after `key` at the newest end, counted no further than `most`. */
export async function countNewerThan(
  db: Queryable,
  sight: Sight,
  filter: ArticleFilter,
  key: Key,
  most: number,
): Promise<number> {
  const newer = await pageOfAll(db, sight, filter, 'PUBLISHED_AT_DESC', {
    size: most - 1,
    backward: true,
    before: key,
  });
  return newer.length;
}
