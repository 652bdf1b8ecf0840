import { isStaff, type Sight } from '../../access/viewer.js';
import type { Queryable } from '../../database/database.js';
import { type Dependency, wholeList } from '../../database/dependencies.js';
import { every, join, name, nothing, sql, type Sql } from '../../database/sql.js';
import { rightsOf } from '../article/rights.js';
import { themselves } from '../article/read.js';
import { type ArticleFilter, idsBySlug, namesIn, standingIn } from '../article/lists.js';
import { articleColumns, type ArticleRow } from '../article/row.js';
import { visibleTo } from '../article/visibility.js';
import { asAsked, mostRanked, type SearchOrder, type SearchPlace, type SearchStart } from './rules.js';

/** What is searched for, by whom and among what. */
export interface Search {
  readonly words: string;
  readonly sight: Sight;
  readonly filter: ArticleFilter;
  readonly order: SearchOrder;
  /** The time zone of the years that are counted; null when nothing is to be counted. */
  readonly facetsIn: string | null;
}

/** How a page of a search goes on from the one before it. */
export interface Continuation {
  readonly after: SearchPlace;
  readonly start: SearchStart;
}

export interface FoundRow extends ArticleRow {
  value: number;
  score: number;
}

export type FacetKind = 'section' | 'author' | 'tag' | 'year';

export interface FacetRow {
  kind: FacetKind;
  /** The thing; null of a year. */
  id: string | null;
  year: number | null;
  count: number;
}

export interface Found {
  rows: FoundRow[];
  /** How many were ranked. */
  count: number;
  /** How all that were ranked are spread; empty when that was not asked. */
  facets: FacetRow[];
  /** Whether these are all there are. */
  isWhole: boolean;
  floor: SearchStart['floor'];
}

const d = name('d');
const week = 604_800_000;
const weekOf = (at: Date): number => Math.floor(at.getTime() / week);

/**
 * How far back the newest matches are looked for, in weeks, before everything is: each stretch is read only when those before
 * it held too few, so that no more than about twice as many are read as are ranked, however common a word is.
 */
const stretches = [2, 4, 8, 16, 32, 64, 128, 256];
/** Weeks that can be named one by one; a longer stretch is read as if it had no end. */
const mostWeeks = 600;
/** How far ahead the newsroom finds what is scheduled, where words are too common to look at everything. */
const weeksAhead = 9;

const moment = (at: Date): Sql => sql`${at.toISOString()}::timestamptz`;

const getsBodies = ({ viewer }: Sight): boolean => rightsOf(viewer).words === 'FULL';

/** The words of a piece that `sight` may find it by, and weigh it by: none of a body that it does not get. */
const wordsFor = (sight: Sight): Sql => (getsBodies(sight) ? sql`d.document` : sql`ts_filter(d.document, '{a,b,c}')`);

/** Whether a piece has what is asked. The index knows of words of bodies, and what a body has must not exclude a piece either. */
const matches = (sight: Sight, query: Sql, wanted: Sql): Sql =>
  getsBodies(sight) ? sql`d.document @@ ${query}` : sql`(d.document @@ ${wanted} and ${wordsFor(sight)} @@ ${query})`;

/** Whether search documents may be looked at for this viewer and filter. */
function conditionsOf({ sight, filter }: Search): Sql[] {
  const { sections, authors, tags, partners, language, publishedAfter, publishedBefore, status } = filter;
  const { viewer, now } = sight;
  const conditions = [visibleTo(sight, d, name('d.article_id'))];
  for (const [owner, slugs] of Object.entries({ section: sections, author: authors, tag: tags, partner: partners })) {
    if (slugs) conditions.push(sql`d.things && array(${idsBySlug[owner as keyof typeof idsBySlug](slugs)})`);
  }
  if (viewer.role === 'partner' && viewer.entitlement) {
    // The predicate asks this of each row; said of the index besides, only what may be granted is looked at.
    const { sectionIds, tagIds } = viewer.entitlement;
    if (sectionIds) {
      conditions.push(sql`d.things && array(select s.id from section s where s.lineage && ${[...sectionIds]}::uuid[])`);
    }
    if (tagIds) conditions.push(sql`d.things && ${[...tagIds]}::uuid[]`);
  }
  if (language !== undefined) conditions.push(sql`d.language = ${language}`);
  if (publishedAfter) conditions.push(sql`d.ordered_at > ${moment(publishedAfter)}`);
  if (publishedBefore) conditions.push(sql`d.ordered_at < ${moment(publishedBefore)}`);
  if (status) conditions.push(standingIn(status, now, d));
  return conditions;
}

const configurations = sql`array['dateline_en', 'dateline_de', 'dateline_fr', 'dateline_es', 'dateline_ru', 'dateline_simple']::regconfig[]`;

/** The query in the words of each language, and of all of them together. */
const asked = (words: string): Sql => sql`
  asked as materialized (
    select c.configuration, s.query, querytree(s.query)::tsquery as wanted
    from unnest(${configurations}) c(configuration) cross join search_query(c.configuration, ${asAsked(words)}) s(query)),
  whichever as materialized (
    select string_agg(distinct '(' || query::text || ')', ' | ')::tsquery as query,
      string_agg(distinct '(' || wanted::text || ')', ' | ')::tsquery as wanted from asked)`;

