import type { Transaction } from '../../database/database.js';
import { type Sql, sql } from '../../database/sql.js';
import type { BylineRole } from '../../generated/prisma/enums.js';
import { uuidv7 } from '../../identifiers.js';
import { bylineOf } from '../article/rules.js';
import { changeWhatManyShow, recordUpdates } from '../change/store.js';
import { leadTo } from '../named.js';
import { sortNameOf } from '../names.js';

export interface AuthorValues {
  slug: string;
  name: string;
  affiliation: string | null;
  bio: string | null;
  imageId: string | null;
  links: string[];
}

export async function createAuthor({ prisma }: Transaction, values: AuthorValues): Promise<string> {
  const { id } = await prisma.author.create({
    data: { id: uuidv7(), ...values, sortName: sortNameOf(values.name) },
    select: { id: true },
  });
  return id;
}

const signedBy = (authors: Sql) =>
  sql`exists (select from byline k where k.article_id = a.id and k.author_id in ${authors})`;

/** Changes the author as known today; bylines stay as they stood, but lead to another address when the slug changes. */
export async function changeAuthor(tx: Transaction, id: string, values: AuthorValues, now: Date): Promise<void> {
  await changeWhatManyShow(tx);
  const moved = sql`(select u.id from author u where u.id = ${id}::uuid and u.slug <> ${values.slug})`;
  await recordUpdates(tx, now, signedBy(moved));
  await tx.prisma.author.update({
    where: { id },
    data: { ...values, sortName: sortNameOf(values.name), updatedAt: now, revision: { increment: 1 } },
  });
}

/**
 * Makes one author of two: bylines of `from` point to `into`, with the names that were printed. A piece that both stand on
 * keeps the byline of `into`. Everything that led to `from` leads to `into`. Answers how many bylines moved.
 */
export async function absorbAuthor(
  tx: Transaction,
  from: { id: string; slug: string },
  into: string,
  now: Date,
): Promise<number> {
  await changeWhatManyShow(tx);
  await recordUpdates(tx, now, signedBy(sql`(${from.id}::uuid)`));
  const both = await tx.rows<{ articleId: string }>(sql`
    delete from byline b where b.author_id = ${from.id}::uuid
      and exists (select from byline k where k.article_id = b.article_id and k.author_id = ${into}::uuid)
    returning b.article_id as "articleId"`);
  await printBylines(
    tx,
    both.map(({ articleId }) => articleId),
  );
  const moved = await tx.rows(
    sql`update byline set author_id = ${into}::uuid where author_id = ${from.id}::uuid returning article_id`,
  );
  await leadTo(tx, 'author', from, into, now);
  await tx.prisma.author.delete({ where: { id: from.id }, select: { id: true } });
  await tx.prisma.author.update({
    where: { id: into },
    data: { updatedAt: now, revision: { increment: 1 } },
    select: { id: true },
  });
  return moved.length;
}

/** Prints the line of names again on pieces that have lost a byline. */
async function printBylines(tx: Transaction, articleIds: readonly string[]): Promise<void> {
  if (articleIds.length === 0) return;
  const rows = await tx.rows<{ id: string; language: string; name: string; role: BylineRole }>(sql`
    select a.id, a.language, b.name, b.role from article a join byline b on b.article_id = a.id
    where a.id = any(${articleIds}::uuid[]) order by a.id, b.position`);
  const printed = [...new Set(articleIds)].map((id) => {
    const bylines = rows.filter((row) => row.id === id);
    return { id, byline: bylineOf(bylines, bylines[0]?.language ?? 'en') };
  });
  await tx.rows(sql`
    update article a set byline = x.byline
    from jsonb_to_recordset(${JSON.stringify(printed)}::jsonb) as x(id uuid, byline text) where a.id = x.id`);
}
