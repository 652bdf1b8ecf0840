import { textBlocks } from './elements.js';
import { hasClass, type ParsedElement } from './fragment.js';
import { isInline, runsOf } from './paragraphs.js';
import type { Reading } from './reading.js';
import { append, type BodyElement, type BodyNode, element, firstElement, isBlank, type Property } from './tree.js';

/** The children of an element that holds `parts` only: what stands between them becomes a `tagName`. */
function inParts(nodes: readonly BodyNode[], parts: ReadonlySet<string>, tagName: string): BodyNode[] {
  const result: BodyNode[] = [];
  let open: BodyElement | null = null;
  for (const node of nodes) {
    if (node.type === 'element' && parts.has(node.tagName)) {
      result.push(node);
      open = null;
    } else if (!open && isBlank(node)) {
      append(result, node);
    } else {
      if (!open) result.push((open = element(tagName)));
      append(open.children, node);
    }
  }
  return result;
}

const items = new Set(['li']);
const definitions = new Set(['dt', 'dd']);

export const listItems = (nodes: readonly BodyNode[]): BodyNode[] => inParts(nodes, items, 'li');
export const definitionParts = (nodes: readonly BodyNode[]): BodyNode[] => inParts(nodes, definitions, 'dd');

const holdBlocks = new Set('blockquote ul ol li dl dt dd figure figcaption'.split(' '));

/** Puts an inline element that was typed around blocks into each of them, around their text. */
export function spreadInto(nodes: readonly BodyNode[], around: BodyElement, reading: Reading): BodyNode[] {
  const result: BodyNode[] = [];
  for (const part of runsOf(nodes)) {
    if ('block' in part) result.push(spreadIntoBlock(part.block, around, reading));
    else for (const node of part.run.every(isBlank) ? part.run : wrapped(part.run, around, reading)) result.push(node);
  }
  return result;
}

function spreadIntoBlock(block: BodyElement, around: BodyElement, reading: Reading): BodyElement {
  const { tagName, children } = block;
  if (textBlocks.has(tagName)) {
    return children.every(isBlank) ? block : { ...block, children: wrapped(children, around, reading) };
  }
  return holdBlocks.has(tagName) ? { ...block, children: spreadInto(children, around, reading) } : block;
}

function wrapped(run: BodyNode[], { tagName, properties }: BodyElement, reading: Reading): BodyNode[] {
  const isSpent = tagName === 'a' && !('href' in properties) && !('id' in properties);
  if (isSpent || reading.repetitions <= 0 || !run.every(isInline)) return run;
  reading.repetitions -= 1;
  const made = element(tagName, { ...properties }, run);
  // An id names one place: the first.
  delete properties['id'];
  return [made];
}

const wordless = new Set(['hr', 'iframe', 'video', 'audio']);

/** Gives blocks the language and direction of the element that grouped them, where they have none of their own. */
export function withLanguage(nodes: BodyNode[], { lang, dir }: Record<string, Property>): BodyNode[] {
  if (lang === undefined && dir === undefined) return nodes;
  for (const node of nodes) {
    if (node.type === 'text' || wordless.has(node.tagName)) continue;
    node.properties = { ...(lang !== undefined && { lang }), ...(dir !== undefined && { dir }), ...node.properties };
  }
  return nodes;
}

const post = /^https:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/\w+\/status(?:es)?\/\d+/;

/** A quoted post of X is a quotation of the address in it. */
export function quoteProperties(
  node: ParsedElement,
  properties: Record<string, Property>,
  quoted: readonly BodyNode[],
): Record<string, Property> {
  if (!hasClass(node, 'twitter-tweet', 'twitter-video') || 'cite' in properties) return properties;
  const link = firstElement([...quoted].reverse(), ({ tagName, properties: { href } }) => {
    return tagName === 'a' && typeof href === 'string' && post.test(href);
  });
  const address = link?.properties['href'];
  return typeof address === 'string' ? { ...properties, cite: address.replace(/\?.*$/, '') } : properties;
}
