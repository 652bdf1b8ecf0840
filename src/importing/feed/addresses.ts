import { defaultTreeAdapter, serialize } from 'parse5';
import { isParsedElement, type ParsedNode, parsedFragment } from '../../content/article/body/fragment.js';

/** The attributes that hold an address (HTML, "Attributes"). */
const withAddress = new Set(['href', 'src', 'data-src', 'data-lazy-src', 'data-original', 'cite', 'poster']);

const hasScheme = /^\s*[a-z][a-z\d+.-]*:/i;

/** An address as seen from `base` (RFC 3986 section 5); as it stands where it is whole, or nothing is known to see it from. */
export function resolved(address: string, base: string | null): string {
  if (base === null || hasScheme.test(address) || !URL.canParse(address, base)) return address;
  return new URL(address, base).href;
}

/** Where the innermost of `bases` leads, the outermost first (XML Base section 4.2); null where none is an address. */
export function baseOf(...bases: readonly (string | null | undefined)[]): string | null {
  const base = bases.reduce<string | null>((outer, inner) => (inner ? resolved(inner, outer) : outer), null);
  return base !== null && /^https?:/i.test(base) && URL.canParse(base) ? base : null;
}

/** HTML with every address in it whole, as seen from `base`; places within the piece stay so. */
export function withWholeAddresses(html: string, base: string | null): string {
  if (base === null || !/\b(?:href|src|original|cite|poster)\s*=/i.test(html)) return html;
  const nodes = parsedFragment(html);
  // What has nothing to resolve stays letter for letter, so that a piece that came before is not taken for changed.
  if (!resolveIn(nodes, base)) return html;
  const whole = defaultTreeAdapter.createDocumentFragment();
  for (const node of nodes) defaultTreeAdapter.appendChild(whole, node);
  return serialize(whole);
}

/** Makes the addresses in a tree whole. Answers whether one was not. */
function resolveIn(nodes: readonly ParsedNode[], base: string): boolean {
  let isChanged = false;
  for (const node of nodes) {
    if (!isParsedElement(node)) continue;
    for (const attribute of node.attrs) {
      const { name, value } = attribute;
      if (!withAddress.has(name) || value === '' || value.startsWith('#')) continue;
      attribute.value = resolved(value, base);
      isChanged ||= attribute.value !== value;
    }
    isChanged = resolveIn(node.childNodes, base) || isChanged;
  }
  return isChanged;
}
