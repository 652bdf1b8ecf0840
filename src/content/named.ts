import type { Transaction } from '../database/database.js';
import { name, nothing, sql, type Sql } from '../database/sql.js';
import { ConflictError, NotFoundError, ValidationError } from '../refusals.js';
import { freeSlug, slugOfName } from './names.js';
import { keepAddresses } from './path/store.js';
import { authorPath, sectionPath, tagPath } from './path/rules.js';

// What sections, authors, tags, partners and collections have alike: a slug, a revision, and a way to be named.

/** The kinds of things that have a slug of their own, and their tables. */
export type NamedKind = 'section' | 'author' | 'tag' | 'partner' | 'collection';

/** The kinds that have an address on the site, which must lead to them for ever. */
const pathOf: Partial<Record<NamedKind, (slug: string) => string>> = {
  section: sectionPath,
  author: authorPath,
  tag: tagPath,
};

/** What an input names: by id, or by slug. */
export type Reference = { readonly id: string } | { readonly slug: string };

/** The ids of what is named, in the order named; null for what is not there. */
export async function idsNamed(
  tx: Transaction,
  table: NamedKind | 'article',
  references: readonly Reference[],
): Promise<(string | null)[]> {
  const ids = references.flatMap((reference) => ('id' in reference ? [reference.id] : []));
  const slugs = references.flatMap((reference) => ('slug' in reference ? [reference.slug] : []));
  if (references.length === 0) return [];
  const rows = await tx.rows<{ id: string; slug: string }>(
    sql`select id, slug from ${name(table)} where id = any(${ids}::uuid[]) or slug = any(${slugs})`,
  );
  const known = new Set(rows.map(({ id }) => id));
  const idOfSlug = new Map(rows.map(({ id, slug }) => [slug, id]));
  return references.map((reference) =>
    'id' in reference ? (known.has(reference.id) ? reference.id : null) : (idOfSlug.get(reference.slug) ?? null),
  );
}

/** The id of what is named. Throws ValidationError at `path`. */
export async function idNamed(tx: Transaction, kind: NamedKind, reference: Reference, path: string): Promise<string> {
  const [id] = await idsNamed(tx, kind, [reference]);
  if (id) return id;
  const called = 'id' in reference ? 'that id' : `the slug “${reference.slug}”`;
  throw new ValidationError([{ path, message: `there is no ${kind} with ${called}` }]);
}

/**
 * Reads a thing and keeps it for this transaction: two hands on one thing come one after the other. Throws NotFoundError,
 * and ConflictError when it is not at `expectedRevision`.
 */
export async function held<Row extends { revision: number }>(
  tx: Transaction,
  kind: string,
  statement: Sql,
  expectedRevision: number,
): Promise<Row> {
  const [row] = await tx.rows<Row>(sql`${statement} for update`);
  if (!row) throw new NotFoundError(`such ${kind}`);
  if (row.revision !== expectedRevision) throw new ConflictError(expectedRevision, row.revision);
  return row;
}

/** Any number works, as long as no other lock has it; the kinds take the ones that follow. */
const slugLocks = 7_130_200;
const kinds: readonly NamedKind[] = ['section', 'author', 'tag', 'partner', 'collection'];

/** Choosing slugs for a kind is done by one transaction at a time, so that two do not choose alike. */
export const choosingSlugs = (tx: Transaction, kind: NamedKind): Promise<unknown> =>
  tx.rows(sql`select pg_advisory_xact_lock(${slugLocks + kinds.indexOf(kind)}::bigint)::text`);

/**
 * A slug that nothing else of its kind has, or had in its address. One an editor chose is refused where it is taken; one
 * made from the name is numbered.
 */
export async function slugFor(
  tx: Transaction,
  kind: NamedKind,
  { id, chosen, called }: { id?: string; chosen?: string | null | undefined; called: string },
): Promise<string> {
  await choosingSlugs(tx, kind);
  const table = name(kind);
  const own = id ?? null;
  const isTaken = async (slug: string) => {
    const path = pathOf[kind]?.(slug);
    const former = path
      ? sql` union all select 1 from old_address where path = ${path} and ${name(`${kind}_id`)} is distinct from ${own}::uuid`
      : nothing;
    const rows = await tx.rows(
      sql`select 1 from ${table} where slug = ${slug} and id is distinct from ${own}::uuid${former} limit 1`,
    );
    return rows.length > 0;
  };
  if (chosen != null) {
    if (!(await isTaken(chosen))) return chosen;
    throw new ValidationError([{ path: 'slug', message: `“${chosen}” is the slug of another ${kind}, or was` }]);
  }
  const made = slugOfName(called, kind);
  const taken = new Set<string>();
  for (let slug = made; ; slug = freeSlug(made, (candidate) => taken.has(candidate))) {
    if (!(await isTaken(slug))) return slug;
    taken.add(slug);
  }
}

/** Lets the address that `slug` gave lead to the thing for ever, when it has another slug from now on. */
export async function keepFormerAddress(
  tx: Transaction,
  kind: NamedKind,
  slug: string,
  id: string,
  now: Date,
): Promise<void> {
  const path = pathOf[kind]?.(slug);
  if (path) await keepAddresses(tx, [{ path, [`${kind}Id`]: id, ceasedAt: now }]);
}

/**
 * Lets everything that led to one thing lead to the other: its address, its former addresses, and where it was imported
 * from. Then nothing holds the one any longer.
 */
export async function leadTo(
  tx: Transaction,
  kind: 'author' | 'tag',
  from: { id: string; slug: string },
  into: string,
  now: Date,
): Promise<void> {
  const column = name(`${kind}_id`);
  await tx.rows(sql`update old_address set ${column} = ${into}::uuid where ${column} = ${from.id}::uuid`);
  // What came from there is not the one that stays: its source no longer writes it.
  await tx.rows(sql`update origin set ${column} = ${into}::uuid, revision = 0 where ${column} = ${from.id}::uuid`);
  await keepFormerAddress(tx, kind, from.slug, into, now);
}
