import { z } from 'zod';
import { isWritable } from '../../moments.js';
import type { ContentRecord } from '../records.js';

const nothing = <T extends z.ZodType>(schema: T) => schema.nullable().exactOptional();

const text = z.string().refine((value) => !/[\0\p{Surrogate}]/u.test(value), {
  error: 'must not hold NUL or half a surrogate pair, which cannot be stored',
});
const words = text.refine((value) => value.trim() !== '', { error: 'must not be blank' });
const slug = text.regex(/^[^\s/?#%]{1,200}$/u, {
  error: 'must be a slug: 1 to 200 characters without blanks, "/", "?", "#" and "%"',
});
const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment as of RFC 3339, such as "2021-10-21T08:00:00.000Z"' })
  .refine((value) => isWritable(Date.parse(value)), { error: 'must be in the years 0001 to 9999, in UTC' })
  .transform((value) => new Date(value).toISOString());
const webAddress = text.refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), {
  error: 'must be a whole web address, such as "https://example.org/page"',
});
const imageAddress = text.refine(
  (value) => (/^https?:\/\//i.test(value) && URL.canParse(value)) || /^\/[^/\\]/.test(value),
  {
    error: 'must be a whole web address, or a path on this site that begins with "/"',
  },
);
const pixels = nothing(z.int().positive());

const image = z.strictObject({
  url: imageAddress,
  alt: text,
  caption: text.nullable(),
  credit: text.nullable(),
  width: pixels,
  height: pixels,
});

const origins = z.array(z.strictObject({ system: words, id: words, digest: words })).exactOptional();
const role = z.enum(['WRITER', 'EDITOR', 'PHOTOGRAPHER', 'TRANSLATOR', 'ILLUSTRATOR', 'CONTRIBUTOR']);
const revisionNumber = z.int().positive();

const publication = z.strictObject({
  kind: z.literal('publication'),
  description: nothing(text),
  contact: nothing(z.strictObject({ email: nothing(text), phone: nothing(text), address: nothing(text) })),
  links: z.array(webAddress).exactOptional(),
});

const section = z.strictObject({
  kind: z.literal('section'),
  slug,
  name: words,
  description: nothing(text),
  parent: nothing(slug),
  position: z.int().exactOptional(),
  origins,
});

const author = z.strictObject({
  kind: z.literal('author'),
  slug,
  name: words,
  affiliation: nothing(text),
  bio: nothing(text),
  image: nothing(image),
  links: z.array(webAddress).exactOptional(),
  origins,
});

const tag = z.strictObject({ kind: z.literal('tag'), slug, name: words, origins });

const partner = z.strictObject({
  kind: z.literal('partner'),
  slug,
  name: words,
  url: nothing(webAddress),
  attribution: nothing(text),
  license: nothing(text),
  origins,
});

const collection = z.strictObject({
  kind: z.literal('collection'),
  slug,
  collectionKind: z.enum(['PUBLICATION', 'SERIES', 'PACKAGE']),
  title: words,
  description: nothing(text),
  articles: z.array(slug),
  origins,
});

const byline = z
  .strictObject({
    author: nothing(slug),
    name: words.exactOptional(),
    role: role.exactOptional(),
    affiliation: nothing(text),
    note: nothing(text),
  })
  .refine(({ author, name }) => Boolean(author) || name !== undefined, {
    error: 'must have "author" (a slug) or "name"',
  });

const comment = z.strictObject({
  id: words,
  parent: nothing(words),
  author: words,
  text: words,
  at: moment,
  status: z.enum(['PENDING', 'APPROVED', 'REJECTED', 'SPAM']),
});

/** What a revision kept beside its words; see `RevisionDetails`. */
const details = z.strictObject({
  slug,
  section: slug,
  language: text,
  bylines: z.array(
    z.strictObject({
      author: slug.nullable(),
      name: words,
      role,
      affiliation: text.nullable(),
      note: text.nullable(),
    }),
  ),
  tags: z.array(slug),
  leadImage: image.nullable(),
  partner: slug.nullable(),
  attribution: text.nullable(),
  originalUrl: text.nullable(),
  license: text.nullable(),
  commentsOpen: z.boolean(),
});

const revision = z.strictObject({
  number: revisionNumber,
  headline: text,
  standfirst: text.nullable(),
  body: text,
  details,
  note: text.nullable(),
  savedBy: text.nullable(),
  savedAt: moment,
});

const article = z
  .strictObject({
    kind: z.literal('article'),
    slug,
    headline: words,
    standfirst: nothing(text),
    body: text,
    section: slug,
    authors: z.array(z.union([slug, byline])).exactOptional(),
    tags: z.array(slug).exactOptional(),
    status: z.enum(['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED', 'RETRACTED']),
    publishedAt: nothing(moment),
    firstPublishedAt: nothing(moment),
    updatedAt: nothing(moment),
    createdAt: nothing(moment),
    language: nothing(
      text.regex(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i, { error: 'must be a language tag, such as "en" or "pt-BR"' }),
    ),
    partner: nothing(slug),
    attribution: nothing(text),
    originalUrl: nothing(webAddress),
    license: nothing(text),
    leadImage: nothing(image),
    corrections: z.array(z.strictObject({ text: words, at: moment })).exactOptional(),
    reason: nothing(text),
    withdrawnAt: nothing(moment),
    comments: z.array(comment).exactOptional(),
    commentsOpen: z.boolean().exactOptional(),
    oldPaths: z.array(words).exactOptional(),
    origins,
    revision: revisionNumber.exactOptional(),
    liveRevision: revisionNumber.exactOptional(),
    savedBy: nothing(text),
    savedAt: moment.exactOptional(),
    note: nothing(text),
    history: z.array(revision).exactOptional(),
  })
  .superRefine(({ status, publishedAt, comments = [] }, context) => {
    if ((status === 'PUBLISHED' || status === 'SCHEDULED') && !publishedAt) {
      context.addIssue({
        code: 'custom',
        path: ['publishedAt'],
        message: `must be given when the status is ${status}`,
      });
    }
    const ids = new Set(comments.map(({ id }) => id));
    if (ids.size < comments.length) {
      context.addIssue({
        code: 'custom',
        path: ['comments'],
        message: 'must each have their own "id" within the article',
      });
    }
    comments.forEach(({ parent }, place) => {
      if (!parent || ids.has(parent)) return;
      context.addIssue({
        code: 'custom',
        path: ['comments', place, 'parent'],
        message: 'must be the "id" of another comment of the article',
      });
    });
  });

/** What a line of each kind must be. Unknown keys are refused: a misspelt one would lose what it holds. */
export const schemas = { publication, section, author, tag, partner, collection, article } satisfies {
  [Kind in RecordKind]: z.ZodType<RecordOf<Kind>>;
};

export type RecordKind = ContentRecord['kind'];
export type RecordOf<Kind extends RecordKind> = Extract<ContentRecord, { kind: Kind }>;

/** `true` where two types are the same to the compiler, optional keys and all; no value fits otherwise. */
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : { schema: One; record: Other };

/** Does not compile when a schema and its record no longer say the same. */
export const schemasSayWhatRecordsSay: {
  [Kind in RecordKind]: Same<z.output<(typeof schemas)[Kind]>, RecordOf<Kind>>;
} = { publication: true, section: true, author: true, tag: true, partner: true, collection: true, article: true };
