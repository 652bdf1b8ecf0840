/**
 * What every import format is read into, and what `export` writes: Dateline's own records.
 * A reader yields them in the order of its file; `write.ts` alone stores them.
 */

import type { RevisionDetails } from '../content/article/piece.js';

export type ArticleStanding = 'DRAFT' | 'IN_REVIEW' | 'PUBLISHED' | 'UNPUBLISHED' | 'RETRACTED';
export type BylineRole = 'WRITER' | 'EDITOR' | 'PHOTOGRAPHER' | 'TRANSLATOR' | 'ILLUSTRATOR' | 'CONTRIBUTOR';

export interface ImageRecord {
  url: string;
  alt: string;
  caption: string | null;
  credit: string | null;
  width?: number | null;
  height?: number | null;
}

/** Where something was imported from; see {@link Origin}. `digest` is that of the item as last read there. */
export interface OriginRecord {
  system: string;
  id: string;
  digest: string;
}

/** A revision that readers do not get: one superseded, or one still to be published. */
export interface RevisionRecord {
  number: number;
  headline: string;
  standfirst: string | null;
  body: string;
  details: RevisionDetails;
  note: string | null;
  savedBy: string | null;
  savedAt: string;
}

export interface PublicationRecord {
  kind: 'publication';
  description?: string | null;
  contact?: { email?: string | null; phone?: string | null; address?: string | null } | null;
  links?: string[];
}

export interface SectionRecord {
  kind: 'section';
  slug: string;
  name: string;
  description?: string | null;
  /** Slug of the parent, which may come later in the file. */
  parent?: string | null;
  /** Place among its siblings; file order when absent. */
  position?: number;
  origins?: OriginRecord[];
}

export interface AuthorRecord {
  kind: 'author';
  slug: string;
  name: string;
  affiliation?: string | null;
  bio?: string | null;
  image?: ImageRecord | null;
  links?: string[];
  origins?: OriginRecord[];
}

export interface TagRecord {
  kind: 'tag';
  slug: string;
  name: string;
  origins?: OriginRecord[];
}

export interface PartnerRecord {
  kind: 'partner';
  slug: string;
  name: string;
  url?: string | null;
  attribution?: string | null;
  license?: string | null;
  origins?: OriginRecord[];
}

export interface CollectionRecord {
  kind: 'collection';
  slug: string;
  collectionKind: 'PUBLICATION' | 'SERIES' | 'PACKAGE';
  title: string;
  description?: string | null;
  /** Article slugs in the editor's order. */
  articles: string[];
  origins?: OriginRecord[];
}

export interface BylineRecord {
  /** Slug of an author; absent for a name that stands on the piece alone. */
  author?: string | null;
  /** As printed on the piece; the author's name when absent. */
  name?: string;
  role?: BylineRole;
  affiliation?: string | null;
  note?: string | null;
}

export interface CommentRecord {
  /** Unique within its article; what `parent` of a reply names. */
  id: string;
  parent?: string | null;
  author: string;
  text: string;
  at: string;
  status: 'PENDING' | 'APPROVED' | 'REJECTED' | 'SPAM';
}

export interface ArticleRecord {
  kind: 'article';
  slug: string;
  headline: string;
  standfirst?: string | null;
  /** HTML as the source has it; sanitised by the writer. */
  body: string;
  /** Slug of a section. */
  section: string;
  /** Author slugs, or bylines with what stood on the piece. */
  authors?: (string | BylineRecord)[];
  tags?: string[];
  status: ArticleStanding | 'SCHEDULED';
  /** RFC 3339. In the future with PUBLISHED or SCHEDULED: appears at that moment. */
  publishedAt?: string | null;
  firstPublishedAt?: string | null;
  updatedAt?: string | null;
  createdAt?: string | null;
  language?: string | null;
  partner?: string | null;
  attribution?: string | null;
  originalUrl?: string | null;
  license?: string | null;
  leadImage?: ImageRecord | null;
  corrections?: { text: string; at: string }[];
  /** Why it was unpublished or retracted. */
  reason?: string | null;
  /** When it was unpublished or retracted. */
  withdrawnAt?: string | null;
  comments?: CommentRecord[];
  commentsOpen?: boolean;
  /** Addresses on this site, or whole URLs, under which the piece stood before. */
  oldPaths?: string[];
  origins?: OriginRecord[];
  /** The newest revision, and the one readers get when it is another. */
  revision?: number;
  liveRevision?: number;
  /** Who saved what readers get, when and why. */
  savedBy?: string | null;
  savedAt?: string;
  note?: string | null;
  history?: RevisionRecord[];
}

export type ContentRecord =
  PublicationRecord | SectionRecord | AuthorRecord | TagRecord | PartnerRecord | CollectionRecord | ArticleRecord;

/** Where a record came from: the key that makes a second import of the same item an update of the first. */
export interface Origin {
  /** The system and site, such as `wordpress:https://example.org`. */
  system: string;
  /** The item's own id there, unique within `kind`, such as `post:42`. */
  id: string;
}

/** One item of a source file, read: something to store, or something left out with the reason. */
export type ReadItem =
  | { outcome: 'record'; record: ContentRecord; origin: Origin; at: Place; notes?: string[] }
  | { outcome: 'skipped' | 'refused'; kind: string; title: string; origin?: Origin; at: Place; reason: string };

export interface Place {
  /** 1-based line of the file where the item begins. */
  line: number;
}

/** The file itself is broken here. What was yielded before stands. */
export class BrokenFile extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
    this.name = 'BrokenFile';
  }
}

/**
 * A reader of one format. Yields items in two passes over the same file: first `references` (publication, sections, authors,
 * tags, partners), then `articles` (and after them collections), so that whatever an article names is known when it is stored.
 */
export interface Reader {
  readonly format: 'wxr' | 'ndjson' | 'rss' | 'atom' | 'json-feed';
  /**
   * Whether the source goes on changing: then a piece that is here keeps its standing, and takes over only what the source
   * says; one without a date appears now.
   */
  readonly follows?: boolean;
  references(): AsyncIterable<ReadItem>;
  articles(): AsyncIterable<ReadItem>;
  /** The picture that an id in the source's own markup means, such as `[gallery ids="12,13"]`; null for one the file lacks. */
  resolveAttachment?(id: string): ImageRecord | null;
  /** What was noticed about the file as a whole; complete once a pass has ended. */
  readonly notes: readonly string[];
  /** Lets go of what reading needed beside the file itself. */
  close(): Promise<void>;
}
