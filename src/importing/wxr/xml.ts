import { SaxesParser, type SaxesTagNS } from 'saxes';
import { BrokenFile } from '../records.js';

/** What the reader of a document is told, names in the prefixes WordPress itself uses, whatever the file calls them. */
export interface XmlHandler {
  open(name: string, attribute: (name: string) => string | undefined, line: number): void;
  text(text: string): void;
  close(name: string): void;
}

export interface XmlLimits {
  /** Elements within elements. An export has 6. */
  depth: number;
  /** Characters of one run of text, one tag or one comment: the parser holds it whole. */
  run: number;
}

/**
 * Reads XML piece by piece. No entity is known but the five of XML 1.0 (section 4.6), nothing outside the file is fetched,
 * and a document that declares entities is refused. Throws {@link BrokenFile}.
 */
export class XmlFeed {
  /** Characters that XML 1.0 (section 2.2) forbids and that were left out. */
  forbidden = 0;
  private readonly parser = new SaxesParser({ xmlns: true, resolvePrefix: (prefix: string) => usualNamespace(prefix) });
  private readonly prefixes = new Map<string, string>();
  private depth = 0;
  private lastEvent = 0;
  /** Line of the last tag: where to look for what swallowed the rest. */
  private lastTagLine = 1;
  private begun = false;
  private linesBefore = 0;

  constructor(
    private readonly handler: XmlHandler,
    private readonly limits: XmlLimits,
  ) {
    const { parser } = this;
    parser.on('error', (error) => this.weigh(error));
    parser.on('doctype', (doctype) => this.refuseEntities(doctype));
    parser.on('opentag', (tag) => this.opened(tag));
    parser.on('closetag', (tag) => {
      this.lastEvent = parser.position;
      this.lastTagLine = this.line;
      this.depth -= 1;
      handler.close(this.nameOf(tag));
    });
    const text = (characters: string) => {
      this.lastEvent = parser.position;
      if (this.depth > 0) handler.text(characters);
    };
    parser.on('text', text);
    parser.on('cdata', text);
    // No further handlers: one property more on the parser than V8 keeps in its fast form makes all of it 3 times slower.
  }

  /** 1-based line of the file that is being read. */
  get line(): number {
    return this.parser.line + this.linesBefore;
  }

  /** 1-based column in it. */
  get column(): number {
    return this.parser.column + 1;
  }

  write(piece: string): void {
    const characters = this.cleaned(this.begun ? piece : this.withoutLeadingBlanks(piece));
    if (characters === '') return;
    this.parser.write(characters);
    if (this.parser.position - this.lastEvent > this.limits.run) {
      this.broken(
        `A text, tag or comment here is longer than ${this.limits.run} characters, the most that is read at once`,
      );
    }
  }

  end(): void {
    this.parser.close();
  }

  /** Blank lines before the declaration, left there by some plugin, are the commonest flaw of exports; they harm nobody. */
  private withoutLeadingBlanks(piece: string): string {
    const start = piece.trimStart();
    this.linesBefore += piece.slice(0, piece.length - start.length).split('\n').length - 1;
    this.begun = start !== '';
    return start;
  }

  private cleaned(piece: string): string {
    return piece.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, (character) => {
      this.forbidden += 1;
      return character === '\u000B' || character === '\u000C' ? ' ' : '';
    });
  }

  private opened(tag: SaxesTagNS): void {
    this.lastEvent = this.parser.position;
    this.lastTagLine = this.line;
    this.depth += 1;
    if (this.depth > this.limits.depth) this.broken(`Elements lie more than ${this.limits.depth} deep here`);
    this.handler.open(this.nameOf(tag), (name) => tag.attributes[name]?.value, this.line);
  }

  private nameOf({ uri, local }: SaxesTagNS): string {
    if (uri === '') return local;
    let prefix = this.prefixes.get(uri);
    if (prefix === undefined) {
      prefix = usualPrefix(uri);
      if (this.prefixes.size < 100) this.prefixes.set(uri, prefix);
    }
    return `${prefix}:${local}`;
  }

  private refuseEntities(doctype: string): void {
    this.lastEvent = this.parser.position;
    if (doctype.includes('[')) {
      this.broken(
        'The file declares its own entities in the DOCTYPE that ends here, which no export does and which is not read',
      );
    }
  }

  private weigh({ message }: Error): void {
    const flaw = message.replace(/^(?:\d+:\d+: )/, '').replace(/\.$/, '');
    if (!forgivable.has(flaw)) this.broken(worded(flaw, this.lastTagLine));
  }

  private broken(message: string): never {
    throw new BrokenFile(`${message} (line ${this.line}, column ${this.column}).`, this.line, this.column);
  }
}

/** What saxes reports though it has already read on with the characters as they stand. */
const forgivable = new Set([
  'undefined entity',
  'empty entity name',
  'malformed comment',
  'the string "]]>" is disallowed in char data',
]);

function worded(flaw: string, lastTagLine: number): string {
  const unclosed = /^unclosed tag: (.*)$/.exec(flaw)?.[1];
  if (unclosed !== undefined)
    return `The file ends inside <${unclosed}>, its last tag on line ${lastTagLine}: it was cut short`;
  if (flaw === 'unexpected end') return 'The file ends in the middle of a tag: it was cut short';
  if (flaw === 'document must contain a root element') return 'The file holds no XML element';
  if (flaw === 'disallowed character in entity name') {
    return `After the tag on line ${lastTagLine} stands an "&" that is not written "&amp;"; it was read up to the ";" here`;
  }
  return `The XML is broken here: ${flaw}`;
}

function usualPrefix(uri: string): string {
  const part = /^https?:\/\/wordpress\.org\/export\/[^/]*\/?(excerpt)?\/?$/.exec(uri);
  if (part) return part[1] ?? 'wp';
  if (/^https?:\/\/purl\.org\/rss\/1\.0\/modules\/content\/?$/.test(uri)) return 'content';
  if (/^https?:\/\/purl\.org\/dc\/elements\/1\.1\/?$/.test(uri)) return 'dc';
  return 'other';
}

const usualNamespaces = new Map(
  Object.entries({
    wp: 'http://wordpress.org/export/1.2/',
    excerpt: 'http://wordpress.org/export/1.2/excerpt/',
    content: 'http://purl.org/rss/1.0/modules/content/',
    dc: 'http://purl.org/dc/elements/1.1/',
  }),
);

/** The namespace of a prefix that the file forgot to declare, as hand-joined exports do. */
function usualNamespace(prefix: string): string | undefined {
  if (prefix === '') return undefined; // asked for names without a prefix too
  return usualNamespaces.get(prefix) ?? `urn:undeclared:${prefix}`;
}