/** The newest matches, `most` at most: `near`. */
function newest(search: Search, most: number, floor: SearchStart['floor']): Sql {
  const { sight, filter } = search;
  const { publishedAfter, publishedBefore } = filter;
  const now = weekOf(sight.now);
  const ahead = isStaff(sight.viewer) ? weeksAhead : 0;
  const last = publishedBefore ? Math.min(weekOf(publishedBefore), now + ahead) : now + ahead;
  const first = publishedAfter ? weekOf(publishedAfter) : -Infinity;
  const conditions = every([
    matches(sight, sql`(select query from whichever)`, sql`(select wanted from whichever)`),
    ...conditionsOf(search),
    ...(floor ? [sql`(d.ordered_at, d.article_id) >= (${moment(new Date(floor.at))}, ${floor.id}::uuid)`] : []),
  ]);
  const levels: Sql[] = [];
  const names: Sql[] = [];
  const add = (weeks: Sql) => {
    const level = name(`stretch_${names.length}`);
    const before = every(
      names.length === 0
        ? []
        : [
            sql`${join(
              names.map((each) => sql`(select count(*) from ${each})`),
              ' + ',
            )} < ${most}::int`,
          ],
    );
    levels.push(sql`${level} as materialized (
      select d.ctid as place, d.article_id, d.ordered_at from search_document d
      where ${before} and ${conditions} and ${weeks} order by d.ordered_at desc, d.article_id desc limit ${most}::int)`);
    names.push(level);
  };
  // From the newest piece there is: a paper that has ended is searched like one that goes on.
  const end = publishedBefore ? sql`${last}::int` : sql`(select week from newest)`;
  const isBounded = last - first < mostWeeks;
  const weeksFrom = (from: Sql, to: Sql) =>
    sql`d.weeks && array(select generate_series(${isBounded ? sql`greatest(${first}::int, ${from})` : from}, ${to}))`;
  let to = sql`${last}::int`;
  for (const weeks of stretches) {
    add(weeksFrom(sql`${end} - ${weeks - 1}::int`, to));
    to = sql`${end} - ${weeks}::int`;
  }
  add(isBounded ? weeksFrom(sql`${first}::int`, to) : sql`search_week(d.ordered_at) <= ${to}`);
  return sql`
    newest as materialized (
      select coalesce((select search_week(ordered_at) from article where status = 'PUBLISHED' and ordered_at <= ${moment(sight.now)}
        order by ordered_at desc limit 1), ${last}::int) as week),
    ${join(levels)},
    near as materialized (
      select * from (${join(
        names.map((level) => sql`select * from ${level}`),
        ' union all ',
      )}) s
      order by ordered_at desc, article_id desc limit ${most}::int)`;
}

/** Ranked by the words that are wanted: with one that is excluded, `ts_rank` takes those that are there for few. In two years a piece loses half of its weight. Said as a sum of logarithms, which does not change with the hour. */
const scoreBy = (document: Sql): Sql => sql`round((ln(greatest(ts_rank(${document}, q.wanted, 1), 1e-9)) / ln(2)
  + extract(epoch from d.ordered_at)::float8 / 63072000)::numeric, 6)::float8`;

const mostEach = 20;

/**
 * How what was ranked is spread over sections, authors, tags and years, the most of each first: by what search documents name,
 * once each, as the filters see them.
 */
const spread = (timeZone: string): Sql => sql`
  named as materialized (
    select id, count(*)::int as count
    from (select distinct r.id as article_id, t.id from ranked r cross join unnest(r.things) t(id)) once group by id),
  counted as (
    select 'section' as kind, l.id, null::int as year, sum(n.count)::int as count
      from named n join section o on o.id = n.id cross join unnest(o.lineage) l(id) group by l.id
    union all
    select 'author', n.id, null, n.count from named n join author o on o.id = n.id
    union all
    select 'tag', n.id, null, n.count from named n join tag o on o.id = n.id
    union all
    select 'year', null, extract(year from r.ordered_at at time zone ${timeZone})::int, count(*)::int from ranked r group by 3),
  spread as (
    select json_agg(json_build_object('kind', kind, 'id', id, 'year', year, 'count', count) order by kind, place) as facets
    from (select *, row_number() over (partition by kind order by count desc, year desc, id) as place from counted) c
    where place <= ${mostEach}::int),`;

