import { cleanCharacters } from './addresses.js';
import { pictureAddress, propertiesOf } from './attributes.js';
import {
  groupingElements,
  idempotentElements,
  inlineElements,
  removedElements,
  successorOf,
  tableParts,
  textBlocks,
} from './elements.js';
import { hasClass, isParsedElement, type ParsedElement, type ParsedNode } from './fragment.js';
import { frame, recording } from './frames.js';
import { asTyped, inParagraphs, isInline, playerOfLine } from './paragraphs.js';
import { deepestPlace, insideBlock, insideText, type Place, type Reading } from './reading.js';
import { definitionParts, listItems, quoteProperties, spreadInto, withLanguage } from './structure.js';
import { append, type BodyElement, type BodyNode, element, isBlank, text } from './tree.js';
import { commentBlock, embedFigure } from './wordpress.js';

/**
 * Makes of parsed nodes the nodes of a body. What it makes keeps to HTML's content models (a line of text holds no
 * block, a link no link, a list only items), so that its HTML, read again, gives the same tree.
 */
export function bodyNodesOf(nodes: readonly ParsedNode[], place: Place, reading: Reading): BodyNode[] {
  const result: BodyNode[] = [];
  for (const node of nodes) {
    if (isParsedElement(node)) {
      for (const made of elementsOf(node, place, reading)) append(result, made);
    } else if ('value' in node) {
      append(result, text(cleanCharacters(node.value)));
    } else if ('data' in node && reading.wordpress) {
      const block = commentBlock(node.data, reading.notes);
      if (block) for (const made of placed([block], place)) append(result, made);
    }
  }
  return result;
}

/** Blocks where they can stand; from within a line of text they go aside, to follow it. */
function placed(blocks: BodyNode[], { aside }: Place): BodyNode[] {
  if (aside === null) return blocks;
  for (const block of blocks) aside.push(block);
  return [];
}

function elementsOf(node: ParsedElement, place: Place, reading: Reading): BodyNode[] {
  const name = nameOf(node);
  const removed = removedElements.get(name);
  if (removed) {
    reading.notes.removed(removed);
    return [];
  }
  if (name === 'img') return picture(node, place, reading);
  if (name === 'br') return [element('br')];
  if (name === 'iframe') return frame(node, place, reading);
  if (name === 'video' || name === 'audio') return recording(node, name, place, reading);
  if (tableParts.get(place.parent)?.has(name)) return [tablePart(node, name, place, reading)];
  if (isPart(name, place.parent)) {
    return [
      element(
        name,
        propertiesOf(node, name, reading.notes),
        bodyNodesOf(node.childNodes, insideBlock(place, name), reading),
      ),
    ];
  }
  // Only here: what is begun, a list or a table, is finished.
  if (place.depth >= deepestPlace) return bodyNodesOf(node.childNodes, { ...place, parent: '' }, reading);
  if (inlineElements.has(name)) return inline(node, name, place, reading);
  if (textBlocks.has(name)) return textBlock(node, name, place, reading);
  if (groupingElements.has(name)) return group(node, place, reading);
  const block = blockOf(node, name, place, reading);
  return block ? placed(block, place) : bodyNodesOf(node.childNodes, place, reading);
}

function nameOf(node: ParsedElement): string {
  if (!node.namespaceURI.endsWith('xhtml')) return node.tagName === 'math' ? 'math' : 'svg';
  if (node.attrs.length > 0) {
    if (hasClass(node, 'wp-caption-text')) return 'figcaption';
    if (node.tagName === 'div' && hasClass(node, 'wp-caption')) return 'figure';
  }
  return successorOf.get(node.tagName) ?? node.tagName;
}

const isPart = (name: string, parent: string): boolean =>
  (name === 'li' && (parent === 'ul' || parent === 'ol')) ||
  ((name === 'dt' || name === 'dd') && parent === 'dl') ||
  (name === 'figcaption' && parent === 'figure');

function picture(node: ParsedElement, place: Place, { notes }: Reading): BodyNode[] {
  const src = pictureAddress(node);
  if (src === null) {
    notes.removed(['a picture without an http address', 'pictures without an http address']);
    return [];
  }
  // Where the address stood, so that what is clean already stays as it is.
  const properties = propertiesOf(node, 'img', notes);
  return [element('img', 'src' in properties ? { ...properties, src } : { src, ...properties })];
}

