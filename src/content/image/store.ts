import { createHash } from 'node:crypto';
import type { Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';

/** A picture and the words that belong to it where it stands. */
export interface ImageValue {
  url: string;
  alt: string;
  caption: string | null;
  credit: string | null;
  width?: number | null;
  height?: number | null;
}

export const fingerprintOf = ({ url, alt, caption, credit, width, height }: ImageValue): string =>
  createHash('sha256')
    .update(JSON.stringify([url, alt, caption, credit, width ?? null, height ?? null]))
    .digest('hex');

/** Keeps each picture once. Answers its id by {@link fingerprintOf}. */
export async function keepImages(db: Queryable, images: readonly ImageValue[]): Promise<Map<string, string>> {
  const wanted = new Map(images.map((image) => [fingerprintOf(image), image]));
  if (wanted.size === 0) return new Map();
  const rows = [...wanted].map(([fingerprint, image]) => ({ id: uuidv7(), fingerprint, ...image }));
  await db.rows(sql`
    insert into image (id, url, alt, caption, credit, width, height, fingerprint)
    select id, url, alt, caption, credit, width, height, fingerprint
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as x(id uuid, url text, alt text, caption text, credit text, width int, height int, fingerprint text)
    order by fingerprint
    on conflict (fingerprint) do nothing`);
  const kept = await db.rows<{ id: string; fingerprint: string }>(
    sql`select id, fingerprint from image where fingerprint = any(${[...wanted.keys()]})`,
  );
  return new Map(kept.map(({ id, fingerprint }) => [fingerprint, id]));
}
