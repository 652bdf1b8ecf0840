import { z } from 'zod';
import type { Transaction } from '../../../database/database.js';
import { name, sql } from '../../../database/sql.js';
import type { BylineRole } from '../../../generated/prisma/enums.js';
import { ValidationError } from '../../../refusals.js';
import { checked, lines, slug, webAddress, words } from '../../checking.js';
import { fingerprintOf, keepImages } from '../../image/store.js';
import { authorPath, sectionPath, tagPath } from '../../path/rules.js';
import { hasTooManyMarks } from '../body/markdown.js';
import type { StorableBody } from '../body/parse.js';
import type { Piece, PieceByline, RevisionDetails } from '../piece.js';
import { bodyOfHtml, bodyOfMarkdown } from '../words/words.js';
import type { KeptRevision } from './load.js';

/** What an editor may change of a piece; what is absent stays. References are slugs, as everywhere in filters. */
export interface ArticleChanges {
  slug?: string | null | undefined;
  headline?: string | null | undefined;
  standfirst?: string | null | undefined;
  body?: { html?: string | null | undefined; markdown?: string | null | undefined } | null | undefined;
  section?: string | null | undefined;
  language?: string | null | undefined;
  bylines?: readonly BylineChanges[] | null | undefined;
  tags?: readonly string[] | null | undefined;
  leadImage?: ImageChanges | null | undefined;
  source?: SourceChanges | null | undefined;
  commentsOpen?: boolean | null | undefined;
}

export interface BylineChanges {
  author?: string | null | undefined;
  name?: string | null | undefined;
  role?: BylineRole | null | undefined;
  affiliation?: string | null | undefined;
  note?: string | null | undefined;
}

export interface ImageChanges {
  url: URL;
  alt: string;
  caption?: string | null | undefined;
  credit?: string | null | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
}

export interface SourceChanges {
  partner: string;
  attribution?: string | null | undefined;
  originalUrl?: URL | null | undefined;
  license?: string | null | undefined;
}

/** The words and details a save begins from. */
export type Beginning = Pick<
  KeptRevision,
  'headline' | 'standfirst' | 'html' | 'tree' | 'wordCount' | 'opening' | 'details'
>;

const filled = (most: number) => lines(most).min(1, 'must not be empty');

const Changes = z.object({
  slug: slug.nullish(),
  headline: words(500).nullish(),
  standfirst: lines(2000).nullish(),
  language: z
    .string()
    .refine((tag) => isLanguage(tag), 'must be a BCP 47 language tag such as en or pt-BR')
    .nullish(),
  body: z
    .object({
      html: z.string().max(2_000_000).nullish(),
      markdown: z
        .string()
        .max(2_000_000)
        .refine(
          (markdown) => !hasTooManyMarks(markdown),
          'has too many of * _ ~ [ and ] in one paragraph: at most 2000; write it as several, or write \\ before those that are meant as they are',
        )
        .nullish(),
    })
    .nullish(),
  bylines: z
    .array(
      z.object({ name: words(200).nullish(), affiliation: words(300).nullish(), note: filled(2000).nullish() }).loose(),
    )
    .max(50)
    .nullish(),
  tags: z.array(z.string()).max(50, 'names more than 50 tags').nullish(),
  leadImage: z
    .object({
      url: webAddress,
      alt: z.string().max(1000),
      caption: filled(2000).nullish(),
      credit: words(300).nullish(),
    })
    .loose()
    .nullish(),
  source: z
    .object({ originalUrl: webAddress.nullish(), attribution: words(300).nullish(), license: words(300).nullish() })
    .loose()
    .nullish(),
});

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The words of `changes`, read before a transaction is begun, which would keep others waiting meanwhile. Null for none. */
export type WordsAhead = StorableBody | null;

/** Throws ValidationError with every field of `changes` that is wrong; otherwise reads the words in them. */
export async function wordsAhead(changes: ArticleChanges): Promise<WordsAhead> {
  checked(Changes, changes);
  if (!changes.body) return null;
  const { html, markdown } = changes.body;
  return markdown !== null && markdown !== undefined ? bodyOfMarkdown(markdown) : bodyOfHtml(html ?? '');
}

type Named = 'section' | 'author' | 'tag' | 'partner';
interface Thing {
  id: string;
  slug: string;
  name: string;
  affiliation: string | null;
}

const formerPath = { section: sectionPath, author: authorPath, tag: tagPath } as const;

/** What these slugs name now; a slug that something had before still finds it. */
async function thingsBySlug(tx: Transaction, kind: Named, slugs: readonly string[]): Promise<Map<string, Thing>> {
  if (slugs.length === 0) return new Map();
  const columns =
    kind === 'author' ? sql`t.id, t.slug, t.name, t.affiliation` : sql`t.id, t.slug, t.name, null as affiliation`;
  const table = name(kind);
  const rows = await tx.rows<Thing>(sql`select ${columns} from ${table} t where t.slug = any(${slugs})`);
  const found = new Map(rows.map((row) => [row.slug, row]));
  const lost = slugs.filter((slug) => !found.has(slug));
  if (lost.length === 0 || kind === 'partner') return found;
  const pathOf = formerPath[kind];
  const former = await tx.rows<Thing & { path: string }>(sql`
    select ${columns}, o.path from old_address o join ${table} t on t.id = o.${name(`${kind}_id`)} where o.path = any(${lost.map(pathOf)})`);
  for (const { path, ...thing } of former) {
    const slug = lost.find((candidate) => pathOf(candidate) === path);
    if (slug !== undefined) found.set(slug, thing);
  }
  return found;
}

