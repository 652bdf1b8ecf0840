import { Readable } from 'node:stream';
import { openReader } from '../../../src/importing/format.js';
import { BrokenFile, type ArticleRecord, type ReadItem, type Reader } from '../../../src/importing/records.js';
import { openSource } from '../../../src/importing/source.js';
import type { WxrOptions } from '../../../src/importing/wxr/reader.js';

export interface Reading {
  references: ReadItem[];
  articles: ReadItem[];
  notes: readonly string[];
  broken: BrokenFile | null;
  picture: (id: string) => ReturnType<NonNullable<Reader['resolveAttachment']>>;
}

/** All that is read of `content`: text, or bytes. */
export async function readingOf(content: string | Uint8Array, options: WxrOptions = {}): Promise<Reading> {
  const source = await openSource('-', { stdin: Readable.from(piecesOf(content)) });
  const reader = await openReader(source, options);
  const reading: Reading = { references: [], articles: [], notes: [], broken: null, picture: () => null };
  for (const pass of ['references', 'articles'] as const) {
    try {
      for await (const item of reader[pass]()) reading[pass].push(item);
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error;
      reading.broken = error;
    }
  }
  const pictures = new Map(['7', '8', '9'].map((id) => [id, reader.resolveAttachment?.(id) ?? null]));
  reading.picture = (id) => pictures.get(id) ?? null;
  reading.notes = reader.notes;
  await reader.close();
  await source.close();
  return reading;
}

/** Pieces that end anywhere, in the middle of a character too. */
function* piecesOf(content: string | Uint8Array): Generator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

export function recordsOf(items: readonly ReadItem[]) {
  return items.flatMap((item) => (item.outcome === 'record' ? [item.record] : []));
}

/** The one article of a reading, with its notes. */
export function articleOf({ articles }: Reading): ArticleRecord & { notes: string[] } {
  const [item, ...others] = articles.filter(({ outcome }) => outcome === 'record');
  if (item?.outcome !== 'record' || item.record.kind !== 'article' || others.length > 0) {
    throw new Error(`One article was expected: ${JSON.stringify(articles).slice(0, 500)}`);
  }
  return { ...item.record, notes: item.notes ?? [] };
}
