import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { configFrom } from '../../config.js';
import { openEmbedded } from '../../database/embedded.js';
import type { Database } from '../../database/database.js';
import { openScratch } from '../../database/scratch.js';
import { openReader } from '../../importing/format.js';
import { importFrom } from '../../importing/import.js';
import { parsingBeside } from '../../importing/parsing.js';
import { openSource } from '../../importing/source.js';
import { keepingUnder } from '../memory.js';
import { archive } from './archive.js';

export interface BenchImport {
  articles: string;
  body: string;
  json?: string;
}

/**
 * Imports an archive made for the purpose into a database made for the purpose: on the server of DATABASE_URL, otherwise
 * embedded in a temporary folder. Prints what came of it, and leaves nothing behind.
 */
export async function benchImport({ articles, body, json }: BenchImport): Promise<0> {
  const config = configFrom(process.env);
  const folder = await mkdtemp(path.join(tmpdir(), 'dateline-bench-'));
  const relieve = keepingUnder(112);
  try {
    const file = path.join(folder, 'archive.ndjson');
    await writeArchive(file, Number(articles), Number(body));
    const db: Database = config.databaseUrl
      ? await openScratch(config.databaseUrl)
      : await openEmbedded(path.join(folder, 'data'));
    try {
      await db.migrate();
      const parsing = parsingBeside();
      const source = await openSource(file);
      const reader = await openReader(source);
      const began = performance.now();
      let items = 0;
      let firstArticle = began;
      for await (const line of importFrom(reader, db, { site: config.site, now: new Date(), parse: parsing.parse })) {
        if (line.kind !== 'article') firstArticle = performance.now();
        items += 1;
        if (items % 100 === 0) relieve();
      }
      const ended = performance.now();
      await parsing.end();
      await reader.close();
      await source.close();
      const result = {
        database: db.kind,
        articles: Number(articles),
        bodyCharacters: Number(body),
        fileMegabytes: Math.round((await stat(file)).size / 1e6),
        seconds: round((ended - began) / 1000),
        articlesPerSecond: Math.round((Number(articles) * 1000) / (ended - firstArticle)),
        peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      };
      for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(20)}${value}\n`);
      if (json) await writeFile(json, `${JSON.stringify(result)}\n`);
    } finally {
      await db.close();
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

async function writeArchive(file: string, articles: number, bodyLength: number): Promise<void> {
  const out = createWriteStream(file);
  for (const record of archive({ articles, bodyLength })) {
    if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain');
  }
  await finished(out.end());
}
