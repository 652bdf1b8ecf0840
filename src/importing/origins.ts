import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { Queryable, Transaction } from '../database/database.js';
import { name, sql } from '../database/sql.js';
import type { OriginConflict } from '../generated/prisma/enums.js';
import { type Exported, exportedRecord } from './export.js';
import type { ContentRecord, Origin } from './records.js';

/** What an origin may lead to. */
export type OriginTarget = 'article' | 'section' | 'author' | 'tag' | 'partner' | 'collection';

export interface KeptOrigin extends Origin {
  digest: string;
  revision: number | null;
  /** Id of what came from there. */
  target: string;
}

/** Equal for two readings of an item that say the same. */
export const digestOf = (record: ContentRecord): string => createHash('sha256').update(stringify(record)).digest('hex');

export const keyOfOrigin = ({ system, id }: Origin): string => `${system}\n${id}`;

/** What is known of these origins, by {@link keyOfOrigin}. */
export async function originsKept(db: Queryable, origins: readonly Origin[]): Promise<Map<string, KeptOrigin>> {
  const rows = await db.rows<KeptOrigin>(sql`
    select o.system, o.external_id as id, o.digest, o.revision,
      coalesce(o.article_id, o.section_id, o.author_id, o.tag_id, o.partner_id, o.collection_id) as target
    from jsonb_to_recordset(${JSON.stringify(origins)}::jsonb) as x(system text, id text)
    join origin o on o.system = x.system and o.external_id = x.id`);
  return new Map(rows.map((row) => [keyOfOrigin(row), row]));
}

/** Why an import leaves alone what an editor has changed. */
export const changedHere = 'has been changed here since it was imported';

/** The number of the thing's newest save; nobody else saves it until the transaction ends. */
export async function heldRevision(tx: Transaction, kind: Exported, id: string): Promise<number> {
  const [row] = await tx.rows<{ revision: number }>(
    sql`select revision from ${name(kind)} where id = ${id}::uuid for update`,
  );
  return row?.revision ?? 0;
}

/** Whether the thing was saved here since its source last wrote it. */
export const isChangedSince = (before: KeptOrigin | undefined, standing: number): boolean =>
  before?.revision != null && standing > before.revision;

/** Whether the item says what an export says of the thing now: in other words, perhaps, than the file it came from. */
export async function isExportOf(
  tx: Transaction,
  { system }: Origin,
  digest: string,
  kind: Exported,
  id: string,
): Promise<boolean> {
  if (system !== 'ndjson') return false;
  const here = await exportedRecord(tx, kind, id);
  return here !== undefined && digestOf(here) === digest;
}

export interface OriginWrite extends Origin {
  digest: string;
  revision: number | null;
  kind: OriginTarget;
  target: string;
}

/** Remembers where things came from, as they were read now. */
export async function keepOrigins(db: Queryable, writes: readonly OriginWrite[], now: Date): Promise<void> {
  if (writes.length === 0) return;
  const rows = writes.map(({ kind, target, ...origin }) => ({ ...origin, [`${kind}Id`]: target }));
  await db.rows(sql`
    insert into origin (system, external_id, digest, revision, imported_at, article_id, section_id, author_id, tag_id,
      partner_id, collection_id)
    select distinct on (x.system, x.id) x.system, x.id, x.digest, x.revision, ${now.toISOString()}::timestamptz,
      x."articleId", x."sectionId", x."authorId", x."tagId", x."partnerId", x."collectionId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(system text, id text, digest text, revision int,
      "articleId" uuid, "sectionId" uuid, "authorId" uuid, "tagId" uuid, "partnerId" uuid, "collectionId" uuid)
    order by x.system, x.id
    on conflict (system, external_id) do update set digest = excluded.digest, revision = excluded.revision,
      imported_at = excluded.imported_at, conflict = null, conflict_at = null`);
}

/** Notes that a source has changed or removed what an editor has changed here since: the editor decides. */
export async function noteConflict(
  db: Queryable,
  { system, id }: Origin,
  conflict: OriginConflict,
  now: Date,
): Promise<void> {
  await db.rows(sql`
    update origin set conflict = ${conflict}::origin_conflict, conflict_at = ${now.toISOString()}::timestamptz
    where system = ${system} and external_id = ${id} and conflict is distinct from ${conflict}::origin_conflict`);
}
