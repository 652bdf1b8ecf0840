import { BrokenFile, type ImageRecord, type ReadItem, type Reader } from '../records.js';
import type { Source } from '../source.js';
import { attachmentMetaKeys, Attachments } from './attachments.js';
import { partsOf, usualLimits, type WxrItem, type WxrLimits, type WxrPart } from './parts.js';
import { People } from './people.js';
import { readPost } from './post.js';
import { siteOf, type Site } from './site.js';
import { standingOf, typeOf, type StandingRules } from './standing.js';
import { Terms } from './terms.js';

export interface WxrOptions {
  /** `articles` takes pages into a section "Pages"; by default they are left out. */
  pages?: 'skip' | 'articles';
  /** Custom post types that are articles besides `post`. */
  articleTypes?: readonly string[];
  limits?: Partial<WxrLimits>;
}

const metaKeys = new Set([
  ...attachmentMetaKeys,
  '_thumbnail_id',
  '_wp_old_slug',
  '_wp_old_date',
  '_yoast_wpseo_primary_category',
  'rank_math_primary_category',
  'enclosure',
  ...['display_name', 'first_name', 'last_name', 'user_login', 'linked_account', 'website', 'description'].map(
    (key) => `cap-${key}`,
  ),
]);

/** Reads a WordPress export, WXR 1.0 to 1.2. What it remembers grows with authors and terms, and by 16 bytes a picture. */
export class WxrReader implements Reader {
  readonly format = 'wxr';
  private readonly noted = new Set<string>();
  private readonly rules: StandingRules;
  private readonly limits: WxrLimits;
  private isPrepared = false;

  private constructor(
    private readonly source: Source,
    options: WxrOptions,
    private readonly known: { site: Site },
    private readonly terms: Terms,
    private readonly people: People,
    private readonly attachments: Attachments,
  ) {
    const pageTypes = options.pages === 'articles' ? ['page'] : [];
    this.rules = { articleTypes: new Set(['post', ...pageTypes, ...(options.articleTypes ?? [])]) };
    this.limits = { ...usualLimits, ...options.limits };
  }

  static async open(source: Source, options: WxrOptions = {}): Promise<WxrReader> {
    const known = { site: siteOf(new Map()) };
    const system = () => known.site.system;
    return new WxrReader(
      source,
      options,
      known,
      new Terms(system),
      await People.open(system),
      await Attachments.open(),
    );
  }

  get notes(): readonly string[] {
    return [...this.source.notes, ...this.noted];
  }

  resolveAttachment(id: string): ImageRecord | null {
    return this.attachments.get(id);
  }

  async close(): Promise<void> {
    await this.people.close();
    await this.attachments.close();
  }

  async *references(): AsyncGenerator<ReadItem> {
    if (this.isPrepared) throw new Error('The references of a file are read once.');
    this.isPrepared = true;
    let broken: unknown;
    try {
      for await (const part of this.parts(false)) yield* this.referencesIn(part);
    } catch (error) {
      broken = error;
    }
    // A guest's portrait may come later in the file than the guest, and a guest later than what they wrote.
    yield* this.people.records((attachment) => this.resolveAttachment(attachment));
    if (broken instanceof Error) throw broken;
  }

  async *articles(): AsyncGenerator<ReadItem> {
    if (!this.isPrepared) await this.readReferencesUnheard();
    const around = {
      site: this.known.site,
      people: this.people,
      terms: this.terms,
      rules: this.rules,
      pictureOf: (attachment: string) => this.resolveAttachment(attachment),
    };
    for await (const part of this.parts(true)) {
      if (part.part !== 'item' || typeOf(part) === 'guest-author') continue;
      // Terms declared after the first pass had met a post can move it to another section.
      if (this.isArticle(part)) yield* this.terms.metBy(part, typeOf(part) === 'page');
      yield readPost(part, around);
    }
  }

  private *referencesIn(part: WxrPart): Generator<ReadItem> {
    if (part.part === 'channel') {
      this.known.site = siteOf(part.fields);
      const { description, system } = this.known.site;
      if (description !== null) {
        const record = { kind: 'publication', description } as const;
        yield { outcome: 'record', record, origin: { system, id: 'publication' }, at: { line: part.line } };
      }
    } else if (part.part === 'wp:author') {
      yield* this.people.addUser(part);
    } else if (part.part !== 'item') {
      yield* this.terms.declare(part);
    } else if (typeOf(part) === 'guest-author') {
      yield* this.guestIn(part);
    } else if (typeOf(part) === 'attachment') {
      this.attachments.add(part);
    } else if (this.isArticle(part)) {
      this.people.meet(part);
      yield* this.terms.metBy(part, typeOf(part) === 'page');
    }
  }

  private guestIn(item: WxrItem): ReadItem[] {
    if (item.fields.get('wp:status') !== 'trash') return this.people.addGuest(item);
    const title = item.fields.get('title') ?? '';
    return [{ outcome: 'skipped', kind: 'author', title, at: { line: item.line }, reason: 'in the trash' }];
  }

  private isArticle(item: WxrItem): boolean {
    return !('skip' in standingOf(item, this.rules));
  }

  private async readReferencesUnheard(): Promise<void> {
    try {
      for await (const _ of this.references());
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error; // the articles before the break are read, then it is met again
    }
  }

  private parts(whole: boolean): AsyncGenerator<WxrPart> {
    return partsOf(this.source, { whole, metaKeys, limits: this.limits, note: (note) => this.noted.add(note) });
  }
}
