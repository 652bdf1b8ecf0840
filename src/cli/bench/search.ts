import { readFile, writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { type App, makeApp } from '../../app.js';
import { configFrom } from '../../config.js';
import type { Database } from '../../database/database.js';
import { openMemories } from '../../answers/open.js';
import { openDatabase } from '../../database/open.js';
import { sql } from '../../database/sql.js';
import { openOutgoing } from '../../outgoing/ask.js';
import { printColumns } from '../columns.js';
import { syllables } from './archive.js';
import { withPaper } from './paper.js';
import { askOf, quantiles } from './reading.js';

export interface BenchSearch {
  articles: string;
  body: string;
  requests: string;
  here?: boolean;
  json?: string;
}

interface Question {
  kind: string;
  document: 'search' | 'suggest';
  variables: Record<string, unknown>[];
}

/** The archive's words have one to three of these syllables: of one are in every piece, of two in half, of three in some. */
const at = (place: number): string => syllables[place % syllables.length] ?? '';
/** Words of so many syllables. */
const words = (of: number): string[] =>
  Array.from({ length: 64 }, (_, index) => {
    const turn = Math.floor(index / syllables.length);
    return [at(index), at(index * 3 + turn + 1), at(index * 5 + turn * 7 + 2)].slice(0, of).join('');
  });
/** Two of them are no words to look for in English. */
const common = syllables.filter((word) => word !== 'do' && word !== 'in');
const pairs = words(2);
const triples = words(3);
const next = (list: readonly string[], place: number): string => list[(place + 3) % list.length] ?? '';
const queries = (list: readonly string[], filter?: object) =>
  list.map((query) => ({ query, ...(filter ? { filter } : {}) }));

const questions: Question[] = [
  { kind: 'a word of every piece', document: 'search', variables: queries(common) },
  { kind: 'a word of every second', document: 'search', variables: queries(pairs) },
  { kind: 'a word of some', document: 'search', variables: queries(triples) },
  { kind: 'a rare name', document: 'search', variables: queries(common.map((_, place) => `author ${480 + place}`)) },
  {
    kind: 'three words of some',
    document: 'search',
    variables: queries(triples.map((word, place) => `${word} ${next(triples, place)} ${next(pairs, place)}`)),
  },
  {
    kind: 'a phrase of common words',
    document: 'search',
    variables: queries(common.map((word, place) => `"${word} ${next(pairs, place)}"`)),
  },
  {
    kind: 'a word without another',
    document: 'search',
    variables: queries(common.map((word, place) => `${word} -${next(pairs, place)}`)),
  },
  {
    kind: 'common, of an old year',
    document: 'search',
    variables: queries(common, {
      publishedAfter: '2017-12-31T23:59:59.999Z',
      publishedBefore: '2019-01-01T00:00:00.000Z',
    }),
  },
  { kind: 'common, of a tag', document: 'search', variables: queries(common, { tags: ['tag-7'] }) },
  { kind: 'nothing but an error', document: 'search', variables: queries(triples.map((word) => `${word}x`)) },
  {
    kind: 'suggest, two letters',
    document: 'suggest',
    variables: common.map((word) => ({ prefix: word.slice(0, 2) })),
  },
  {
    kind: 'suggest, a word',
    document: 'suggest',
    variables: triples.map((prefix) => ({ prefix: prefix.slice(0, 6) })),
  },
];

/**
 * Asks what the page of a search asks, with snippets and facets, one request after the other, no answer kept, rows kept as
 * the service keeps them. Prints how long the answers took, as the service makes them; the network is not in it.
 */
export async function benchSearch({ articles, body, requests, here, json }: BenchSearch): Promise<0> {
  const config = configFrom(process.env);
  const measure = async (db: Database) => {
    await db.rows(sql`vacuum analyze`);
    const services = { site: config.site, log: pino({ level: 'silent' }), clock: () => new Date() };
    const outgoing = openOutgoing({ mayReach: config.mayReach });
    const memories = await openMemories({ ...services, db, answerBytes: 0, rowBytes: config.keptRowBytes });
    const app = makeApp({ ...services, db: memories.db, outgoing }, { deskFolder: '' });
    const [count] = await db.rows<{ count: number }>(sql`select count(*)::int as count from search_document`);
    // Before it counts, each connection has made each statement ready, and what runs often has been compiled.
    for (const question of questions) await timesOf(app, question, 16);
    const results = [];
    for (const question of questions)
      results.push({ kind: question.kind, ...(await timesOf(app, question, Number(requests))) });
    const shown = results.map(({ kind, found, ...times }) => [
      kind,
      String(found),
      ...Object.values(times).map((ms) => ms.toFixed(1)),
    ]);
    process.stdout.write(`${count?.count ?? 0} articles, ${db.kind}, ${requests} requests of each kind\n`);
    printColumns([['', 'found', 'median ms', 'p95 ms', 'slowest ms'], ...shown]);
    if (json)
      await writeFile(
        json,
        `${JSON.stringify({ articles: count?.count, database: db.kind, requests: Number(requests), results })}\n`,
      );
    await memories.close();
    await outgoing.close();
  };
  if (here) {
    const db = await openDatabase(config);
    await measure(db).finally(() => db.close());
  } else await withPaper({ articles: Number(articles), bodyLength: Number(body) }, ({ db }) => measure(db));
  return 0;
}

async function timesOf(app: App, { document, variables }: Question, requests: number) {
  const query = await readFile(new URL(`../../../schema/operations/${document}.graphql`, import.meta.url), 'utf8');
  const times: number[] = [];
  let found = 0;
  for (let index = 0; index < requests; index += 1) {
    const began = performance.now();
    const { data } = await askOf(app, { query, variables: variables[index % variables.length] });
    times.push(performance.now() - began);
    const { search, suggest } = data as { search?: { totalCount: number }; suggest?: unknown[] };
    found = Math.max(found, search?.totalCount ?? suggest?.length ?? 0);
  }
  const { median, p95 } = quantiles(times);
  return { found, median, p95, slowest: times.at(-1) ?? 0 };
}
