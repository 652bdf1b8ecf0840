import type { VNode } from 'preact';
import type { SiteFrameQuery, TrendingQuery } from '../generated/operations.js';
import type { SiteDocument, SiteDocuments } from './documents.js';

export type Frame = SiteFrameQuery & TrendingQuery;

/** Asks the graph by one of the site’s documents. Throws {@link NotUnderstood} where the address asked for what cannot be. */
export type Ask = <Answer, Variables extends object>(
  document: SiteDocument<Answer, Variables>,
  variables: Variables,
) => Promise<Answer>;

/** The address holds something that the graph refuses, such as a cursor that nobody gave out. */
export class NotUnderstood extends Error {}

/** What a page is made from. */
export interface Asking {
  readonly ask: Ask;
  readonly documents: SiteDocuments;
  /** The groups of the page's path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What stands behind the `?`, as far as the page knows it. */
  readonly options: Readonly<Record<string, string>>;
  /** The paper itself, asked once for a page. */
  readonly paper: () => Promise<Frame['publication']>;
  /** What a reader tried to write here, where it was not taken. */
  readonly refused?: RefusedComment | undefined;
}

/** A comment that was not taken: what was written, and why not. */
export interface RefusedComment {
  readonly author: string;
  readonly text: string;
  /** The comment it was to answer; empty for a new thread. */
  readonly parent: string;
  readonly problems: readonly string[];
  readonly status: 422 | 429;
}

/** What a page says of itself to those who do not look at it. */
export interface About {
  readonly title: string;
  readonly description?: string | null | undefined;
  /** From the root; absent for a page that stands nowhere. */
  readonly path?: string | undefined;
  /** What other sites that carry the same piece are to name instead. */
  readonly canonical?: string | undefined;
  readonly image?: { url: string; alt: string } | null | undefined;
  readonly type?: 'article' | 'profile' | 'website';
  /** Feeds of this page, besides the whole paper's: the path without its extension. */
  readonly feed?: { title: string; path: string } | undefined;
  /** schema.org, as JSON-LD. */
  readonly data?: (site: Frame['publication']) => object;
  readonly meta?: Readonly<Record<string, string | null | undefined>>;
  readonly isPrivate?: boolean;
}

export interface ShownPage {
  readonly status: 200 | 400 | 404 | 410 | 422 | 429;
  readonly about: About;
  readonly content: (frame: Frame) => VNode;
  /** The page for readers at its largest: without the boxes beside it. */
  readonly isHome?: boolean;
  /** It has a form to search by, so that the masthead needs none. */
  readonly isSearch?: boolean;
}

export interface MovedPage {
  readonly movedTo: string;
}

export type Page = ShownPage | MovedPage;

/** One kind of page: where it stands, what it knows after the `?`, and how it is made. */
export interface PageKind {
  readonly path: string | RegExp;
  readonly options: readonly string[];
  /** Whether the page is for whoever asks and nobody else. */
  isPrivate?(options: Readonly<Record<string, string>>): boolean;
  make(asking: Asking): Promise<Page>;
}
