import type { BlockContent, ListItem, Passage } from './block-types.js';
import { playerAt } from './embeds.js';
import { htmlOfNodes } from './serialise.js';
import { creditOf } from './source-line.js';
import { spansOf, textOfSpans } from './spans.js';
import { type BodyElement, type BodyNode, charactersOf, firstElement, numberProperty, textProperty } from './tree.js';

export function passageOf(nodes: readonly BodyNode[]): Passage {
  const spans = spansOf(nodes);
  return { text: textOfSpans(spans), spans, html: htmlOfNodes(nodes).trim() };
}

/** The pictures in nodes, each a block of its own; the caption of several goes with the last, after which it is read. */
export function picturesIn(nodes: readonly BodyNode[], caption: string | null): BlockContent[] {
  const found: BodyElement[] = [];
  collect(nodes);
  return found.map((picture, index) => ({
    type: 'image',
    url: textProperty(picture, 'src') ?? '',
    alt: textProperty(picture, 'alt') ?? '',
    ...(caption !== null && index === found.length - 1 ? creditOf(caption) : { caption: null, credit: null }),
    width: numberProperty(picture, 'width'),
    height: numberProperty(picture, 'height'),
  }));

  function collect(within: readonly BodyNode[]): void {
    for (const node of within) {
      if (node.type === 'text') continue;
      if (node.tagName === 'img') found.push(node);
      else collect(node.children);
    }
  }
}

const isPicture = ({ tagName }: BodyElement): boolean => tagName === 'img';

export const withoutPictures = (nodes: readonly BodyNode[]): BodyNode[] =>
  nodes.flatMap((node): BodyNode[] => {
    if (node.type === 'text' || !firstElement([node], isPicture)) return [node];
    return isPicture(node) ? [] : [{ ...node, children: withoutPictures(node.children) }];
  });

/** A player, a video or a sound. */
export function embedIn(frame: BodyElement, caption: string | null): BlockContent {
  const url = textProperty(frame, 'src') ?? '';
  return {
    type: 'embed',
    provider:
      frame.tagName === 'iframe' ? (playerAt(url)?.provider ?? '') : frame.tagName === 'video' ? 'Video' : 'Audio',
    url,
    title: textProperty(frame, 'title'),
    caption,
    html: htmlOfNodes([frame]),
  };
}

export function listing(block: BodyElement): { language: string | null; text: string } {
  const code = firstElement(block.children, ({ tagName }) => tagName === 'code');
  const names = code?.properties['className'];
  const name = Array.isArray(names) ? names.find((candidate) => candidate.startsWith('language-')) : undefined;
  return { language: name?.slice('language-'.length) ?? null, text: linesOf(block).replace(/\n$/, '') };
}

const linesOf = (node: BodyNode): string => {
  if (node.type === 'text') return node.value;
  return node.tagName === 'br' ? '\n' : node.children.map(linesOf).join('');
};

const lists = new Set(['ul', 'ol', 'dl']);
const isList = (node: BodyNode): node is BodyElement => node.type === 'element' && lists.has(node.tagName);

/** The items of a list and of the lists within them, in the order of reading. */
export function listItemsOf(list: BodyElement, depth = 0): ListItem[] {
  return list.children.flatMap((item): ListItem[] => {
    if (item.type === 'text') return [];
    const own = item.children.filter((node) => !isList(node));
    const passage = passageOf(withoutPictures(own));
    // A definition stands below its term.
    const at = depth + (item.tagName === 'dd' ? 1 : 0);
    const ordered = list.tagName === 'ol';
    const inner = item.children.filter(isList).flatMap((within) => listItemsOf(within, depth + 1));
    return passage.text === '' ? inner : [{ ...passage, depth: at, ordered }, ...inner];
  });
}

interface Row {
  cells: Passage[];
  isHeader: boolean;
}

/** The rows of a table. The first is its header if it stands in a `thead` or has header cells only. */
export function rowsOf(table: BodyElement): { header: Passage[] | null; rows: Passage[][] } {
  const rows: Row[] = [];
  for (const section of table.children) {
    if (section.type === 'text' || section.tagName === 'caption') continue;
    for (const row of section.children) {
      if (row.type === 'text' || row.tagName !== 'tr') continue;
      const cells = row.children.filter((cell) => cell.type === 'element');
      const isHeader =
        section.tagName === 'thead' || (cells.length > 0 && cells.every(({ tagName }) => tagName === 'th'));
      rows.push({ cells: cells.map(({ children }) => passageOf(children)), isHeader });
    }
  }
  const [first] = rows;
  const header = first?.isHeader ? first.cells : null;
  return { header, rows: (header ? rows.slice(1) : rows).map(({ cells }) => cells) };
}

/** Whether there is a letter, or any sign that shows, below the nodes. */
export const hasWords = (nodes: readonly BodyNode[]): boolean => nodes.some((node) => /\S/.test(charactersOf(node)));
