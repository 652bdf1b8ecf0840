import { fileURLToPath } from 'node:url';
import type { Site } from '../config.js';
import type { Database } from '../database/database.js';
import { sql } from '../database/sql.js';
import { importFrom } from './import.js';
import { NdjsonReader } from './ndjson/reader.js';
import { readNewsroom } from './newsroom.js';
import { openSource } from './source.js';

const newsroomFolder = fileURLToPath(new URL('../../prisma/newsroom/', import.meta.url));

/** Gives a database without any section the sample newspaper, dated from `now`. Answers how many items it got. */
export async function loadSampleNewsroom(db: Database, site: Site, now: Date): Promise<number> {
  const [row] = await db.rows<{ empty: boolean }>(
    sql`select not exists (select from section) and not exists (select from article) as empty`,
  );
  if (!row?.empty) return 0;
  const source = await openSource('-', { stdin: linesOf(readNewsroom(newsroomFolder, now)) });
  const reader = new NdjsonReader(source);
  let stored = 0;
  try {
    for await (const line of importFrom(reader, db, { site, now })) {
      if (line.outcome === 'refused') throw new Error(`the sample newsroom is wrong: ${line.name}: ${line.reason}`);
      stored += 1;
    }
  } finally {
    await reader.close();
    await source.close();
  }
  return stored;
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield `${text}\n`;
}
