import type { Site } from '../../config.js';
import type { BylineRole } from '../../generated/prisma/enums.js';
import type { BodyTree } from '../article/body/tree.js';

/** A feed as all formats tell it. A renderer adds nothing and looks nothing up. Addresses are whole. */
export interface FeedDocument {
  /** Names this feed for ever, whatever its slug, format or page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly language: string;
  /** The page for readers that this feed follows. */
  readonly homeUrl: string;
  readonly publisher: Publisher;
  readonly pages: FeedPages;
  /** When anything in it last changed; null where it is empty. */
  readonly updated: Date | null;
  readonly entries: readonly FeedEntry[];
  readonly withdrawals: readonly FeedWithdrawal[];
}

export interface Publisher {
  readonly name: string;
  readonly url: string;
}

/** This page and its neighbours (RFC 5005 section 3). */
export interface FeedPages {
  readonly self: string;
  readonly first: string;
  readonly previous: string | null;
  readonly next: string | null;
  /** Where to subscribe to `self` (WebSub); null for a page that does not begin at the newest. */
  readonly hub: string | null;
}

export interface FeedEntry {
  /** `urn:uuid:` and the article's id: stays when slug, address or headline change. */
  readonly id: string;
  readonly url: string;
  readonly slug: string;
  readonly version: number;
  readonly headline: string;
  readonly summary: string;
  /** Null where only a teaser is given. */
  readonly body: { readonly tree: BodyTree; readonly wordCount: number } | null;
  readonly language: string;
  /** The date it carries; `firstPublished` is when readers could first read it. */
  readonly published: Date;
  readonly firstPublished: Date;
  readonly updated: Date;
  readonly byline: string;
  /** Who wrote it; where nobody did, whoever is named. */
  readonly authors: readonly FeedPerson[];
  /** Who else is named: editors, photographers, translators. */
  readonly contributors: readonly FeedPerson[];
  readonly section: FeedTopic;
  readonly tags: readonly FeedTopic[];
  readonly image: FeedImage | null;
  readonly source: FeedSource | null;
  readonly corrections: readonly { readonly text: string; readonly at: Date }[];
}

export interface FeedPerson {
  readonly name: string;
  readonly role: BylineRole;
  readonly url: string | null;
  readonly affiliation: string | null;
  readonly note: string | null;
}

export interface FeedTopic {
  readonly name: string;
  readonly slug: string;
  readonly url: string;
}

export interface FeedImage {
  readonly id: string;
  readonly url: string;
  readonly mediaType: string | null;
  readonly alt: string;
  readonly caption: string | null;
  readonly credit: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** The partner that lent a piece. */
export interface FeedSource {
  readonly name: string;
  readonly url: string | null;
  readonly attribution: string;
  readonly originalUrl: string | null;
  readonly license: string | null;
}

/** A piece that was public and is not any more. Of its words nothing is left. */
export interface FeedWithdrawal {
  readonly id: string;
  readonly at: Date;
  readonly reason: string;
  readonly isFinal: boolean;
}

export const urnOf = (id: string): string => `urn:uuid:${id}`;

/** The whole address of a path on the site, as any client can send it (RFC 3986). */
export const siteUrl = (site: Site, path: string): string => new URL(path, `${site.url}/`).href;

const mediaTypes = new Map<string, string>(
  Object.entries({
    avif: 'image/avif',
    gif: 'image/gif',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    png: 'image/png',
    svg: 'image/svg+xml',
    webp: 'image/webp',
  }),
);

/** What kind of picture an address most likely leads to, by its ending; null where that does not tell. */
export function pictureType(url: string): string | null {
  const ending = /\.([a-z]+)$/i.exec(URL.canParse(url) ? new URL(url).pathname : url)?.[1];
  return mediaTypes.get(ending?.toLowerCase() ?? '') ?? null;
}
