import type { StorableBody } from '../content/article/body/parse.js';
import { creditOf } from '../content/article/body/source-line.js';
import type { Piece, PieceByline } from '../content/article/piece.js';
import type { BodyToParse } from '../content/article/words/words.js';
import { fingerprintOf, type ImageValue, keepImages } from '../content/image/store.js';
import type { Transaction } from '../database/database.js';
import type { Known, KnownThing } from './known.js';
import type { ArticleRecord, BylineRecord, ImageRecord, Reader } from './records.js';

/** How the words of a source are read. */
export interface Reading {
  known: Known;
  /** The publication's language, for a piece that names none. */
  language: string;
  /** Whether the source is WordPress, whose bodies are markup of its own. */
  wordpress: boolean;
  resolveAttachment?: Reader['resolveAttachment'];
}

/** The body of a record and how it is to be parsed. */
export const bodyToParse = (record: ArticleRecord, { wordpress, resolveAttachment }: Reading): BodyToParse => ({
  html: record.body,
  options: {
    wordpress,
    // A piece that names its partner keeps its words as they are.
    takeSource: !record.partner,
    ...(resolveAttachment ? { resolveAttachment: (id: string) => resolveAttachment(id) ?? undefined } : {}),
  },
});

/** A picture with its credit set apart from its caption, where a source writes both as one. */
function imageOf(image: ImageRecord): ImageValue {
  if (image.credit !== null || image.caption === null) return image;
  return { ...image, ...creditOf(image.caption) };
}

/** Makes pieces of records: whatever they refer to is found, or made, in `tx`. */
export async function piecesFrom(
  tx: Transaction,
  items: readonly { record: ArticleRecord; body: StorableBody; notes: string[] }[],
  reading: Reading,
): Promise<Piece[]> {
  const { known } = reading;
  const images = items.flatMap(({ record }) => (record.leadImage ? [imageOf(record.leadImage)] : []));
  const imageIds = await keepImages(tx, images);
  const pieces: Piece[] = [];
  for (const { record, body, notes } of items) {
    const section = await made('section', record.section);
    const tags: KnownThing[] = [];
    for (const slug of new Set(record.tags ?? [])) tags.push(await made('tag', slug));
    const image = record.leadImage ? imageOf(record.leadImage) : null;
    const imageId = image ? imageIds.get(fingerprintOf(image)) : undefined;
    const source = body.source;
    const partner = record.partner
      ? await made('partner', record.partner)
      : source
        ? await partnerNamed(source.partnerName)
        : null;
    pieces.push({
      slug: record.slug,
      headline: record.headline,
      standfirst: record.standfirst ?? null,
      html: body.html,
      tree: body.tree,
      wordCount: body.wordCount,
      opening: body.opening,
      section: { id: section.id, slug: section.slug },
      language: record.language ?? reading.language,
      bylines: await bylinesFrom(tx, record.authors ?? [], known, notes),
      tags: tags.map(({ id, slug }) => ({ id, slug })),
      leadImage: image && imageId ? { id: imageId, value: image } : null,
      partner: partner ? { id: partner.id, slug: partner.slug } : null,
      attribution: record.attribution ?? source?.attribution ?? null,
      originalUrl: record.originalUrl ?? source?.url ?? null,
      license: record.license ?? null,
      commentsOpen: record.commentsOpen ?? true,
    });

    function partnerNamed(partnerName: string) {
      const found = known.byName('partner', partnerName);
      if (found) return found;
      const slug = partnerName
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '');
      notes.push(`its closing line names the partner “${partnerName}”`);
      return known.findOrMake(tx, 'partner', slug || 'partner', partnerName);
    }

    async function made(kind: 'section' | 'tag' | 'partner', slug: string) {
      if (!known.find(kind, slug)) notes.push(`the ${kind} “${slug}” is described nowhere; it is named after its slug`);
      return known.findOrMake(tx, kind, slug);
    }
  }
  return pieces;
}

async function bylinesFrom(
  tx: Transaction,
  authors: readonly (string | BylineRecord)[],
  known: Known,
  notes: string[],
): Promise<PieceByline[]> {
  const bylines: PieceByline[] = [];
  for (const entry of authors) {
    const {
      author: slug = null,
      name,
      role = 'WRITER',
      affiliation,
      note = null,
    } = typeof entry === 'string' ? { author: entry } : entry;
    const author = slug === null ? null : await known.findOrMake(tx, 'author', slug, name);
    if (author && bylines.some(({ authorId }) => authorId === author.id)) {
      notes.push(`${author.name} has a second byline; the first is kept`);
      continue;
    }
    const printed = name ?? author?.name;
    if (!printed) {
      notes.push('a byline without a name is left out');
      continue;
    }
    bylines.push({
      authorId: author?.id ?? null,
      author: author?.slug ?? null,
      name: printed,
      role,
      // What the record says of that piece, even that there was none; otherwise what is known of the author now.
      affiliation: affiliation === undefined ? (author?.affiliation ?? null) : affiliation,
      note,
    });
  }
  return bylines;
}
