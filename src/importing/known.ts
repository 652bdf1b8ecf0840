import { createAuthor } from '../content/author/store.js';
import { choosingSlugs } from '../content/named.js';
import { nameFromSlug } from '../content/names.js';
import { createPartner } from '../content/partner/store.js';
import { createSection } from '../content/section/store.js';
import { createTag } from '../content/tag/store.js';
import type { Queryable, Transaction } from '../database/database.js';
import { name, sql } from '../database/sql.js';

export type ReferenceKind = 'section' | 'author' | 'tag' | 'partner';

export interface KnownThing {
  id: string;
  slug: string;
  name: string;
  /** An author's affiliation as known today, which a byline takes when its piece says nothing else. */
  affiliation: string | null;
  /** Made because something named it, and not yet described. */
  provisional: boolean;
}

/**
 * The things that articles refer to, by slug: what the store holds, and what the file at hand calls by other slugs than
 * they have here. Grows with the number of authors and terms, not with the file.
 */
export class Known {
  readonly #bySlug: Record<ReferenceKind, Map<string, KnownThing>> = {
    section: new Map(),
    author: new Map(),
    tag: new Map(),
    partner: new Map(),
  };
  readonly #byId = new Map<string, KnownThing>();
  readonly #calledInFile = new Map<string, KnownThing>();

  static async from(db: Queryable): Promise<Known> {
    const known = new Known();
    await known.read(db);
    return known;
  }

  /** Takes in what others have made, renamed or removed meanwhile, and lets go of what a transaction that failed has made. */
  async read(db: Queryable): Promise<void> {
    const provisional = new Set([...this.#byId.values()].flatMap((thing) => (thing.provisional ? thing.id : [])));
    for (const things of Object.values(this.#bySlug)) things.clear();
    this.#byId.clear();
    for (const kind of ['section', 'author', 'tag', 'partner'] as const) {
      const affiliation = kind === 'author' ? sql`affiliation` : sql`null`;
      const rows = await db.rows<Omit<KnownThing, 'provisional'>>(
        sql`select id, slug, name, ${affiliation} as affiliation from ${name(kind)}`,
      );
      for (const row of rows) this.remember(kind, { ...row, provisional: provisional.has(row.id) });
    }
    for (const [called, { id }] of this.#calledInFile) {
      const there = this.#byId.get(`${called.slice(0, called.indexOf(' '))} ${id}`);
      if (there) this.#calledInFile.set(called, there);
      else this.#calledInFile.delete(called);
    }
  }

  find(kind: ReferenceKind, slug: string): KnownThing | undefined {
    return this.#calledInFile.get(`${kind} ${slug}`) ?? this.#bySlug[kind].get(slug);
  }

  /** What has this slug here, whatever the file calls so. */
  here(kind: ReferenceKind, slug: string): KnownThing | undefined {
    return this.#bySlug[kind].get(slug);
  }

  byId(kind: ReferenceKind, id: string): KnownThing | undefined {
    return this.#byId.get(`${kind} ${id}`);
  }

  byName(kind: ReferenceKind, wanted: string): KnownThing | undefined {
    const key = wanted.toLowerCase();
    for (const thing of this.#bySlug[kind].values()) if (thing.name.toLowerCase() === key) return thing;
    return undefined;
  }

  remember(kind: ReferenceKind, thing: KnownThing, calledInFile = thing.slug): void {
    this.#bySlug[kind].set(thing.slug, thing);
    this.#byId.set(`${kind} ${thing.id}`, thing);
    if (calledInFile !== thing.slug) this.#calledInFile.set(`${kind} ${calledInFile}`, thing);
  }

  /** What `slug` names, made with a name read off the slug when nothing has it yet. */
  async findOrMake(
    tx: Transaction,
    kind: ReferenceKind,
    slug: string,
    called = nameFromSlug(slug),
  ): Promise<KnownThing> {
    const found = this.find(kind, slug);
    if (found) return found;
    await choosingSlugs(tx, kind);
    const thing = {
      id: await makeProvisional(tx, kind, slug, called),
      slug,
      name: called,
      affiliation: null,
      provisional: true,
    };
    this.remember(kind, thing);
    return thing;
  }
}

function makeProvisional(tx: Transaction, kind: ReferenceKind, slug: string, called: string): Promise<string> {
  switch (kind) {
    case 'section':
      return createSection(tx, { slug, name: called, description: null, parentId: null });
    case 'author':
      return createAuthor(tx, { slug, name: called, affiliation: null, bio: null, imageId: null, links: [] });
    case 'tag':
      return createTag(tx, { slug, name: called });
    case 'partner':
      return createPartner(tx, {
        slug,
        name: called,
        url: null,
        attribution: `From our partner ${called}`,
        license: null,
      });
  }
}
