import type { Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { noteSectionLeaves } from '../article/store.js';
import { changeWhatManyShow, recordUpdates } from '../change/store.js';

export interface SectionValues {
  slug: string;
  name: string;
  description: string | null;
  parentId: string | null;
  /** Place among its siblings; after all there are when undefined. */
  position?: number | undefined;
}

/** Any number works, as long as no other lock has it. */
const treeLock = 7_130_124;

/** The tree is changed by one transaction at a time: two moves that are each right can make a loop together. */
export const holdTree = (tx: Transaction): Promise<unknown> =>
  tx.rows(sql`select pg_advisory_xact_lock(${treeLock}::bigint)::text`);

export async function createSection(tx: Transaction, { position, ...values }: SectionValues): Promise<string> {
  await holdTree(tx);
  const { _max: last } =
    position === undefined
      ? await tx.prisma.section.aggregate({ _max: { position: true } })
      : { _max: { position: 0 } };
  const { id } = await tx.prisma.section.create({
    data: { id: uuidv7(), ...values, position: position ?? (last.position ?? 0) + 1 },
    select: { id: true },
  });
  return id;
}

/** Changes a section. Its pieces show another name then; where it moves, all below it stand elsewhere. */
export async function changeSection(
  tx: Transaction,
  id: string,
  { position, ...values }: SectionValues,
  now: Date,
): Promise<void> {
  await changeWhatManyShow(tx);
  await holdTree(tx);
  const { slug, name, parentId } = values;
  await recordUpdates(
    tx,
    now,
    sql`a.section_id in (
      select d.id from section s join section d on d.lineage @> array[s.id]
      where s.id = ${id}::uuid and (s.parent_id is distinct from ${parentId}::uuid
        or (d.id = s.id and (s.slug, s.name) is distinct from (${slug}, ${name}))))`,
  );
  await noteSectionLeaves(tx, id, parentId);
  await tx.prisma.section.update({
    where: { id },
    data: { ...values, ...(position === undefined ? {} : { position }), updatedAt: now, revision: { increment: 1 } },
  });
}

/** Ids of the sections directly below `parentId`, or at the top, in the editor's order. */
export async function siblingsBelow(tx: Transaction, parentId: string | null): Promise<string[]> {
  const found = await tx.rows<{ id: string }>(
    sql`select id from section where parent_id is not distinct from ${parentId}::uuid order by position, slug collate "C"`,
  );
  return found.map(({ id }) => id);
}

/** Puts siblings in this order. */
export async function arrangeSiblings(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.rows(sql`
    update section s set position = x.position
    from unnest(${ids}::uuid[]) with ordinality as x(id, position)
    where s.id = x.id and s.position <> x.position`);
}

/** Whether `id` is `below` or stands somewhere above it. */
export async function isAtOrAbove(tx: Transaction, id: string, below: string): Promise<boolean> {
  const found = await tx.rows(sql`select 1 from section where id = ${below}::uuid and ${id}::uuid = any(lineage)`);
  return found.length > 0;
}
