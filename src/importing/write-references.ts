import { stringify } from 'safe-stable-stringify';
import { type AuthorValues, changeAuthor, createAuthor } from '../content/author/store.js';
import { changeWhatManyShow } from '../content/change/store.js';
import { fingerprintOf, keepImages } from '../content/image/store.js';
import { choosingSlugs } from '../content/named.js';
import { freeSlug } from '../content/names.js';
import { changePartner, createPartner } from '../content/partner/store.js';
import { readPublication } from '../content/publication/read.js';
import { savePublication } from '../content/publication/store.js';
import { changeSection, createSection } from '../content/section/store.js';
import { changeTag, createTag } from '../content/tag/store.js';
import type { Transaction } from '../database/database.js';
import type { Known, KnownThing } from './known.js';
import {
  changedHere,
  digestOf,
  heldRevision,
  isChangedSince,
  isExportOf,
  type KeptOrigin,
  keepOrigins,
  keyOfOrigin,
  type OriginWrite,
  originsKept,
} from './origins.js';
import type { ReceiptLine } from './receipt.js';
import type {
  AuthorRecord,
  ContentRecord,
  Origin,
  PartnerRecord,
  PublicationRecord,
  SectionRecord,
  TagRecord,
} from './records.js';

export type ReferenceRecord = SectionRecord | AuthorRecord | TagRecord | PartnerRecord;

export interface ItemToWrite<Record extends ContentRecord> {
  record: Record;
  origin: Origin;
  line: number;
  notes: string[];
}

export interface WriteOptions {
  known: Known;
  /** Dateline's own records name things by slug; other systems' slugs may mean other people here. */
  slugsAreOurs: boolean;
  now: Date;
}

const isReference = (record: ContentRecord): record is ReferenceRecord =>
  record.kind === 'section' || record.kind === 'author' || record.kind === 'tag' || record.kind === 'partner';

/** Stores what articles will refer to, a transaction a batch, and says what became of each. */
export async function writeReferences(
  tx: Transaction,
  items: readonly ItemToWrite<ContentRecord>[],
  options: WriteOptions,
): Promise<ReceiptLine[]> {
  await changeWhatManyShow(tx);
  for (const kind of new Set(
    items
      .map(({ record }) => record)
      .filter(isReference)
      .map((record) => record.kind),
  ))
    await choosingSlugs(tx, kind);
  const kept = await originsKept(
    tx,
    items.map(({ origin }) => origin),
  );
  const lines: ReceiptLine[] = [];
  const origins: OriginWrite[] = [];
  for (const { record, origin, line, notes } of items) {
    const receipt = (name: string, outcome: ReceiptLine['outcome']): ReceiptLine => ({
      kind: record.kind,
      name,
      outcome,
      line,
      ...(notes.length > 0 ? { notes } : {}),
    });
    if (record.kind === 'publication') {
      lines.push(receipt('publication', await writePublication(tx, record, options.slugsAreOurs)));
    } else if (isReference(record)) {
      const before = kept.get(keyOfOrigin(origin));
      const { thing, outcome, revision } = await writeOne(tx, record, origin, before, options);
      const target = { revision, kind: record.kind, target: thing.id } as const;
      const isWritten = outcome === 'created' || outcome === 'updated';
      if (isWritten || !before) origins.push({ ...origin, digest: digestOf(record), ...target });
      if (isWritten) for (const other of record.origins ?? []) origins.push({ ...other, ...target });
      lines.push({ ...receipt(thing.slug, outcome), ...(outcome === 'skipped' ? { reason: changedHere } : {}) });
    }
  }
  await keepOrigins(tx, origins, options.now);
  return lines;
}

/** Another system's words about itself are taken only where there are none. */
async function writePublication(
  tx: Transaction,
  { description = null, contact = null, links = [] }: PublicationRecord,
  isOurs: boolean,
): Promise<'created' | 'updated' | 'unchanged'> {
  const here = await readPublication(tx);
  const said = { description, contact, links };
  const isSame = stringify({ ...here, contact: here.contact ?? {} }) === stringify({ ...said, contact: contact ?? {} });
  const isBlank = here.description === null && here.contact === null && here.links.length === 0;
  if (isSame || (!isOurs && !isBlank)) return 'unchanged';
  await savePublication(tx, said);
  return isBlank ? 'created' : 'updated';
}

