import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { configFrom } from '../config.js';
import { DatabaseUnusable } from '../database/database.js';
import { isDiskFull } from '../database/presence.js';
import { openReader } from '../importing/format.js';
import { importFrom } from '../importing/import.js';
import { Receipt, type ReceiptLine } from '../importing/receipt.js';
import { BrokenFile } from '../importing/records.js';
import { openSource } from '../importing/source.js';
import { openOutgoing } from '../outgoing/ask.js';
import { keepingUnder } from './memory.js';
import { openReady } from './open.js';
import { progressOn } from './progress.js';

export interface ImportCommand {
  receipt?: string;
  pages?: boolean;
  section?: string;
  partner?: string;
  draft?: boolean;
}

const noRoom = (cause: unknown): DatabaseUnusable =>
  new DatabaseUnusable(
    'The disk of the database is full. What came before is stored; make room and run it again: it goes on from there.',
    { cause },
  );

/** Exit code 0: every item is stored or has a reason not to be. 1: some were refused, or the file is broken; the rest is stored. */
export async function importCommand(file: string, options: ImportCommand): Promise<0 | 1> {
  const { receipt: receiptFile, pages, section, partner, draft } = options;
  const { mayReach, site } = configFrom(process.env);
  const outgoing = openOutgoing({ mayReach, userAgent: `Dateline (+${site.url})` });
  const clock = () => Date.now();
  const progress = progressOn(process.stderr, clock);
  const receipt = new Receipt();
  let items = 0;
  // First of all, so that a name mistyped is said at once.
  const source = await openSource(file, { outgoing, progress: (read, size) => progress.at(read, size, items) });
  const { db } = await openReady(process.env);
  const kept = receiptFile === undefined ? null : createWriteStream(receiptFile);
  const refused: ReceiptLine[] = [];
  const relieve = keepingUnder(112);
  let broken: BrokenFile | undefined;
  try {
    const reader = await openReader(source, {
      ...(pages ? { pages: 'articles' } : {}),
      ...(section === undefined ? {} : { section }),
      ...(partner === undefined ? {} : { partner }),
      ...(draft ? { status: 'DRAFT' } : {}),
    });
    try {
      for await (const line of importFrom(reader, db, { site, now: new Date() })) {
        items += 1;
        if (items % 100 === 0) relieve();
        receipt.add(line);
        kept?.write(`${JSON.stringify(line)}\n`);
        if (line.outcome === 'refused' && refused.length < 20) refused.push(line);
      }
    } catch (error) {
      if (isDiskFull(error)) throw noRoom(error);
      if (!(error instanceof BrokenFile)) throw error;
      broken = error;
    } finally {
      await reader.close();
    }
    progress.end();
    for (const note of reader.notes) process.stdout.write(`${note}\n`);
  } finally {
    progress.end();
    await source.close();
    await outgoing.close();
    await db.close();
    if (kept) await finished(kept.end());
  }
  for (const { line, kind, name, reason } of refused) {
    process.stdout.write(`${file}:${line}: ${kind} “${name}” refused: ${reason ?? ''}\n`);
  }
  process.stdout.write(`${receipt.toString()}\n`);
  if (broken) {
    process.stderr.write(`${file}:${broken.line}:${broken.column}: ${broken.message}\nWhat came before is stored.\n`);
  }
  return broken || receipt.count('refused') > 0 ? 1 : 0;
}
