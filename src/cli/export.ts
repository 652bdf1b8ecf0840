import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { exportFrom } from '../importing/export.js';
import { openReady } from './open.js';

/** Writes everything as Dateline's NDJSON to `file`, or to standard output. */
export async function exportCommand(file: string | undefined): Promise<0> {
  const { db } = await openReady(process.env);
  const out = file === undefined || file === '-' ? process.stdout : createWriteStream(file);
  let count = 0;
  try {
    for await (const record of exportFrom(db)) {
      count += 1;
      if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain');
    }
  } finally {
    await db.close();
  }
  if (out !== process.stdout) await finished(out.end());
  process.stderr.write(`${count} records written.\n`);
  return 0;
}
