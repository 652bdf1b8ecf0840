import { BrokenFile } from '../records.js';
import { UnreadableSource, type Source } from '../source.js';
import { XmlFeed, type XmlHandler } from './xml.js';

export type Fields = ReadonlyMap<string, string>;

/** A `<category>` of an item: its taxonomy, its slug there and its name. */
export interface TermOfItem {
  domain: string;
  nicename: string;
  name: string;
}

export interface WxrItem {
  part: 'item';
  line: number;
  fields: Fields;
  terms: TermOfItem[];
  /** Values by key, in the order of the file; only keys that mean something here. */
  meta: ReadonlyMap<string, string[]>;
  comments: Fields[];
  /** Why the item was not kept whole, if so. */
  flaw: string | null;
}

export interface WxrDeclaration {
  part: 'wp:author' | 'wp:category' | 'wp:tag' | 'wp:term';
  line: number;
  fields: Fields;
}

/** What the channel says of itself, before its first part. */
export interface WxrChannel {
  part: 'channel';
  line: number;
  fields: Fields;
}

export type WxrPart = WxrChannel | WxrDeclaration | WxrItem;

export interface WxrLimits {
  depth: number;
  run: number;
  /** Characters of one item, its comments and its metadata together. */
  item: number;
}

export const usualLimits: WxrLimits = { depth: 64, run: 64 * 2 ** 20, item: 64 * 2 ** 20 };

export interface PartsOptions {
  limits: WxrLimits;
  /** Whether bodies and comments are wanted; a pass that does without them holds less. */
  whole: boolean;
  /** Metadata keys to keep. */
  metaKeys: ReadonlySet<string>;
  note(note: string): void;
}

/** The parts of a WordPress export in the order of the file. Throws {@link BrokenFile} after the last whole part. */
export async function* partsOf(source: Source, options: PartsOptions): AsyncGenerator<WxrPart> {
  const assembly = new Assembly(options);
  const feed = new XmlFeed(assembly, options.limits);
  let broken: unknown;
  let end = { line: 1, column: 1 };
  try {
    for await (const characters of source.text()) {
      try {
        feed.write(characters);
      } catch (error) {
        broken = error;
      }
      yield* assembly.taken();
      if (broken) break;
    }
    end = { line: feed.line, column: feed.column };
    if (!broken) feed.end();
  } catch (error) {
    broken =
      error instanceof UnreadableSource
        ? new BrokenFile(`${error.message} It was read up to line ${feed.line}.`, feed.line, feed.column)
        : error;
  }
  if (feed.forbidden > 0) {
    options.note(`${feed.forbidden} control characters that XML forbids were left out.`);
  }
  if (broken instanceof Error) throw broken;
  yield* assembly.taken();
  if (!assembly.sawChannel)
    throw new BrokenFile('The file holds no <channel>, as an export does.', end.line, end.column);
}

interface OpenItem extends WxrItem {
  fields: Map<string, string>;
  meta: Map<string, string[]>;
  size: number;
}

interface Capture {
  depth: number;
  text: string;
  nested: boolean;
  done: (text: string) => void;
}

const bodyFields = new Set(['content:encoded', 'excerpt:encoded']);
const declarations: readonly string[] = [
  'wp:author',
  'wp:category',
  'wp:tag',
  'wp:term',
] satisfies WxrDeclaration['part'][];

class Assembly implements XmlHandler {
  sawChannel = false;
  private depth = 0;
  private ready: WxrPart[] = [];
  private channel: (WxrChannel & { fields: Map<string, string> }) | null = null;
  private item: OpenItem | null = null;
  private declaration: (WxrDeclaration & { fields: Map<string, string> }) | null = null;
  private comment: Map<string, string> | null = null;
  private meta: { key: string; value: string } | null = null;
  private capture: Capture | null = null;

  constructor(private readonly options: PartsOptions) {}

  taken(): WxrPart[] {
    const parts = this.ready;
    this.ready = [];
    return parts;
  }

