import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { configFrom, type Site } from '../../config.js';
import { openEmbedded } from '../../database/embedded.js';
import type { Database, DatabaseOptions } from '../../database/database.js';
import { openScratch } from '../../database/scratch.js';
import { openReader } from '../../importing/format.js';
import { importFrom } from '../../importing/import.js';
import { openSource } from '../../importing/source.js';
import { keepingUnder } from '../memory.js';
import { archive, type ArchiveOptions } from './archive.js';

/** A paper to measure with, and what it took to import it. */
export interface MeasuredPaper {
  db: Database;
  site: Site;
  fileBytes: number;
  /** Until everything is stored and search finds it. */
  seconds: number;
  /** Of what is stored: every list has it. Search follows. */
  articlesPerSecond: number;
}

/**
 * Imports an archive made for the purpose into a database made for the purpose: on the server of DATABASE_URL, otherwise
 * embedded in a temporary folder. Gives it to `use`, and leaves nothing behind.
 */
export async function withPaper<Result>(
  options: ArchiveOptions,
  use: (paper: MeasuredPaper) => Promise<Result>,
  databaseOptions: DatabaseOptions = {},
): Promise<Result> {
  const config = configFrom(process.env);
  const folder = await mkdtemp(path.join(tmpdir(), 'dateline-bench-'));
  try {
    const file = path.join(folder, 'archive.ndjson');
    await writeArchive(file, options);
    const db: Database = config.databaseUrl
      ? await openScratch(config.databaseUrl, databaseOptions)
      : await openEmbedded(path.join(folder, 'data'), databaseOptions);
    try {
      await db.migrate();
      const { site } = config;
      return await use({ db, site, fileBytes: (await stat(file)).size, ...(await imported(file, db, site, options)) });
    } finally {
      await db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function imported(file: string, db: Database, site: Site, { articles }: ArchiveOptions) {
  const relieve = keepingUnder(112);
  const source = await openSource(file);
  const reader = await openReader(source);
  const began = performance.now();
  let items = 0;
  let firstArticle = began;
  let lastArticle = began;
  for await (const line of importFrom(reader, db, { site, now: new Date() })) {
    if (line.kind === 'article') lastArticle = performance.now();
    else firstArticle = performance.now();
    items += 1;
    if (items % 100 === 0) relieve();
  }
  const ended = performance.now();
  await reader.close();
  await source.close();
  return { seconds: (ended - began) / 1000, articlesPerSecond: (articles * 1000) / (lastArticle - firstArticle) };
}

async function writeArchive(file: string, options: ArchiveOptions): Promise<void> {
  const out = createWriteStream(file);
  for (const record of archive(options)) {
    if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain');
  }
  await finished(out.end());
}
