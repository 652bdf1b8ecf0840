import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { changeWhatManyShow } from '../change/store.js';
import { checked, slug, webAddress, words } from '../checking.js';
import { held, slugFor } from '../named.js';
import { partnerColumns, type PartnerRow } from './read.js';
import { changePartner, createPartner } from './store.js';

/** What an editor may say of a partner; of one that exists, what is absent stays. */
export interface PartnerChanges {
  name?: string | null | undefined;
  slug?: string | null | undefined;
  url?: URL | null | undefined;
  attribution?: string | null | undefined;
  license?: string | null | undefined;
}

interface Target {
  id: string | null;
  expectedRevision: number;
}

const Changes = z.object({
  name: words(200).nullish(),
  slug: slug.nullish(),
  url: webAddress.nullish(),
  attribution: words(300).nullish(),
  license: words(300).nullish(),
});
const NewPartner = Changes.extend({ name: words(200) });

const hold = (tx: Transaction, { id, expectedRevision }: Target): Promise<PartnerRow> =>
  held(tx, 'partner', sql`select ${partnerColumns} from partner p where p.id = ${id}::uuid`, expectedRevision);

/** Adds a partner. Answers its id. */
export function addPartner(db: Database, hand: Hand, given: PartnerChanges & { name: string }): Promise<string> {
  const { name, slug: chosen, url, attribution, license } = checked(NewPartner, given);
  return db.transaction(async (tx) => {
    const values = {
      slug: await slugFor(tx, 'partner', { chosen, called: name }),
      name,
      url: url?.href ?? null,
      attribution: attribution ?? `From our partner ${name}`,
      license: license ?? null,
    };
    const id = await createPartner(tx, values);
    await recordAudit(tx, hand, { action: 'createPartner', subjectKind: 'Partner', subjectId: id, after: values });
    return id;
  });
}

/** Changes a partner. Pieces with a line of attribution of their own keep it. */
export function editPartner(
  db: Database,
  hand: Hand,
  { id, expectedRevision, ...given }: PartnerChanges & Target,
): Promise<void> {
  const changes = checked(Changes, given);
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const before = await hold(tx, { id, expectedRevision });
    const after = {
      slug:
        changes.slug == null
          ? before.slug
          : await slugFor(tx, 'partner', { id: before.id, chosen: changes.slug, called: '' }),
      name: changes.name ?? before.name,
      url: changes.url === undefined ? before.url : (changes.url?.href ?? null),
      attribution: changes.attribution ?? before.attribution,
      license: changes.license === undefined ? before.license : changes.license,
    };
    await changePartner(tx, before.id, after, hand.now);
    await recordAudit(tx, hand, {
      action: 'updatePartner',
      subjectKind: 'Partner',
      subjectId: before.id,
      ...differenceOf({ ...before }, after),
    });
  });
}
