import { z } from 'zod';
import type { Database, Transaction } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import { ValidationError } from '../../refusals.js';
import { differenceOf, type Hand, recordAudit } from '../audit/store.js';
import { changeWhatManyShow } from '../change/store.js';
import { checked, lines, slug, webAddress, words } from '../checking.js';
import { fingerprintOf, keepImages } from '../image/store.js';
import { held, idNamed, keepFormerAddress, type Reference, slugFor } from '../named.js';
import { authorColumns, type AuthorRow, authorsById } from './read.js';
import { absorbAuthor, changeAuthor, createAuthor } from './store.js';

export interface PortraitChanges {
  url: URL;
  alt: string;
  caption?: string | null | undefined;
  credit?: string | null | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
}

/** What an editor may say of an author; of one that exists, what is absent stays. */
export interface AuthorChanges {
  name?: string | null | undefined;
  slug?: string | null | undefined;
  affiliation?: string | null | undefined;
  bio?: string | null | undefined;
  links?: readonly URL[] | null | undefined;
  image?: PortraitChanges | null | undefined;
}

interface Target {
  id: string | null;
  expectedRevision: number;
}

const pixels = z.int().min(1, 'must be at least 1').max(100_000, 'must be at most 100000');

const Portrait = z.object({
  url: webAddress,
  alt: lines(1000),
  caption: lines(2000).nullish(),
  credit: words(300).nullish(),
  width: pixels.nullish(),
  height: pixels.nullish(),
});

const Changes = z.object({
  name: words(200).nullish(),
  slug: slug.nullish(),
  affiliation: words(300).nullish(),
  bio: lines(5000).nullish(),
  links: z.array(webAddress).max(20, 'must not be more than 20').nullish(),
  image: Portrait.nullish(),
});
const NewAuthor = Changes.extend({ name: words(200) });

type Checked = z.infer<typeof Changes>;

const hold = (tx: Transaction, { id, expectedRevision }: Target): Promise<AuthorRow> =>
  held(tx, 'author', sql`select ${authorColumns} from author u where u.id = ${id}::uuid`, expectedRevision);

async function keptImage(tx: Transaction, image: NonNullable<Checked['image']>): Promise<string | null> {
  const value = {
    url: image.url.href,
    alt: image.alt,
    caption: image.caption || null,
    credit: image.credit ?? null,
    width: image.width ?? null,
    height: image.height ?? null,
  };
  return (await keepImages(tx, [value])).get(fingerprintOf(value)) ?? null;
}

const hrefs = (links: readonly URL[]): string[] => [...new Set(links.map(({ href }) => href))];

/** Adds an author. Answers their id. */
export function addAuthor(db: Database, hand: Hand, given: AuthorChanges & { name: string }): Promise<string> {
  const { name, slug: chosen, affiliation, bio, links, image } = checked(NewAuthor, given);
  return db.transaction(async (tx) => {
    const values = {
      slug: await slugFor(tx, 'author', { chosen, called: name }),
      name,
      affiliation: affiliation ?? null,
      bio: bio || null,
      links: hrefs(links ?? []),
      imageId: image ? await keptImage(tx, image) : null,
    };
    const id = await createAuthor(tx, values);
    await recordAudit(tx, hand, { action: 'createAuthor', subjectKind: 'Author', subjectId: id, after: values });
    return id;
  });
}

/** Changes an author as known from now on. Names printed before stay, and former addresses go on leading to them. */
export function editAuthor(
  db: Database,
  hand: Hand,
  { id, expectedRevision, ...given }: AuthorChanges & Target,
): Promise<void> {
  const changes = checked(Changes, given);
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const before = await hold(tx, { id, expectedRevision });
    const { image } = changes;
    const after = {
      slug:
        changes.slug == null
          ? before.slug
          : await slugFor(tx, 'author', { id: before.id, chosen: changes.slug, called: '' }),
      name: changes.name ?? before.name,
      affiliation: changes.affiliation === undefined ? before.affiliation : changes.affiliation,
      bio: changes.bio === undefined ? before.bio : changes.bio || null,
      links: changes.links ? hrefs(changes.links) : before.links,
      imageId: image === undefined ? before.imageId : image && (await keptImage(tx, image)),
    };
    await changeAuthor(tx, before.id, after, hand.now);
    if (after.slug !== before.slug) await keepFormerAddress(tx, 'author', before.slug, before.id, hand.now);
    await recordAudit(tx, hand, {
      action: 'updateAuthor',
      subjectKind: 'Author',
      subjectId: before.id,
      ...differenceOf({ ...before }, after),
    });
  });
}

/** Makes one author of two. Answers the id of the one that stays. */
export function mergeAuthors(
  db: Database,
  hand: Hand,
  { into, ...target }: Target & { into: Reference },
): Promise<string> {
  return db.transaction(async (tx) => {
    await changeWhatManyShow(tx);
    const from = await hold(tx, target);
    const id = await idNamed(tx, 'author', into, 'into');
    if (id === from.id) throw new ValidationError([{ path: 'into', message: 'is the same author' }]);
    await tx.rows(sql`select 1 from author where id = ${id}::uuid for update`);
    const [kept] = await authorsById(tx, [id]);
    const moved = await absorbAuthor(tx, from, id, hand.now);
    const before = { id: from.id, slug: from.slug, name: from.name };
    const after = { id, slug: kept?.slug ?? '', name: kept?.name ?? '', bylines: moved };
    for (const subjectId of [from.id, id]) {
      await recordAudit(tx, hand, { action: 'mergeAuthors', subjectKind: 'Author', subjectId, before, after });
    }
    return id;
  });
}
