import { SaxesParser } from 'saxes';

/** An element as a reader that knows namespaces sees it. */
export interface XmlElement {
  /** The name with the prefix these tests know the namespace by: `dc:creator`; none for the document's own vocabulary. */
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** The characters directly in it. */
  text: string;
}

const prefixes: Record<string, string> = {
  '': '',
  'http://www.w3.org/2005/Atom': 'atom:',
  'http://purl.org/rss/1.0/modules/content/': 'content:',
  'http://purl.org/dc/elements/1.1/': 'dc:',
  'http://search.yahoo.com/mrss/': 'media:',
  'http://purl.org/atompub/tombstones/1.0': 'at:',
  'http://www.sitemaps.org/schemas/sitemap/0.9': '',
  'http://www.google.com/schemas/sitemap-news/0.9': 'news:',
};

/** The root of a document. Throws where it is not well-formed, or has a namespace that no feed of ours should. */
export function parsedXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    const prefix = prefixes[uri];
    if (prefix === undefined) throw new Error(`<${local}> is of the namespace ${uri}, which no feed has`);
    const element: XmlElement = { name: prefix + local, attributes: {}, children: [], text: '' };
    for (const [name, { value }] of Object.entries(attributes)) {
      if (!name.startsWith('xmlns')) element.attributes[name] = value;
    }
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', (characters) => {
    const element = open.at(-1);
    if (element) element.text += characters;
  });
  parser.write(text).close();
  const [root] = document.children;
  if (!root) throw new Error('the document is empty');
  return root;
}

export const all = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

export function only(element: XmlElement, name: string): XmlElement {
  const found = all(element, name);
  if (found.length !== 1 || !found[0]) throw new Error(`<${element.name}> has ${found.length} of <${name}>`);
  return found[0];
}

export const textsOf = (element: XmlElement, name: string): string[] => all(element, name).map(({ text }) => text);
