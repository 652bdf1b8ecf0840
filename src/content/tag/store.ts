import type { Transaction } from '../../database/database.js';
import { type Sql, sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { changeWhatManyShow, recordUpdates } from '../change/store.js';
import { leadTo } from '../named.js';
import { grantOtherTag } from '../partner/entitlement/store.js';

export interface TagValues {
  slug: string;
  name: string;
}

const carrying = (tags: Sql) =>
  sql`exists (select from article_tag k where k.article_id = a.id and k.tag_id in ${tags})`;

export async function createTag({ prisma }: Transaction, values: TagValues): Promise<string> {
  const { id } = await prisma.tag.create({ data: { id: uuidv7(), ...values }, select: { id: true } });
  return id;
}

/** Changes a tag, and with it what its pieces show. */
export async function changeTag(tx: Transaction, id: string, values: TagValues, now: Date): Promise<void> {
  await changeWhatManyShow(tx);
  const { slug, name } = values;
  const changed = sql`(select t.id from tag t where t.id = ${id}::uuid and (t.slug, t.name) is distinct from (${slug}, ${name}))`;
  await recordUpdates(tx, now, carrying(changed));
  await tx.prisma.tag.update({ where: { id }, data: { ...values, updatedAt: now, revision: { increment: 1 } } });
}

/** Makes one tag of two: what carried `from` carries `into`, once, and everything that led to `from` leads to `into`. */
export async function absorbTag(
  tx: Transaction,
  from: { id: string; slug: string },
  into: string,
  now: Date,
): Promise<number> {
  await changeWhatManyShow(tx);
  await recordUpdates(tx, now, carrying(sql`(${from.id}::uuid)`));
  const moved = await tx.rows(sql`
    update article_tag t set tag_id = ${into}::uuid where t.tag_id = ${from.id}::uuid
      and not exists (select from article_tag k where k.article_id = t.article_id and k.tag_id = ${into}::uuid)
    returning t.article_id`);
  await leadTo(tx, 'tag', from, into, now);
  await grantOtherTag(tx, from.id, into);
  await tx.prisma.tag.delete({ where: { id: from.id }, select: { id: true } });
  await tx.prisma.tag.update({
    where: { id: into },
    data: { updatedAt: now, revision: { increment: 1 } },
    select: { id: true },
  });
  return moved.length;
}

/** Takes a tag away, and off whatever carries it. */
export async function removeTag(tx: Transaction, id: string, now: Date): Promise<void> {
  await changeWhatManyShow(tx);
  await recordUpdates(tx, now, carrying(sql`(${id}::uuid)`));
  await tx.prisma.tag.delete({ where: { id }, select: { id: true } });
}
