import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { Outgoing } from '../../outgoing/ask.js';
import { NotFoundError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { checked, outwardAddress } from '../checking.js';
import { held, idNamed, type Reference } from '../named.js';
import { partnerFeedColumns, type PartnerFeedRow } from './read.js';
import { changeFeed, dropFeed, insertFeed } from './store.js';

/** What an administrator may say of a partner's feed; of one that exists, what is absent stays. */
export interface PartnerFeedChanges {
  url?: URL | null | undefined;
  section?: Reference | null | undefined;
  status?: 'DRAFT' | 'PUBLISHED' | null | undefined;
  everyMinutes?: number | null | undefined;
}

type Guard = Pick<Outgoing, 'refusalOf'>;

const shapeOf = ({ refusalOf }: Guard) =>
  z.object({
    url: outwardAddress(refusalOf).nullish(),
    status: z.enum(['DRAFT', 'PUBLISHED']).nullish(),
    everyMinutes: z.int().min(5, 'must be 5 or more').max(1440, 'must be 1440, a day, or less').nullish(),
  });

const said = ({ url, sectionId, status, everyMinutes }: Omit<PartnerFeedRow, 'id'>) => ({
  url,
  sectionId,
  status,
  everyMinutes,
});

/** Adds a feed, which is looked at soon. Answers its id. */
export function addPartnerFeed(
  db: Database,
  hand: Hand,
  guard: Guard,
  { partner, section, ...given }: PartnerFeedChanges & { url: URL; partner: Reference; section: Reference },
): Promise<string> {
  const { status, everyMinutes } = checked(shapeOf(guard), given);
  return db.transaction(async (tx) => {
    const values = {
      partnerId: await idNamed(tx, 'partner', partner, 'partner'),
      sectionId: await idNamed(tx, 'section', section, 'section'),
      url: given.url.href,
      status: status ?? 'DRAFT',
      everyMinutes: everyMinutes ?? 15,
    };
    const id = await insertFeed(tx, values, hand.now);
    await recordAudit(tx, hand, {
      action: 'createPartnerFeed',
      subjectKind: 'PartnerFeed',
      subjectId: id,
      after: values,
    });
    return id;
  });
}

export function editPartnerFeed(
  db: Database,
  hand: Hand,
  guard: Guard,
  target: PartnerFeedChanges & { id: string | null; expectedRevision: number; disabled?: boolean | null | undefined },
): Promise<void> {
  const { id, expectedRevision, section, disabled } = target;
  const changes = checked(shapeOf(guard), target);
  return db.transaction(async (tx) => {
    const statement = sql`select ${partnerFeedColumns} from partner_feed f where f.id = ${id}::uuid`;
    const before = await held<PartnerFeedRow>(tx, 'feed', statement, expectedRevision);
    const after = {
      url: changes.url?.href ?? before.url,
      sectionId: section ? await idNamed(tx, 'section', section, 'section') : before.sectionId,
      status: changes.status ?? before.status,
      everyMinutes: changes.everyMinutes ?? before.everyMinutes,
    };
    const isDisabled = disabled ?? before.disabledAt !== null;
    const standing = {
      disabledAt: isDisabled ? (before.disabledAt ?? hand.now) : null,
      disabledReason: isDisabled ? (before.disabledReason ?? 'An administrator disabled it.') : null,
    };
    await changeFeed(tx, before.id, { ...after, ...standing }, hand.now);
    await recordAudit(tx, hand, {
      action: 'updatePartnerFeed',
      subjectKind: 'PartnerFeed',
      subjectId: before.id,
      ...differenceOf({ ...said(before), disabled: before.disabledAt !== null }, { ...after, disabled: isDisabled }),
    });
  });
}

/** Follows a feed no longer. The pieces that came from it stay. */
export function removePartnerFeed(db: Database, hand: Hand, id: string | null): Promise<void> {
  return db.transaction(async (tx: Transaction) => {
    const before = await dropFeed(tx, id);
    if (!before) throw new NotFoundError('such feed');
    await recordAudit(tx, hand, {
      action: 'deletePartnerFeed',
      subjectKind: 'PartnerFeed',
      subjectId: before.id,
      before: said(before),
    });
  });
}
