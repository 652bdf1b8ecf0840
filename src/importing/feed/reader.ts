import { slugOfName } from '../../content/names.js';
import { isWritable } from '../../moments.js';
import { plainLine } from '../plain-text.js';
import type { ArticleRecord, ReadItem, Reader } from '../records.js';
import { type Source, UnreadableSource } from '../source.js';
import { type FeedFormat, type FeedItem, readFeed, type ReadFeed } from './items.js';

/** What a feed does not say of its items, and whoever brings them in does. */
export interface FeedOptions {
  /** What the items' ids are unique within; the feed's own address when absent. */
  system?: string;
  /** Slug of the section they stand in. */
  section?: string;
  /** Slug of the partner they come from. */
  partner?: string;
  status?: 'DRAFT' | 'PUBLISHED';
}

/** More than this no feed has to say; a feed is read whole. */
export const mostFeedBytes = 50 * 2 ** 20;

const mostTags = 20;
const longestStandfirst = 400;

/** Reads RSS 2.0, Atom and JSON Feed. What it reads is followed: see {@link Reader.follows}. */
export class FeedReader implements Reader {
  readonly follows = true;
  readonly notes: string[];
  readonly #feed: ReadFeed;
  readonly #options: FeedOptions;
  readonly #system: string;

  private constructor(
    readonly format: FeedFormat,
    feed: ReadFeed,
    source: Source,
    options: FeedOptions,
  ) {
    this.#feed = feed;
    this.#options = options;
    this.#system = options.system ?? `feed:${feed.url ?? source.name}`;
    this.notes = [...source.notes];
  }

  /** Throws {@link UnreadableSource} for a feed that is too long, declares entities, or is broken. */
  static async open(source: Source, format: FeedFormat, options: FeedOptions = {}): Promise<FeedReader> {
    const text = await wholeText(source);
    // A feed has no use for them; the parser leaves them as they are, others would unfold them without end.
    if (format !== 'json-feed' && /<!ENTITY\b/i.test(text)) {
      throw new UnreadableSource(`${source.name} declares entities, as an attack would and no feed needs to.`);
    }
    let feed: ReadFeed;
    try {
      feed = readFeed(format, text, /^https?:/i.test(source.name) ? source.name : null);
    } catch (error) {
      const reason = String(error).replace(/^\w*Error: /, '');
      throw new UnreadableSource(`${source.name} is not a whole feed: ${reason}.`, { cause: error });
    }
    return new FeedReader(format, feed, source, options);
  }

  /** What the origins of its items are unique within. */
  get system(): string {
    return this.#system;
  }

  /** Ids of items that the feed says are withdrawn. */
  get withdrawn(): readonly string[] {
    return this.#feed.withdrawn;
  }

  get items(): readonly FeedItem[] {
    return this.#feed.items;
  }

  async *references(): AsyncGenerator<ReadItem> {
    const names = new Map<string, string>();
    for (const item of this.#feed.items) for (const name of tagsOf(item)) names.set(slugOfName(name, 'tag'), name);
    for (const [slug, name] of names) {
      const origin = { system: this.#system, id: `tag:${slug}` };
      yield { outcome: 'record', record: { kind: 'tag', slug, name }, origin, at: { line: 1 } };
    }
    await Promise.resolve();
  }

  async *articles(): AsyncGenerator<ReadItem> {
    // A feed is newest first; stored oldest first, what shares a slug is numbered as it came.
    for (const [index, item] of [...this.#feed.items.entries()].reverse()) {
      const at = { line: index + 1 };
      const title = item.title === null ? '' : plainLine(item.title);
      const refuse = (reason: string): ReadItem => ({ outcome: 'refused', kind: 'article', title, at, reason });
      if (item.id === null) yield refuse('has neither an id nor an address, so that it could not be known again');
      else if (title === '' && plainLine(item.html) === '') yield refuse('has neither a title nor words');
      else {
        const origin = { system: this.#system, id: item.id };
        yield { outcome: 'record', record: this.#recordOf(item, title), origin, at };
      }
    }
    await Promise.resolve();
  }

  #recordOf(item: FeedItem, title: string): ArticleRecord {
    const { section = 'uncategorized', partner, status = 'PUBLISHED' } = this.#options;
    const headline = title || plainLine(item.html).slice(0, 80);
    const summary = item.summary === null ? '' : plainLine(item.summary);
    return {
      kind: 'article',
      slug: slugOfName(headline, 'piece'),
      headline,
      standfirst: summary !== '' && summary.length <= longestStandfirst ? summary : null,
      body: item.html,
      section,
      authors: item.authors.map((name) => ({ name: plainLine(name) })),
      tags: [...new Set(tagsOf(item).map((name) => slugOfName(name, 'tag')))],
      status,
      publishedAt: momentIn(item.published),
      updatedAt: momentIn(item.updated),
      originalUrl: addressIn(item.url),
      license: item.license,
      leadImage: item.image && addressIn(item.image.url) ? item.image : null,
      language: languageIn(item.language),
      ...(partner === undefined ? {} : { partner }),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const tagsOf = ({ tags }: FeedItem): string[] =>
  tags
    .map((tag) => plainLine(tag).slice(0, 100))
    .filter((tag) => tag !== '')
    .slice(0, mostTags);

async function wholeText(source: Source): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of source.text()) {
    length += piece.length;
    if (length > mostFeedBytes) {
      throw new UnreadableSource(`${source.name} is longer than ${mostFeedBytes / 2 ** 20} MB, which no feed is.`);
    }
    pieces.push(piece);
  }
  return pieces.join('');
}

/** RFC 822 or RFC 3339, as feeds have them; null for what is no date that can be kept. */
function momentIn(text: string | null): string | null {
  const ms = Date.parse(text ?? '');
  return isWritable(ms) ? new Date(ms).toISOString() : null;
}

const addressIn = (url: string | null): string | null =>
  url !== null && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;

function languageIn(tag: string | null): string | null {
  try {
    return tag === null ? null : (Intl.getCanonicalLocales(tag)[0] ?? null);
  } catch {
    return null;
  }
}
