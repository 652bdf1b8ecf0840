import { readFile } from 'node:fs/promises';
import type { Answering } from '../../app.js';
import type { Database } from '../../database/database.js';
import { sql } from '../../database/sql.js';

/** Something that clients ask again and again, with values drawn from the paper that is measured. */
export interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables: readonly Record<string, unknown>[];
}

const spread = 64;

const pageOfCards = `{ nodes { path headline publishedAt section { slug name } bylines { author { slug name } } } }`;

/** What a paper is read by: the documents of `schema/operations`, and pages deep in the archive. */
export async function operationsOn(app: Answering, db: Database): Promise<Operation[]> {
  const text = (name: string) =>
    readFile(new URL(`../../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');
  const paths = await db.rows<{ path: string; at: Date }>(sql`
    with visible as (select path, ordered_at, row_number() over (order by ordered_at desc, id desc) as place,
      count(*) over () as of from article where status = 'PUBLISHED' and ordered_at < now())
    select path, ordered_at as at from visible where place % greatest(1, of / ${spread}::int) = 0 order by place limit ${spread}::int`);
  const slugs = async (owner: 'author' | 'tag') =>
    (
      await db.rows<{ slug: string }>(
        owner === 'author'
          ? sql`select slug from author order by slug limit ${spread}::int`
          : sql`select slug from tag order by slug limit ${spread}::int`,
      )
    ).map(({ slug }) => ({ slug, first: 20 }));
  const sections = await db.rows<{ slug: string }>(sql`select slug from section order by position, slug`);
  const deep: Record<string, unknown>[] = [];
  for (const { at } of paths.slice(spread / 4, (3 * spread) / 4)) {
    const { data } = await askOf(app, {
      query:
        'query ($before: DateTime!) { articles(first: 1, filter: { publishedBefore: $before }) { edges { cursor } } }',
      variables: { before: at.toISOString() },
    });
    const { edges } = (data as { articles: { edges: { cursor: string }[] } }).articles;
    if (edges[0]) deep.push({ after: edges[0].cursor });
  }
  return [
    { name: 'latest feed', query: await text('latest-feed'), variables: [{}] },
    { name: 'section fronts', query: await text('section-fronts'), variables: [{}] },
    { name: 'article page', query: await text('article-page'), variables: paths.map(({ path }) => ({ path })) },
    {
      name: 'deep page',
      query: `query DeepPage($after: String!) { articles(first: 20, after: $after) ${pageOfCards} }`,
      variables: deep,
    },
    { name: 'oldest page', query: `query OldestPage { articles(last: 20) ${pageOfCards} }`, variables: [{}] },
    { name: 'author page', query: await text('author-page'), variables: await slugs('author') },
    { name: 'tag page', query: await text('tag-page'), variables: await slugs('tag') },
    {
      name: 'section page',
      query: await text('section-page'),
      variables: sections.map(({ slug }) => ({ slug, first: 3 })),
    },
    { name: 'home page', query: await text('home-page'), variables: [{}] },
  ];
}

export interface Asked {
  query: string;
  variables?: Record<string, unknown> | undefined;
}

/** Sends one question as a client does, and throws where it is not answered whole. */
export async function askOf(
  app: Answering,
  { query, variables }: Asked,
  headers: Record<string, string> = {},
): Promise<{ data: unknown }> {
  const response = await app(
    new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    }),
  );
  const answer = (await response.json()) as { data: unknown; errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer;
}

export interface Times {
  /** Answers a second, so many being asked for at once. */
  perSecond: number;
  /** How long one took, in milliseconds. */
  median: number;
  p95: number;
  p99: number;
  /** CPU of this process for one, in milliseconds; a server's own is not in it. */
  cpu: number;
}

/** Asks `one` so often, `atOnce` at a time. */
export async function timesOf(
  one: (index: number) => Promise<unknown>,
  requests: number,
  atOnce: number,
): Promise<Times> {
  const times: number[] = [];
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  async function askOn(): Promise<void> {
    while (next < requests) {
      const index = next++;
      const asked = performance.now();
      await one(index);
      times.push(performance.now() - asked);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, askOn));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: requests / seconds, ...quantiles(times), cpu: (user + system) / 1000 / requests };
}

/** Sorts `times` besides. */
export function quantiles(times: number[]): { median: number; p95: number; p99: number } {
  times.sort((one, other) => one - other);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99) };
}
