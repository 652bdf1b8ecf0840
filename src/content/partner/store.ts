import type { Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { uuidv7 } from '../../identifiers.js';
import { changeWhatManyShow, recordUpdates } from '../change/store.js';

export interface PartnerValues {
  slug: string;
  name: string;
  url: string | null;
  attribution: string;
  license: string | null;
}

export async function createPartner({ prisma }: Transaction, values: PartnerValues): Promise<string> {
  const { id } = await prisma.partner.create({ data: { id: uuidv7(), ...values }, select: { id: true } });
  return id;
}

/** Changes a partner, and with it what the pieces show that it lent. */
export async function changePartner(tx: Transaction, id: string, values: PartnerValues, now: Date): Promise<void> {
  await changeWhatManyShow(tx);
  const { slug, name, url, attribution, license } = values;
  await recordUpdates(
    tx,
    now,
    sql`a.partner_id in (select p.id from partner p where p.id = ${id}::uuid
      and (p.slug, p.name, p.url, p.attribution, p.license)
        is distinct from (${slug}, ${name}, ${url}::text, ${attribution}, ${license}::text))`,
  );
  await tx.prisma.partner.update({ where: { id }, data: { ...values, updatedAt: now, revision: { increment: 1 } } });
}
