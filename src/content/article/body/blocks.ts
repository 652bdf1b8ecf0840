import { createHash } from 'node:crypto';
import {
  embedIn,
  hasWords,
  listing,
  listItemsOf,
  passageOf,
  picturesIn,
  rowsOf,
  withoutPictures,
} from './block-parts.js';
import type { Block, BlockContent } from './block-types.js';
import { runsOf } from './paragraphs.js';
import { htmlOfNodes } from './serialise.js';
import { textOfNodes } from './text.js';
import { type BodyElement, type BodyNode, type BodyTree, isBlank, numberProperty, textProperty } from './tree.js';

/** A body as blocks that a phone can lay out without HTML. The same body always gives the same ids. */
export function blocksOf(tree: BodyTree): Block[] {
  const seen = new Map<string, number>();
  return contentsOf(tree.children).map((content): Block => {
    // Of what is shown, not of the HTML: a store may give attributes back in another order.
    const shown = JSON.stringify(content, (key, value: unknown) => (key === 'html' ? undefined : value));
    const hash = createHash('sha256').update(shown).digest('base64url').slice(0, 12);
    const earlier = seen.get(hash) ?? 0;
    seen.set(hash, earlier + 1);
    return { id: `${hash}-${earlier + 1}`, ...content };
  });
}

const contentsOf = (nodes: readonly BodyNode[]): BlockContent[] =>
  [...runsOf(nodes)].flatMap((part) => ('block' in part ? blockContents(part.block) : lineContents(part.run)));

/** A line of text: its pictures, which stand alone on a phone, then its words. */
function lineContents(nodes: readonly BodyNode[], caption: string | null = null): BlockContent[] {
  const pictures = picturesIn(nodes, caption);
  if (!hasWords(nodes)) return pictures;
  return [...pictures, { type: 'paragraph', ...passageOf(pictures.length > 0 ? withoutPictures(nodes) : nodes) }];
}

function blockContents(block: BodyElement): BlockContent[] {
  const { tagName, children } = block;
  switch (tagName) {
    case 'p':
      return lineContents(children);
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6': {
      const pictures = picturesIn(children, null);
      if (!hasWords(children)) return pictures;
      return [
        ...pictures,
        { type: 'heading', level: Number(tagName.slice(1)), ...passageOf(withoutPictures(children)) },
      ];
    }
    case 'blockquote':
      return quote(block);
    case 'ul':
    case 'ol':
    case 'dl':
      return list(block);
    case 'figure':
      return figure(block);
    case 'iframe':
    case 'video':
    case 'audio':
      return [embedIn(block, null)];
    case 'pre':
      return [{ type: 'code', ...listing(block) }];
    case 'table':
      return [table(block)];
    case 'hr':
      return [{ type: 'divider' }];
    default:
      return contentsOf(children);
  }
}

/** A list as items, each with its depth. Pictures and players in it follow it. */
function list(block: BodyElement): BlockContent[] {
  const { tagName, children } = block;
  const shown = shownIn(children);
  const items = listItemsOf(block);
  if (items.length === 0) return shown;
  const text = items.map((item) => item.text).join('\n');
  const start = numberProperty(block, 'start') ?? 1;
  return [{ type: 'list', ordered: tagName === 'ol', start, text, items, html: htmlOfNodes([block]) }, ...shown];
}

function quote(block: BodyElement): BlockContent[] {
  const cites = block.children.filter(isCite);
  const quoted = block.children.filter((node) => !cites.includes(node));
  const shown = shownIn(quoted);
  if (!hasWords(quoted)) return shown;
  const cite = textOfNodes(cites).replace(/^[\s—–-]+/, '') || null;
  const passage = passageOf(withoutPictures(withoutBlankEnds(quoted)));
  return [{ type: 'quote', ...passage, cite, url: textProperty(block, 'cite') }, ...shown];
}

/** Whether a child of a quotation says who is quoted: a `cite`, alone or alone in its paragraph. */
const isCite = (node: BodyNode): boolean =>
  node.type === 'element' &&
  (node.tagName === 'cite' ||
    (node.tagName === 'p' &&
      hasWords(node.children) &&
      node.children.every((child) => isBlank(child) || isCite(child))));

function withoutBlankEnds(nodes: readonly BodyNode[]): BodyNode[] {
  const first = nodes.findIndex((node) => !isBlank(node));
  const last = nodes.findLastIndex((node) => !isBlank(node));
  return nodes.slice(first, last + 1);
}

/** The pictures and players within a block that is given as text. */
const shownIn = (nodes: readonly BodyNode[]): BlockContent[] =>
  contentsOf(nodes).filter(({ type }) => type === 'image' || type === 'embed');

function table(block: BodyElement): BlockContent {
  const caption = block.children.find((node) => node.type === 'element' && node.tagName === 'caption');
  return {
    type: 'table',
    caption: (caption && textOfNodes([caption])) || null,
    ...rowsOf(block),
    html: htmlOfNodes([block]),
  };
}

const frames = new Set(['iframe', 'video', 'audio']);

/** What a figure shows, each with the caption it is to bear; a caption that nothing bears follows as text. */
function figure({ children }: BodyElement): BlockContent[] {
  const figcaption = children.find(
    (node): node is BodyElement => node.type === 'element' && node.tagName === 'figcaption',
  );
  const caption = (figcaption && textOfNodes(figcaption.children)) || null;
  let isBorne = false;
  const bearing = (contents: BlockContent[]): BlockContent[] => {
    isBorne ||= contents.some(({ type }) => type === 'image' || type === 'embed');
    return contents;
  };
  const contents = [...runsOf(children.filter((node) => node !== figcaption))].flatMap((part) => {
    if ('run' in part) return bearing(lineContents(part.run, caption));
    if (part.block.tagName === 'p') return bearing(lineContents(part.block.children, caption));
    return frames.has(part.block.tagName) ? bearing([embedIn(part.block, caption)]) : blockContents(part.block);
  });
  return figcaption && !isBorne ? [...contents, ...contentsOf(figcaption.children)] : contents;
}
