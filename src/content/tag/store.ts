import type { Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { leadTo } from '../named.js';

export interface TagValues {
  slug: string;
  name: string;
}

export async function createTag({ prisma }: Transaction, values: TagValues): Promise<string> {
  const { id } = await prisma.tag.create({ data: { id: uuidv7(), ...values }, select: { id: true } });
  return id;
}

export async function changeTag({ prisma }: Transaction, id: string, values: TagValues, now: Date): Promise<void> {
  await prisma.tag.update({ where: { id }, data: { ...values, updatedAt: now, revision: { increment: 1 } } });
}

/** Makes one tag of two: what carried `from` carries `into`, once, and everything that led to `from` leads to `into`. */
export async function absorbTag(
  tx: Transaction,
  from: { id: string; slug: string },
  into: string,
  now: Date,
): Promise<number> {
  const moved = await tx.rows(sql`
    update article_tag t set tag_id = ${into}::uuid where t.tag_id = ${from.id}::uuid
      and not exists (select from article_tag k where k.article_id = t.article_id and k.tag_id = ${into}::uuid)
    returning t.article_id`);
  await leadTo(tx, 'tag', from, into, now);
  await removeTag(tx, from.id);
  await tx.prisma.tag.update({
    where: { id: into },
    data: { updatedAt: now, revision: { increment: 1 } },
    select: { id: true },
  });
  return moved.length;
}

/** Takes a tag away, and off whatever carries it. */
export async function removeTag({ prisma }: Transaction, id: string): Promise<void> {
  await prisma.tag.delete({ where: { id }, select: { id: true } });
}