/** One page of what a search finds, and how it stands: one statement. */
export async function pageOfSearch(
  db: Queryable,
  search: Search,
  size: number,
  continuation: Continuation | null,
): Promise<Found> {
  const { words, sight, filter, order, facetsIn } = search;
  // A later page takes in what was published since the first, and loses nothing by it.
  const most = continuation ? 2 * mostRanked : mostRanked;
  const searched = wordsFor(sight);
  const value = order === 'RELEVANCE' ? sql`r.score` : sql`(extract(epoch from r.ordered_at) * 1000)::float8`;
  const after = continuation
    ? sql`where (${value}, r.id) < (${continuation.after.value}::float8, ${continuation.after.id}::uuid)`
    : nothing;
  interface Standing {
    count: number;
    considered: number;
    facets: FacetRow[] | null;
    floorAt: Date | null;
    floorId: string | null;
  }
  type Row = (FoundRow | { id: null }) & Standing;
  const isFound = (row: Row): row is FoundRow & Standing => row.id !== null;
  const rows = await db.read<Row>(
    sql`
    with ${asked(words)}, ${newest(search, most, continuation?.start.floor ?? null)},
    ranked as materialized (
      select d.article_id as id, d.ordered_at, ${facetsIn === null ? nothing : sql`d.things,`} ${scoreBy(searched)} as score
      from near n join search_document d on d.ctid = n.place
      join asked q on q.configuration = search_configuration(d.language)
      where ${searched} @@ q.query),
    ${facetsIn === null ? nothing : spread(facetsIn)}
    page as (select r.id, r.score, ${value} as value from ranked r ${after} order by 3 desc, 1 desc limit ${size + 1}::int)
    select t.count, t.considered, ${facetsIn === null ? sql`null` : sql`case when row_number() over (order by p.value desc, p.id desc) = 1 then (select facets from spread) end`} as facets,
      f.ordered_at as "floorAt", f.article_id as "floorId", p.score, p.value, ${articleColumns('a')}
    from (select (select count(*)::int from ranked) as count, (select count(*)::int from near) as considered) t
    left join (select ordered_at, article_id from near order by ordered_at, article_id limit 1) f on true
    left join page p on true
    left join article a on a.id = p.id
    order by p.value desc, p.id desc`,
    (found) => [
      ...dependsOnAll(filter),
      ...themselves(found.filter(isFound)),
      ...(found[0]?.facets ?? []).flatMap(({ kind, id }) => (id ? [`${kind}:${id}`] : [])),
    ],
  );
  const [{ count, considered, facets, floorAt, floorId } = none] = rows;
  const isCut = considered >= most;
  return {
    rows: rows.filter(isFound),
    count,
    facets: facets ?? [],
    isWhole: continuation ? continuation.start.floor === null && !isCut : !isCut,
    floor: continuation
      ? continuation.start.floor
      : isCut && floorAt && floorId
        ? { at: floorAt.getTime(), id: floorId }
        : null,
  };
}

const none = { count: 0, considered: 0, facets: null, floorAt: null, floorId: null };

/** What a search finds depends on everything that readers can find (see the decision on kept searches). */
const dependsOnAll = (filter: ArticleFilter): Dependency[] => [
  ...namesIn(filter),
  ...['all', 'any', 'all~u', 'any~u', 'search'].map(wholeList),
];

/** Of words in texts, each with the language of its text, those that are forms of what is looked for. */
export const meantWords = (
  db: Queryable,
  words: readonly { language: string; word: string }[],
  wanted: readonly string[],
): Promise<{ language: string; word: string }[]> =>
  db.read(
    sql`
    select w.language, w.word
    from unnest(${words.map(({ language }) => language)}::text[], ${words.map(({ word }) => word)}::text[]) w(language, word)
    cross join lateral (select to_tsvector(search_configuration(w.language), search_text(w.word)) as lexemes offset 0) v
    where exists (
      select from unnest(${[...wanted]}::text[]) t(word)
      where v.lexemes @@ plainto_tsquery(search_configuration(w.language), search_text(t.word)))`,
    () => [],
  );

const nearestEach = 5;

/**
 * For each word that nothing visible has, the most similar one that something visible has; null where there is none. A word
 * that is only in what the viewer may not see is not there for them.
 */
export function neighboursOfWords(
  db: Queryable,
  sight: Sight,
  words: readonly string[],
): Promise<{ word: string; neighbour: string | null }[]> {
  const inAnyLanguage = (word: Sql): Sql => sql`(
    select string_agg(distinct '(' || search_query(c.configuration, ${word})::text || ')', ' | ')::tsquery
    from unnest(${configurations}) c(configuration))`;
  const isVisible = (word: Sql): Sql => sql`exists (
    select from search_document d where ${matches(sight, inAnyLanguage(word), inAnyLanguage(word))}
    and ${visibleTo(sight, d, name('d.article_id'))} offset 0)`;
  return db.read(
    sql`
    select w.word, n.word as neighbour from unnest(${[...words]}::text[]) w(word)
    left join lateral (
      select k.word from (
        select k.word, similarity(k.word, unaccent(lower(w.word))) as nearness from search_word k
        where k.word % unaccent(lower(w.word)) and k.word <> unaccent(lower(w.word))
        order by nearness desc, k.word limit ${nearestEach}::int) k
      where not ${isVisible(sql`w.word`)} and ${isVisible(sql`k.word`)}
      order by k.nearness desc, k.word limit 1) n on true`,
    () => dependsOnAll({}),
  );
}
