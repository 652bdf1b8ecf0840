import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { createUser, issueToken } from '../../access/store.js';
import { type Memories, openMemories } from '../../answers/open.js';
import { makeApp } from '../../app.js';
import { configFrom } from '../../config.js';
import type { Database } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { globalId } from '../../graphql/builder.js';
import { openOutgoing } from '../../outgoing/ask.js';
import { printColumns } from '../columns.js';
import { handAt } from '../token.js';
import { withPaper } from './paper.js';
import { askOf, type Operation, operationsOn, quantiles, type Times, timesOf } from './reading.js';

export interface BenchRead {
  articles: string;
  body: string;
  requests: string;
  atOnce: string;
  json?: string;
}

const silent = pino({ level: 'silent' });
const clock = () => new Date();

/** Before it counts, each connection has made each statement ready, and settled on how to run it. */
const warmUp = 80;

/**
 * Asks what readers ask: with no answer kept, with answers kept, and both while pieces are published. Through the app, without
 * a socket: the network is not in it.
 */
export async function benchRead({ articles, body, requests, atOnce, json }: BenchRead): Promise<0> {
  const config = configFrom(process.env);
  let statements = 0;
  const onStatement = () => void (statements += 1);
  await withPaper(
    { articles: Number(articles), bodyLength: Number(body) },
    async ({ db }) => {
      await db.rows(sql`vacuum analyze`);
      const outgoing = openOutgoing({ mayReach: config.mayReach });
      const appOver = ({ db: over, answers }: Pick<Memories, 'db' | 'answers'>) =>
        makeApp({ db: over, answers, site: config.site, log: silent, clock, outgoing }, { deskFolder: '' });
      const memories = (answerBytes: number) =>
        openMemories({ db, clock, log: silent, answerBytes, rowBytes: config.keptRowBytes });
      const operations = await operationsOn(appOver({ db }), db);
      const count = Number(requests);
      const results: Record<string, unknown>[] = [];

      for (const [kind, answerBytes] of [
        ['nothing kept', 0],
        ['kept', 64e6],
      ] as const) {
        const kept = await memories(answerBytes);
        const app = appOver(kept);
        const rows: string[][] = [];
        for (const operation of operations) {
          const ask = (index: number) => askOf(app, asked(operation, index));
          await timesOf(ask, warmUp, Number(atOnce));
          statements = 0;
          const times = await timesOf(ask, count, Number(atOnce));
          const each = { ...times, statements: statements / count };
          results.push({ kind, operation: operation.name, ...each });
          rows.push([operation.name, ...shown(times), each.statements.toFixed(1)]);
        }
        print(`${kind}: ${articles} articles, ${db.kind}, ${count} requests of each, ${atOnce} at once`, rows);
        await kept.close();
      }

      const kept = await memories(64e6);
      const mixed = await publishingMeanwhile(db, appOver(kept), operations, count * 4, Number(atOnce));
      await kept.close();
      results.push({ kind: 'mixed', ...mixed });
      process.stdout.write(
        `mixed: 95 reads to 5 publications: reads ${shown(mixed.reads).join(', ')}; ` +
          `publications median ${mixed.publications.median.toFixed(1)} ms; ${mixed.published} published, ${mixed.stale} of them missing from the next latest feed\n`,
      );
      if (json)
        await writeFile(json, `${JSON.stringify({ articles: Number(articles), database: db.kind, results })}\n`);
      await outgoing.close();
    },
    { onStatement },
  );
  return 0;
}

const asked = ({ query, variables }: Operation, index: number) => ({
  query,
  variables: variables[index % variables.length],
});

const shown = ({ perSecond, median, p99, cpu }: Times): string[] => [
  perSecond.toFixed(0),
  median.toFixed(2),
  p99.toFixed(2),
  cpu.toFixed(2),
];

function print(title: string, rows: string[][]): void {
  process.stdout.write(`${title}\n`);
  printColumns([['', 'answers/s', 'median ms', 'p99 ms', 'CPU ms', 'statements'], ...rows]);
  process.stdout.write('\n');
}

/** Reads of every kind, and every twentieth time a draft is submitted and published instead, which the next reader must see. */
async function publishingMeanwhile(
  db: Database,
  app: ReturnType<typeof makeApp>,
  operations: readonly Operation[],
  requests: number,
  atOnce: number,
) {
  const hand = handAt(clock());
  const { token } = await db.transaction(async (tx) => {
    const userId = await createUser(tx, hand, { name: 'Bench', role: 'EDITOR' });
    return issueToken(tx, hand, { userId, name: 'bench', expiresAt: null });
  });
  const headers = { authorization: `Bearer ${token}` };
  const drafts = await db.rows<{ id: string; headline: string; revision: number }>(sql`
    select id, headline, revision from article where status = 'DRAFT' order by id limit ${Math.ceil(requests / 20)}::int`);
  const [latest] = operations;
  const publications: number[] = [];
  let stale = 0;

  async function publish({ id, headline, revision }: (typeof drafts)[number]): Promise<void> {
    const input = { id: globalId('Article', id), expectedRevision: revision };
    const steps = `... on SubmitArticleSuccess { data: article { revision } }`;
    const submitted = (await askOf(
      app,
      {
        query: `mutation ($input: SubmitArticleInput!) { done: submitArticle(input: $input) { __typename ${steps} } }`,
        variables: { input },
      },
      headers,
    )) as { data: { done: { data?: { revision: number } } } };
    const began = performance.now();
    await askOf(
      app,
      {
        query: 'mutation ($input: PublishArticleInput!) { publishArticle(input: $input) { __typename } }',
        variables: { input: { ...input, expectedRevision: submitted.data.done.data?.revision ?? revision } },
      },
      headers,
    );
    publications.push(performance.now() - began);
    const { data } = await askOf(app, { query: latest?.query ?? '' });
    if (!JSON.stringify(data).includes(JSON.stringify(headline))) stale += 1;
  }

  const readTimes: number[] = [];
  const all = await timesOf(
    async (index) => {
      const draft = index % 20 === 19 ? drafts[Math.floor(index / 20)] : undefined;
      if (draft) return publish(draft);
      const began = performance.now();
      await askOf(app, asked(operations[index % operations.length]!, Math.floor(index / operations.length)));
      readTimes.push(performance.now() - began);
    },
    requests,
    atOnce,
  );
  return {
    reads: { ...all, ...quantiles(readTimes) },
    publications: quantiles(publications),
    published: publications.length,
    stale,
  };
}
