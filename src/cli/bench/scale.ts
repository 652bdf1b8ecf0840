import { writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { makeApp } from '../../app.js';
import { configFrom } from '../../config.js';
import type { Database } from '../../database/database.js';
import { readingOf } from '../../database/explain.js';
import { type Sql, sql } from '../../database/sql.js';
import { openOutgoing } from '../../outgoing/ask.js';
import { printColumns } from '../columns.js';
import { withPaper } from './paper.js';
import { askOf, operationsOn, timesOf } from './reading.js';

export interface BenchScale {
  sizes: string;
  body: string;
  requests: string;
  json?: string;
}

interface Grown {
  operation: string;
  articles: number;
  /** Milliseconds. */
  median: number;
  /** Rows that scans read for one answer. */
  rows: number;
}

/** Asks the same of archives of several sizes, nothing kept: how long answers take, and how many rows are read for one. */
export async function benchScale({ sizes, body, requests, json }: BenchScale): Promise<0> {
  const { site, mayReach } = configFrom(process.env);
  const outgoing = openOutgoing({ mayReach });
  const grown: Grown[] = [];
  const counts = sizes.split(',').map(Number);
  for (const articles of counts) {
    await withPaper({ articles, bodyLength: Number(body) }, async ({ db: opened }) => {
      await opened.rows(sql`vacuum analyze`);
      let asked: Sql[] = [];
      const noted = <Row>(statement: Sql): Promise<Row[]> => {
        asked.push(statement);
        return opened.rows<Row>(statement);
      };
      const db: Database = { ...opened, rows: noted, read: noted };
      const app = makeApp(
        { db, site, log: pino({ level: 'silent' }), clock: () => new Date(), outgoing },
        { deskFolder: '' },
      );
      for (const { name, query, variables } of await operationsOn(app, db)) {
        const ask = (index: number) => askOf(app, { query, variables: variables[index % variables.length] });
        await timesOf(ask, 40, 1);
        const { median } = await timesOf(ask, Number(requests), 1);
        asked = [];
        await ask(0);
        let rows = 0;
        for (const statement of asked) rows += (await readingOf(opened, statement)).rows;
        grown.push({ operation: name, articles, median, rows });
      }
    });
  }
  const operations = [...new Set(grown.map(({ operation }) => operation))];
  printColumns([
    ['', ...counts.flatMap((count) => [`${count}: median ms`, 'rows'])],
    ...operations.map((operation) => [
      operation,
      ...grown
        .filter((one) => one.operation === operation)
        .flatMap(({ median, rows }) => [median.toFixed(2), String(Math.round(rows))]),
    ]),
  ]);
  if (json) await writeFile(json, `${JSON.stringify(grown)}\n`);
  await outgoing.close();
  return 0;
}