function inline(node: ParsedElement, name: string, place: Place, reading: Reading): BodyNode[] {
  const properties = propertiesOf(node, name, reading.notes);
  const isRepeated = place.inline.includes(name) && idempotentElements.has(name);
  const isWithoutMeaning =
    (name === 'a' && !('href' in properties) && !('id' in properties)) ||
    (name === 'span' && !('lang' in properties) && !('dir' in properties)) ||
    (name === 'b' &&
      node.attrs.some((attribute) => attribute.name === 'style' && /font-weight:\s*normal/.test(attribute.value)));
  if (isRepeated || isWithoutMeaning || place.inline.length >= 16) return bodyNodesOf(node.childNodes, place, reading);
  const inside = { ...place, parent: '', inline: [...place.inline, name], depth: place.depth + 1 };
  const children = bodyNodesOf(node.childNodes, inside, reading);
  const around = element(name, properties, children);
  return children.every(isInline) ? [around] : spreadInto(children, around, reading);
}

function textBlock(node: ParsedElement, name: string, place: Place, reading: Reading): BodyNode[] {
  if (place.aside !== null) return withinLine(bodyNodesOf(node.childNodes, place, reading));
  const aside: BodyNode[] = [];
  const children = bodyNodesOf(node.childNodes, insideText(place, aside), reading);
  if (reading.wordpress && name === 'p') {
    const player = playerOfLine(children);
    if (player) return place.inFigure ? player.children : [player];
  }
  const block = element(name, propertiesOf(node, name, reading.notes), children);
  return aside.length > 0 && children.every(isBlank) ? aside : [block, ...aside];
}

/** A block within a line of text leaves its words, set apart from the next. */
function withinLine(nodes: BodyNode[]): BodyNode[] {
  const last = nodes.at(-1);
  if (!last || (last.type === 'text' && /\s$/.test(last.value))) return nodes;
  return [...nodes, text(' ')];
}

const structures = new Set(['ul', 'ol', 'dl', 'table', 'tr']);

function group(node: ParsedElement, place: Place, reading: Reading): BodyNode[] {
  if (place.aside !== null) return withinLine(bodyNodesOf(node.childNodes, place, reading));
  if (structures.has(place.parent)) return bodyNodesOf(node.childNodes, place, reading);
  if (place.parent === 'figure' || hasClass(node, 'blocks-gallery-item')) {
    return bodyNodesOf(node.childNodes, { ...place, depth: place.depth + 1 }, reading);
  }
  const children = bodyNodesOf(node.childNodes, insideBlock(place, 'group'), reading);
  const blocks = reading.asTyped ? asTyped(children) : inParagraphs(children);
  return withLanguage(blocks, propertiesOf(node, 'div', reading.notes));
}

function tablePart(node: ParsedElement, name: string, place: Place, reading: Reading): BodyElement {
  const properties = propertiesOf(node, name, reading.notes);
  const parts = tableParts.get(name);
  const children = bodyNodesOf(node.childNodes, insideBlock(place, parts ? name : ''), reading);
  return element(name, properties, parts ? partsOnly(children, parts) : children);
}

const partsOnly = (nodes: BodyNode[], parts: ReadonlySet<string>): BodyNode[] =>
  nodes.filter((node) => (node.type === 'text' ? isBlank(node) : parts.has(node.tagName)));

/** A block that holds blocks, or nothing where the element is none. */
function blockOf(node: ParsedElement, name: string, place: Place, reading: Reading): BodyNode[] | null {
  const read = (parent: string) => bodyNodesOf(node.childNodes, insideBlock(place, parent), reading);
  const properties = propertiesOf(node, name, reading.notes);
  switch (name) {
    case 'hr':
      return [element('hr')];
    case 'blockquote': {
      const children = read('');
      const quoted = reading.asTyped ? asTyped(children) : children;
      return [element(name, quoteProperties(node, properties, quoted), quoted)];
    }
    case 'ul':
    case 'ol':
      // The list of an old gallery block holds figures, and is none.
      if (hasClass(node, 'blocks-gallery-grid')) return read('group');
      return [element(name, properties, listItems(read(name)))];
    case 'dl':
      return [element(name, properties, definitionParts(read(name)))];
    case 'table':
      return [element(name, properties, partsOnly(read(name), tableParts.get(name) ?? new Set()))];
    case 'figure':
      return figure(node, properties, read('figure'), reading);
    default:
      return null;
  }
}

function figure(
  node: ParsedElement,
  properties: BodyElement['properties'],
  children: BodyNode[],
  { wordpress }: Reading,
): BodyNode[] {
  if (hasClass(node, 'wp-block-pullquote')) return children;
  if (children.every(isBlank)) return [];
  const inner = wordpress && hasClass(node, 'wp-block-embed') ? embedFigure(children) : children;
  return [element('figure', properties, inner)];
}
