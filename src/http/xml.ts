export type XmlAttributes = Readonly<Record<string, string | number | null | undefined>>;

/** What XML 1.0 section 2.2 forbids in any spelling, and halves of surrogate pairs, which UTF-8 cannot carry. */
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const reference = (character: string): string => references[character] ?? character;

// `>` too, so that no text holds `]]>` (section 2.4); a line break as a reference in attributes, where it would be read as a blank.
const escapedText = (text: string): string => text.replace(forbidden, '').replace(/[&<>\r]/g, reference);
const escapedValue = (text: string): string => text.replace(forbidden, '').replace(/[&<>"\t\n\r]/g, reference);

/**
 * Writes XML 1.0 piece by piece, well-formed whatever the text holds. Names of elements and attributes are the program's own
 * and are not checked.
 */
export class XmlWriter {
  readonly #open: string[] = [];
  #text = '<?xml version="1.0" encoding="UTF-8"?>\n';

  /** Begins an element; what follows, up to {@link close}, is inside it. */
  open(name: string, attributes: XmlAttributes = {}): this {
    this.#text += `<${name}${written(attributes)}>`;
    this.#open.push(name);
    return this;
  }

  /** Ends the element begun last. */
  close(): this {
    const name = this.#open.pop();
    if (name === undefined) throw new Error('no element is open');
    this.#text += `</${name}>`;
    return this;
  }

  /** An element that holds text alone; nothing at all where there is no text. */
  leaf(name: string, text: string | null | undefined, attributes: XmlAttributes = {}): this {
    if (text !== null && text !== undefined)
      this.#text += `<${name}${written(attributes)}>${escapedText(text)}</${name}>`;
    return this;
  }

  /** An element that says all in its attributes. */
  empty(name: string, attributes: XmlAttributes): this {
    this.#text += `<${name}${written(attributes)}/>`;
    return this;
  }

  /** The document, once every element is closed. */
  toString(): string {
    if (this.#open.length > 0) throw new Error(`<${this.#open.at(-1)}> is still open`);
    return `${this.#text}\n`;
  }
}

function written(attributes: XmlAttributes): string {
  let text = '';
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) text += ` ${name}="${escapedValue(String(value))}"`;
  }
  return text;
}