  open(name: string, attribute: (name: string) => string | undefined, line: number): void {
    this.depth += 1;
    if (this.capture) {
      this.capture.nested = true;
    } else if (this.depth === 2 && name === 'channel') {
      this.sawChannel = true;
      this.channel = { part: 'channel', line, fields: new Map() };
    } else if (this.depth === 3) {
      this.openPart(name, line);
    } else if (this.depth === 4) {
      this.openField(name, attribute);
    } else if (this.depth === 5 && this.comment) {
      if (name.startsWith('wp:comment_')) this.keep(name, this.comment);
    } else if (this.depth === 5 && this.meta) {
      this.openMeta(name, this.meta);
    }
  }

  text(text: string): void {
    const { capture, item } = this;
    if (!capture) return;
    if (item && (item.size += text.length) > this.options.limits.item) {
      item.flaw = `is longer than ${this.options.limits.item} characters, the most one item may have`;
      capture.text = '';
    } else {
      capture.text += text;
    }
  }

  close(name: string): void {
    if (this.capture?.depth === this.depth) {
      const { text, done } = this.capture;
      this.capture = null;
      done(text);
    } else if (this.depth === 4 && this.item) {
      this.closeGroup(this.item);
    } else if (this.depth === 3) {
      if (this.item) this.ready.push(this.item);
      if (this.declaration) this.ready.push(this.declaration);
      this.item = null;
      this.declaration = null;
    } else if (this.depth === 2 && name === 'channel') {
      this.pushChannel();
    }
    this.depth -= 1;
  }

  private openPart(name: string, line: number): void {
    const fields = new Map<string, string>();
    if (name === 'item') {
      this.pushChannel();
      this.item = { part: 'item', line, fields, terms: [], meta: new Map(), comments: [], flaw: null, size: 0 };
    } else if (isDeclaration(name)) {
      this.pushChannel();
      this.declaration = { part: name, line, fields };
    } else if (this.channel) {
      this.keep(name, this.channel.fields);
    }
  }

  private pushChannel(): void {
    if (this.channel) this.ready.push(this.channel);
    this.channel = null;
  }

  private openField(name: string, attribute: (name: string) => string | undefined): void {
    const { item, declaration } = this;
    if (declaration) {
      if (name !== 'wp:termmeta') this.keep(name, declaration.fields);
    } else if (!item) {
      return;
    } else if (name === 'category') {
      const domain = attribute('domain') ?? 'category';
      const nicename = attribute('nicename') ?? '';
      item.size += domain.length + nicename.length + 64;
      this.begin((text) => item.terms.push({ domain, nicename, name: text.trim() }));
    } else if (name === 'wp:postmeta') {
      this.meta = { key: '', value: '' };
    } else if (name === 'wp:comment') {
      this.comment = this.options.whole ? new Map() : null;
    } else if (name !== 'description' && (this.options.whole || name !== 'content:encoded')) {
      this.keep(name, item.fields);
    }
  }

  private openMeta(name: string, meta: { key: string; value: string }): void {
    if (name === 'wp:meta_key') this.begin((text) => (meta.key = text.trim()));
    const wanted = meta.key === '' || this.options.metaKeys.has(meta.key);
    if (name === 'wp:meta_value' && wanted) this.begin((text) => (meta.value = text));
  }

  private closeGroup(item: OpenItem): void {
    if (this.comment) item.comments.push(this.comment);
    if (this.meta && this.options.metaKeys.has(this.meta.key)) {
      const values = item.meta.get(this.meta.key);
      if (values) values.push(this.meta.value);
      else item.meta.set(this.meta.key, [this.meta.value]);
    }
    if (this.comment || this.meta) item.size += 256;
    this.comment = null;
    this.meta = null;
  }

  private keep(name: string, into: Map<string, string>): void {
    const asItStands = bodyFields.has(name) || name === 'wp:comment_content';
    this.begin((text, nested) => {
      if (nested && name === 'content:encoded' && this.item) {
        this.item.flaw =
          'has elements in its body outside CDATA, so that the body cannot be told from the file around it';
      }
      if (!into.has(name)) into.set(name, asItStands ? text : text.trim());
    });
  }

  private begin(done: (text: string, nested: boolean) => void): void {
    const capture: Capture = { depth: this.depth, text: '', nested: false, done: (text) => done(text, capture.nested) };
    this.capture = capture;
  }
}

function isDeclaration(name: string): name is WxrDeclaration['part'] {
  return declarations.includes(name);
}
