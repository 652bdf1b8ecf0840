import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { ValidationError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { changeWhatManyShow } from '../change/store.js';
import { checked, slug, words } from '../checking.js';
import { held, idNamed, keepFormerAddress, type Reference, slugFor } from '../named.js';
import { tagColumns, type TagRow, tagsById } from './read.js';
import { absorbTag, changeTag, createTag, removeTag } from './store.js';

/** What an editor may say of a tag; of one that exists, what is absent stays. */
export interface TagChanges {
  name?: string | null | undefined;
  slug?: string | null | undefined;
}

interface Target {
  id: string | null;
  expectedRevision: number;
}

const Changes = z.object({ name: words(100).nullish(), slug: slug.nullish() });
const NewTag = Changes.extend({ name: words(100) });

const hold = (tx: Transaction, { id, expectedRevision }: Target): Promise<TagRow> =>
  held(tx, 'tag', sql`select ${tagColumns} from tag t where t.id = ${id}::uuid`, expectedRevision);

/** Adds a tag. Answers its id. */
export function addTag(db: Database, hand: Hand, given: TagChanges & { name: string }): Promise<string> {
  const { name, slug: chosen } = checked(NewTag, given);
  return db.transaction(async (tx) => {
    const values = { slug: await slugFor(tx, 'tag', { chosen, called: name }), name };
    const id = await createTag(tx, values);
    await recordAudit(tx, hand, { action: 'createTag', subjectKind: 'Tag', subjectId: id, after: values });
    return id;
  });
}

/** Renames a tag. Its former address goes on leading to it. */
export function editTag(
  db: Database,
  hand: Hand,
  { id, expectedRevision, ...given }: TagChanges & Target,
): Promise<void> {
  const changes = checked(Changes, given);
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const before = await hold(tx, { id, expectedRevision });
    const after = {
      slug:
        changes.slug == null
          ? before.slug
          : await slugFor(tx, 'tag', { id: before.id, chosen: changes.slug, called: '' }),
      name: changes.name ?? before.name,
    };
    await changeTag(tx, before.id, after, hand.now);
    if (after.slug !== before.slug) await keepFormerAddress(tx, 'tag', before.slug, before.id, hand.now);
    await recordAudit(tx, hand, {
      action: 'updateTag',
      subjectKind: 'Tag',
      subjectId: before.id,
      ...differenceOf({ ...before }, after),
    });
  });
}

/** Makes one tag of two. Answers the id of the one that stays. */
export function mergeTags(
  db: Database,
  hand: Hand,
  { into, ...target }: Target & { into: Reference },
): Promise<string> {
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const from = await hold(tx, target);
    const id = await idNamed(tx, 'tag', into, 'into');
    if (id === from.id) throw new ValidationError([{ path: 'into', message: 'is the same tag' }]);
    await tx.rows(sql`select 1 from tag where id = ${id}::uuid for update`);
    const [kept] = await tagsById(tx, [id]);
    const moved = await absorbTag(tx, from, id, hand.now);
    const before = { id: from.id, slug: from.slug, name: from.name };
    const after = { id, slug: kept?.slug ?? '', name: kept?.name ?? '', articles: moved };
    for (const subjectId of [from.id, id]) {
      await recordAudit(tx, hand, { action: 'mergeTags', subjectKind: 'Tag', subjectId, before, after });
    }
    return id;
  });
}

/** Takes a tag away, and off whatever carries it. */
export function deleteTag(db: Database, hand: Hand, target: Target): Promise<void> {
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const { id, slug: itsSlug, name } = await hold(tx, target);
    await removeTag(tx, id, hand.now);
    await recordAudit(tx, hand, {
      action: 'deleteTag',
      subjectKind: 'Tag',
      subjectId: id,
      before: { slug: itsSlug, name },
    });
  });
}
