import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { CollectionKind } from '../../generated/prisma/enums.js';
import { ValidationError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { checked, lines, slug, words } from '../checking.js';
import { held, idsNamed, type Reference, slugFor } from '../named.js';
import { collectionColumns, type CollectionRow } from './read.js';
import { articlesIn, changeCollection, countCollectionSave, createCollection, fillCollection } from './store.js';

/** What an editor may say of a collection; of one that exists, what is absent stays. */
export interface CollectionChanges {
  title?: string | null | undefined;
  kind?: CollectionKind | null | undefined;
  slug?: string | null | undefined;
  description?: string | null | undefined;
}

interface Target {
  id: string | null;
  expectedRevision: number;
}

const Changes = z.object({ title: words(300).nullish(), slug: slug.nullish(), description: lines(5000).nullish() });
const NewCollection = Changes.extend({ title: words(300) });

const mostArticles = 1000;

const hold = (tx: Transaction, { id, expectedRevision }: Target): Promise<CollectionRow> =>
  held(tx, 'collection', sql`select ${collectionColumns} from collection c where c.id = ${id}::uuid`, expectedRevision);

/** Adds an empty collection. Answers its id. */
export function addCollection(
  db: Database,
  hand: Hand,
  { kind, ...given }: CollectionChanges & { title: string; kind: CollectionKind },
): Promise<string> {
  const { title, slug: chosen, description } = checked(NewCollection, given);
  return db.transaction(async (tx) => {
    const values = {
      slug: await slugFor(tx, 'collection', { chosen, called: title }),
      kind,
      title,
      description: description || null,
    };
    const id = await createCollection(tx, values);
    await recordAudit(tx, hand, {
      action: 'createCollection',
      subjectKind: 'Collection',
      subjectId: id,
      after: values,
    });
    return id;
  });
}

/** Changes what is said of a collection, not what it holds. */
export function editCollection(
  db: Database,
  hand: Hand,
  { id, expectedRevision, kind, ...given }: CollectionChanges & Target,
): Promise<void> {
  const changes = checked(Changes, given);
  return db.transaction(async (tx) => {
    const before = await hold(tx, { id, expectedRevision });
    const after = {
      slug:
        changes.slug == null
          ? before.slug
          : await slugFor(tx, 'collection', { id: before.id, chosen: changes.slug, called: '' }),
      kind: kind ?? before.kind,
      title: changes.title ?? before.title,
      description: changes.description === undefined ? before.description : changes.description || null,
    };
    await changeCollection(tx, before.id, after, hand.now);
    await recordAudit(tx, hand, {
      action: 'updateCollection',
      subjectKind: 'Collection',
      subjectId: before.id,
      ...differenceOf({ ...before }, after),
    });
  });
}

/** Puts these articles, in this order, in the place of what the collection held. */
export function setCollectionArticles(
  db: Database,
  hand: Hand,
  { articles, ...target }: Target & { articles: readonly Reference[] },
): Promise<void> {
  if (articles.length > mostArticles) {
    throw new ValidationError([
      { path: 'articles', message: `names ${articles.length} articles; at most ${mostArticles} fit` },
    ]);
  }
  return db.transaction(async (tx) => {
    const { id } = await hold(tx, target);
    const ids = await idsNamed(tx, 'article', articles);
    const problems = ids.flatMap((articleId, index) => {
      const path = `articles.${index}`;
      if (articleId === null) return [{ path, message: 'there is no such article' }];
      return ids.indexOf(articleId) < index ? [{ path, message: 'is in the list already' }] : [];
    });
    if (problems.length > 0) throw new ValidationError(problems);
    const before = await articlesIn(tx, id);
    const after = ids.filter((articleId) => articleId !== null);
    await fillCollection(tx, id, after);
    await countCollectionSave(tx, id, hand.now);
    await recordAudit(tx, hand, {
      action: 'setCollectionArticles',
      subjectKind: 'Collection',
      subjectId: id,
      before: { articles: before },
      after: { articles: after },
    });
  });
}