interface Written {
  thing: KnownThing;
  outcome: 'created' | 'updated' | 'unchanged' | 'skipped';
  /** The thing's revision as the source left it; 0 when it was here before and is not the source's. */
  revision: number;
}

async function writeOne(
  tx: Transaction,
  record: ReferenceRecord,
  origin: Origin,
  before: KeptOrigin | undefined,
  { known, slugsAreOurs, now }: WriteOptions,
): Promise<Written> {
  const { kind } = record;
  const existing = before ? known.byId(kind, before.target) : sameSlug(record, known, slugsAreOurs);
  const left = (thing: KnownThing, outcome: Written['outcome'], revision: number): Written => {
    known.remember(kind, thing, record.slug);
    return { thing, outcome, revision };
  };
  const digest = digestOf(record);
  if (existing) {
    if (before?.digest === digest) return left(existing, 'unchanged', before.revision ?? 0);
    if (!before && !slugsAreOurs && !existing.provisional) return left(existing, 'unchanged', 0);
  }
  const standing = existing ? await heldRevision(tx, kind, existing.id) : 0;
  if (existing && (await isExportOf(tx, origin, digest, kind, existing.id)))
    return left(existing, 'unchanged', standing);
  if (existing && isChangedSince(before, standing)) return left(existing, 'skipped', standing);
  const slug = existing?.slug ?? freeSlug(record.slug, (candidate) => known.here(kind, candidate) !== undefined);
  const affiliation = record.kind === 'author' ? (record.affiliation ?? null) : null;
  const id = await save(tx, record, slug, existing?.id, known, now);
  const thing = { id, slug, name: record.name, affiliation, provisional: false };
  return left(thing, existing && !existing.provisional ? 'updated' : 'created', standing + 1);
}

/** What is here under the record's slug and is the same thing: any section or tag, but an author only of the same name. */
function sameSlug({ kind, slug, name }: ReferenceRecord, known: Known, slugsAreOurs: boolean): KnownThing | undefined {
  const found = known.here(kind, slug);
  if (!found || slugsAreOurs || found.provisional || kind !== 'author') return found;
  return found.name === name ? found : undefined;
}

async function save(
  tx: Transaction,
  record: ReferenceRecord,
  slug: string,
  id: string | undefined,
  known: Known,
  now: Date,
): Promise<string> {
  switch (record.kind) {
    case 'section': {
      const parentId = record.parent ? (await known.findOrMake(tx, 'section', record.parent)).id : null;
      const { name, description = null, position } = record;
      return written(id, { slug, name, description, parentId, position }, createSection, changeSection, tx, now);
    }
    case 'author':
      return written(id, { slug, ...(await authorValues(tx, record)) }, createAuthor, changeAuthor, tx, now);
    case 'tag':
      return written(id, { slug, name: record.name }, createTag, changeTag, tx, now);
    case 'partner': {
      const { name, url = null, license = null } = record;
      const attribution = record.attribution ?? `From our partner ${name}`;
      return written(id, { slug, name, url, attribution, license }, createPartner, changePartner, tx, now);
    }
  }
}

async function written<Values>(
  id: string | undefined,
  values: Values,
  create: (tx: Transaction, values: Values) => Promise<string>,
  change: (tx: Transaction, id: string, values: Values, now: Date) => Promise<void>,
  tx: Transaction,
  now: Date,
): Promise<string> {
  if (id === undefined) return create(tx, values);
  await change(tx, id, values, now);
  return id;
}

async function authorValues(tx: Transaction, record: AuthorRecord): Promise<Omit<AuthorValues, 'slug'>> {
  const { name, affiliation = null, bio = null, image = null, links = [] } = record;
  const images = await keepImages(tx, image ? [image] : []);
  return { name, affiliation, bio, links, imageId: image ? (images.get(fingerprintOf(image)) ?? null) : null };
}
