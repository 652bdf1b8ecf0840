import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { ValidationError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { changeWhatManyShow } from '../change/store.js';
import { checked, lines, slug, words } from '../checking.js';
import { held, idNamed, keepFormerAddress, type Reference, slugFor } from '../named.js';
import { sectionColumns, type SectionRow } from './read.js';
import { arrangeSiblings, changeSection, createSection, holdTree, isAtOrAbove, siblingsBelow } from './store.js';

/** What an editor may say of a section; of one that exists, what is absent stays. */
export interface SectionChanges {
  name?: string | null | undefined;
  slug?: string | null | undefined;
  description?: string | null | undefined;
}

interface Target {
  id: string | null;
  expectedRevision: number;
}

const Changes = z.object({ name: words(200).nullish(), slug: slug.nullish(), description: lines(2000).nullish() });
const NewSection = Changes.extend({ name: words(200) });

const hold = (tx: Transaction, { id, expectedRevision }: Target): Promise<SectionRow> =>
  held(tx, 'section', sql`select ${sectionColumns} from section s where s.id = ${id}::uuid`, expectedRevision);

/** Adds a section after its siblings. Answers its id. */
export function addSection(
  db: Database,
  hand: Hand,
  { parent, ...given }: SectionChanges & { name: string; parent: Reference | null },
): Promise<string> {
  const { name, slug: chosen, description } = checked(NewSection, given);
  return db.transaction(async (tx) => {
    await holdTree(tx);
    const parentId = parent && (await idNamed(tx, 'section', parent, 'parent'));
    const values = {
      slug: await slugFor(tx, 'section', { chosen, called: name }),
      name,
      description: description || null,
      parentId,
    };
    const id = await createSection(tx, values);
    await recordAudit(tx, hand, { action: 'createSection', subjectKind: 'Section', subjectId: id, after: values });
    return id;
  });
}

/** Renames or describes a section anew. Its former address goes on leading to it. */
export function editSection(
  db: Database,
  hand: Hand,
  { id, expectedRevision, ...given }: SectionChanges & Target,
): Promise<void> {
  const changes = checked(Changes, given);
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    await holdTree(tx);
    const { id: sectionId, parentId, ...before } = await hold(tx, { id, expectedRevision });
    const after = {
      slug:
        changes.slug == null
          ? before.slug
          : await slugFor(tx, 'section', { id: sectionId, chosen: changes.slug, called: '' }),
      name: changes.name ?? before.name,
      description: changes.description === undefined ? before.description : changes.description || null,
    };
    await changeSection(tx, sectionId, { ...after, parentId }, hand.now);
    if (after.slug !== before.slug) await keepFormerAddress(tx, 'section', before.slug, sectionId, hand.now);
    await recordAudit(tx, hand, {
      action: 'updateSection',
      subjectKind: 'Section',
      subjectId: sectionId,
      ...differenceOf({ ...before }, after),
    });
  });
}

export interface SectionMove extends Target {
  /** Below which; null for the top; where it is when undefined. */
  parent: Reference | null | undefined;
  /** Which among its siblings, from 1; the last when absent. */
  position: number | null | undefined;
}

/** Puts a section, with all below it, elsewhere in the tree, or elsewhere among its siblings. */
export function moveSection(db: Database, hand: Hand, { parent, position, ...target }: SectionMove): Promise<void> {
  if (position != null && position < 1) {
    throw new ValidationError([{ path: 'position', message: 'counts from 1' }]);
  }
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    await holdTree(tx);
    const { id, slug: itsSlug, name, description, parentId: from, position: before } = await hold(tx, target);
    const parentId = parent === undefined ? from : parent && (await idNamed(tx, 'section', parent, 'parent'));
    if (parentId !== null && (await isAtOrAbove(tx, id, parentId))) {
      throw new ValidationError([{ path: 'parent', message: 'is the section itself, or stands below it' }]);
    }
    await changeSection(tx, id, { slug: itsSlug, name, description, parentId }, hand.now);
    const siblings = (await siblingsBelow(tx, parentId)).filter((sibling) => sibling !== id);
    const place = Math.min(position ?? siblings.length + 1, siblings.length + 1);
    await arrangeSiblings(tx, siblings.toSpliced(place - 1, 0, id));
    await recordAudit(tx, hand, {
      action: 'moveSection',
      subjectKind: 'Section',
      subjectId: id,
      before: { parentId: from, position: before },
      after: { parentId, position: place },
    });
  });
}
