import { z } from 'zod';
import { type EntitlementRow, entitlementColumns } from '../../../access/entitlements.js';
import type { Database, Transaction } from '../../../database/database.js';
import { sql } from '../../../database/sql.js';
import type { Depth } from '../../../generated/prisma/enums.js';
import { ConflictError, NotFoundError, ValidationError } from '../../../refusals.js';
import { type Hand, recordAudit } from '../../audit/store.js';
import { checked } from '../../checking.js';
import { idsNamed, type NamedKind, type Reference } from '../../named.js';

type Maybe<Value> = Value | null | undefined;

/** An entitlement as an administrator sets it: the whole of it, each time. A list that is absent sets no bounds. */
export interface EntitlementTerms {
  partnerId: string | null;
  /** The revision it replaces; null for a partner that has none. */
  expectedRevision: number | null;
  sections?: Maybe<readonly Reference[]>;
  tags?: Maybe<readonly Reference[]>;
  excludedPartners?: Maybe<readonly Reference[]>;
  languages?: Maybe<readonly string[]>;
  depth: Depth;
  delayMinutes: number;
  images: boolean;
}

const mostMinutes = 525_600;
const mostNames = 200;
const bounds = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .min(1, 'is empty: nothing would be granted; leave it out to set no bounds')
    .max(mostNames, `must not name more than ${mostNames}`)
    .nullish();

const Terms = z.object({
  sections: bounds(z.unknown()),
  tags: bounds(z.unknown()),
  languages: bounds(z.string().refine(isLanguage, 'must be a BCP 47 language tag such as en or pt-BR')),
  excludedPartners: z.array(z.unknown()).max(mostNames, `must not name more than ${mostNames}`).nullish(),
  delayMinutes: z
    .int()
    .min(0, 'must not be less than 0')
    .max(mostMinutes, `must not be more than ${mostMinutes}, a year`),
});

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Sets what a partner may have, from the next request on. Throws NotFoundError, ConflictError, ValidationError. */
export function setEntitlement(db: Database, hand: Hand, terms: EntitlementTerms): Promise<void> {
  checked(Terms, terms);
  return db.transaction(async (tx) => {
    const { partnerId, depth, delayMinutes, images } = terms;
    // Held, so that of two who set it at once the second meets the revision of the first.
    const [partner] = await tx.rows(sql`select 1 from partner where id = ${partnerId}::uuid for update`);
    if (!partnerId || !partner) throw new NotFoundError('such partner');
    const [before] = await tx.rows<EntitlementRow>(
      sql`select ${entitlementColumns} from entitlement e where e.partner_id = ${partnerId}::uuid`,
    );
    const revision = before?.revision ?? null;
    if (revision !== terms.expectedRevision) throw new ConflictError(terms.expectedRevision ?? 0, revision ?? 0);
    const after = {
      sectionIds: await idsIn(tx, 'section', 'sections', terms.sections),
      tagIds: await idsIn(tx, 'tag', 'tags', terms.tags),
      excludedPartnerIds: (await idsIn(tx, 'partner', 'excludedPartners', terms.excludedPartners)) ?? [],
      languages: terms.languages ? [...new Set(terms.languages)] : null,
      depth,
      delayMinutes,
      images,
      revision: (revision ?? 0) + 1,
    };
    await tx.rows(sql`
      insert into entitlement (partner_id, section_ids, tag_ids, excluded_partner_ids, languages, depth, delay_minutes, images,
        revision, updated_at)
      values (${partnerId}::uuid, ${after.sectionIds}::uuid[], ${after.tagIds}::uuid[], ${after.excludedPartnerIds}::uuid[],
        ${after.languages}::text[], ${depth}::depth, ${delayMinutes}::int, ${images}::boolean, ${after.revision}::int,
        ${hand.now.toISOString()}::timestamptz)
      on conflict (partner_id) do update set section_ids = excluded.section_ids, tag_ids = excluded.tag_ids,
        excluded_partner_ids = excluded.excluded_partner_ids, languages = excluded.languages, depth = excluded.depth,
        delay_minutes = excluded.delay_minutes, images = excluded.images, revision = excluded.revision,
        updated_at = excluded.updated_at`);
    await recordAudit(tx, hand, {
      action: 'setEntitlement',
      subjectKind: 'Partner',
      subjectId: partnerId,
      before: before ? { ...before } : null,
      after,
    });
  });
}

async function idsIn(
  tx: Transaction,
  kind: NamedKind,
  field: string,
  references: Maybe<readonly Reference[]>,
): Promise<string[] | null> {
  if (!references) return null;
  const ids = await idsNamed(tx, kind, references);
  const missing = references.flatMap((reference, index) =>
    ids[index]
      ? []
      : [
          {
            path: `${field}.${index}`,
            message: `there is no ${kind} ${'id' in reference ? 'with that id' : `“${reference.slug}”`}`,
          },
        ],
  );
  if (missing.length > 0) throw new ValidationError(missing);
  return [...new Set(ids.flatMap((id) => id ?? []))];
}

/** Lets entitlements that name one tag name the other, into which it was merged. */
export async function grantOtherTag(tx: Transaction, from: string, into: string): Promise<void> {
  await tx.rows(sql`
    update entitlement set tag_ids = array_replace(tag_ids, ${from}::uuid, ${into}::uuid), revision = revision + 1
    where ${from}::uuid = any(tag_ids)`);
}
