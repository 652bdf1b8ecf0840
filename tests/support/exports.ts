import type { Site } from '../../src/config.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { exportFrom } from '../../src/importing/export.js';
import { importFrom } from '../../src/importing/import.js';
import { NdjsonReader } from '../../src/importing/ndjson/reader.js';
import type { ReceiptLine } from '../../src/importing/receipt.js';
import { openSource } from '../../src/importing/source.js';

/** Everything in `db` as `dateline export` writes it. */
export async function exported(db: Database): Promise<string[]> {
  const lines: string[] = [];
  for await (const record of exportFrom(db)) lines.push(JSON.stringify(record));
  return lines;
}

export interface ImportTo {
  db: Database;
  site: Site;
  now: Date;
}

/** Imports lines as `dateline import` reads them, item by item. Whoever stops listening stops the import, as a kill does. */
export async function* importing(lines: readonly string[], { db, site, now }: ImportTo): AsyncGenerator<ReceiptLine> {
  const source = await openSource('-', { stdin: bytesOf(lines) });
  const reader = new NdjsonReader(source);
  try {
    yield* importFrom(reader, db, { site, now });
  } finally {
    await reader.close();
    await source.close();
  }
}

export async function imported(lines: readonly string[], to: ImportTo): Promise<ReceiptLine[]> {
  const receipt: ReceiptLine[] = [];
  for await (const line of importing(lines, to)) receipt.push(line);
  return receipt;
}

async function* bytesOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(`${line}\n`);
}

/** Takes everything out of a database but its schema. */
export const emptied = async (db: Database): Promise<void> =>
  void (await db.rows(
    sql`truncate publication, section, author, tag, partner, collection, image, article, origin, old_address cascade`,
  ));
