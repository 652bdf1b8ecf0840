import { defaultTreeAdapter, type DefaultTreeAdapterMap, html, Parser, type Token } from 'parse5';

export type ParsedNode = DefaultTreeAdapterMap['childNode'];
export type ParsedElement = DefaultTreeAdapterMap['element'];

/** Elements may be open this deep; what would open deeper is read as if its tag were not there. */
const deepest = 100;

/** Tags that never stay open, or whose content is no markup: to overlook them would show that content. */
const neverOverlooked = new Set(
  'area br col embed hr img input link meta param source track wbr script style title textarea iframe xmp noembed noframes plaintext'.split(
    ' ',
  ),
);

/**
 * The standard's parser with a bound on what it builds: a body of unclosed tags nests without end, and formatting that
 * was never closed is opened again in each paragraph, so that the tree can be thousands of times as large as the HTML.
 */
class BoundedParser extends Parser<DefaultTreeAdapterMap> {
  reopenings = 10_000;

  override onStartTag(token: Token.TagToken): void {
    if (this.openElements.stackTop < deepest || neverOverlooked.has(token.tagName)) super.onStartTag(token);
  }

  override _reconstructActiveFormattingElements(): void {
    const before = this.openElements.stackTop;
    super._reconstructActiveFormattingElements();
    this.reopenings -= this.openElements.stackTop - before;
    if (this.reopenings < 0) this.activeFormattingElements.clearToLastMarker();
  }
}

/** Looks from the end: a table, before which misplaced content is put, is among the last of its siblings. */
const treeAdapter: typeof defaultTreeAdapter = {
  ...defaultTreeAdapter,
  insertBefore(parent, node, reference) {
    parent.childNodes.splice(parent.childNodes.lastIndexOf(reference), 0, node);
    node.parentNode = parent;
  },
};

/** Reads HTML as a browser does for `innerHTML` of a `div` (HTML, section 13.4, "Parsing HTML fragments"). */
export function parsedFragment(source: string): ParsedNode[] {
  const context = treeAdapter.createElement('div', html.NS.HTML, []);
  const parser = BoundedParser.getFragmentParser(context, { treeAdapter, scriptingEnabled: false });
  parser.tokenizer.write(source, true);
  return parser.getFragment().childNodes;
}

export const isParsedElement = (node: ParsedNode): node is ParsedElement => 'tagName' in node;

export const attributeOf = (node: ParsedElement, name: string): string | undefined =>
  node.attrs.find((attribute) => attribute.name === name)?.value;

export const hasClass = (node: ParsedElement, ...names: string[]): boolean => {
  const classes = attributeOf(node, 'class')?.split(/\s+/) ?? [];
  return classes.some((name) => names.includes(name));
};

/** The characters below `node`. What the parser built is no deeper than a stack bears. */
export function parsedText(node: ParsedNode): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(parsedText).join('') : '';
}