async function found(
  tx: Transaction,
  kind: Named,
  slugs: readonly string[],
  path: (slug: string) => string,
): Promise<Map<string, Thing>> {
  const things = await thingsBySlug(tx, kind, slugs);
  const missing = slugs.filter((slug) => !things.has(slug));
  if (missing.length > 0) {
    throw new ValidationError(
      missing.map((slug) => ({ path: path(slug), message: `there is no ${kind} with the slug “${slug}”` })),
    );
  }
  return things;
}

/**
 * The piece that `changes` make of `before`, with the words that were read of them. References are looked up in `tx`; throws
 * ValidationError where one is missing.
 */
export async function pieceAfter(
  tx: Transaction,
  before: Beginning,
  changes: ArticleChanges = {},
  ahead: WordsAhead = null,
): Promise<Piece> {
  const { details } = before;
  const words = ahead ?? before;
  const sectionSlug = changes.section ?? details.section;
  const section = (await found(tx, 'section', [sectionSlug], () => 'section')).get(sectionSlug)!;
  const tagSlugs = [...new Set(changes.tags ?? details.tags)];
  // A tag that was deleted since is no mistake of whoever saves something else.
  const tags = changes.tags
    ? await found(tx, 'tag', tagSlugs, (slug) => `tags.${tagSlugs.indexOf(slug)}`)
    : await thingsBySlug(tx, 'tag', tagSlugs);
  const leadImage = changes.leadImage === undefined ? details.leadImage : imageFrom(changes.leadImage);
  const imageIds = await keepImages(tx, leadImage ? [leadImage] : []);
  return {
    slug: changes.slug ?? details.slug,
    headline: changes.headline?.trim() ?? before.headline,
    standfirst: changes.standfirst === undefined ? before.standfirst : changes.standfirst?.trim() || null,
    html: words.html,
    tree: words.tree,
    wordCount: words.wordCount,
    opening: words.opening,
    section: { id: section.id, slug: section.slug },
    language: changes.language ?? details.language,
    bylines: await bylinesAfter(tx, details, changes.bylines),
    // Two that were merged since are one.
    tags: [
      ...new Map(tagSlugs.flatMap((slug) => tags.get(slug) ?? []).map(({ id, slug }) => [id, { id, slug }])).values(),
    ],
    leadImage: leadImage ? { id: imageIds.get(fingerprintOf(leadImage)) ?? '', value: leadImage } : null,
    commentsOpen: changes.commentsOpen ?? details.commentsOpen,
    ...(await sourceAfter(tx, details, changes.source)),
  };
}

const imageFrom = (image: ImageChanges | null) =>
  image && {
    url: image.url.href,
    alt: image.alt,
    caption: image.caption ?? null,
    credit: image.credit ?? null,
    width: image.width ?? null,
    height: image.height ?? null,
  };

async function bylinesAfter(
  tx: Transaction,
  details: RevisionDetails,
  changes: readonly BylineChanges[] | null | undefined,
): Promise<PieceByline[]> {
  const wanted: readonly BylineChanges[] = changes ?? details.bylines;
  const slugs = wanted.flatMap(({ author }) => author ?? []);
  const authors = changes
    ? await found(tx, 'author', slugs, (slug) => `bylines.${wanted.findIndex(({ author }) => author === slug)}.author`)
    : await thingsBySlug(tx, 'author', slugs);
  const bylines = wanted.map((byline, index): PieceByline => {
    const author = byline.author ? authors.get(byline.author) : undefined;
    const printed = byline.name?.trim() ?? author?.name;
    if (!printed) throw new ValidationError([{ path: `bylines.${index}`, message: 'needs an author or a name' }]);
    return {
      authorId: author?.id ?? null,
      author: author?.slug ?? null,
      name: printed,
      role: byline.role ?? 'WRITER',
      affiliation: byline.affiliation === undefined ? (author?.affiliation ?? null) : byline.affiliation,
      note: byline.note ?? null,
    };
  });
  const isSecond = ({ authorId }: PieceByline, index: number) =>
    authorId !== null && bylines.findIndex((other) => other.authorId === authorId) < index;
  const twice = bylines.findIndex(isSecond);
  if (twice >= 0 && changes) {
    throw new ValidationError([{ path: `bylines.${twice}.author`, message: 'has a byline on this piece already' }]);
  }
  // Two authors who were merged since stand once, as the first of them did.
  return bylines.filter((byline, index) => !isSecond(byline, index));
}

async function sourceAfter(
  tx: Transaction,
  details: RevisionDetails,
  changes: SourceChanges | null | undefined,
): Promise<Pick<Piece, 'partner' | 'attribution' | 'originalUrl' | 'license'>> {
  if (changes === null) return { partner: null, attribution: null, originalUrl: null, license: null };
  const slug = changes?.partner ?? details.partner;
  const partner = slug ? (await found(tx, 'partner', [slug], () => 'source.partner')).get(slug) : undefined;
  return {
    partner: partner ? { id: partner.id, slug: partner.slug } : null,
    attribution: changes ? (changes.attribution ?? null) : details.attribution,
    originalUrl: changes ? (changes.originalUrl?.href ?? null) : details.originalUrl,
    license: changes ? (changes.license ?? null) : details.license,
  };
}
