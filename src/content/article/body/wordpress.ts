import { resourceAddress } from './addresses.js';
import { playerFrame, playerOfPage } from './embeds.js';
import type { Notes } from './notes.js';
import { type BodyElement, type BodyNode, element, isBlank, text } from './tree.js';

/** Whether the block editor wrote a body: its comments stand around each block, and its line breaks mean nothing. */
export const hasBlockComments = (html: string): boolean => /<!--\s*wp:[a-z]/.test(html);

/** Blocks that show nothing of their own. */
const silent = new Set([
  'more',
  'nextpage',
  'spacer',
  'separator',
  'paragraph',
  'group',
  'column',
  'columns',
  'html',
  'freeform',
]);

/**
 * What a block comment stands for when it is all there is of its block, such as `<!-- wp:embed {"url":…} /-->`.
 * A block that WordPress fills when it is shown has nothing in the body, and is noted.
 */
export function commentBlock(comment: string, notes: Notes): BodyElement | null {
  const match = /^\s*wp:(\S+)\s*([^]*)$/.exec(comment);
  const name = match?.[1];
  const rest = match?.[2]?.trimEnd() ?? '';
  if (name === undefined || !rest.endsWith('/')) return null;
  const address = /^(?:core-)?embed(?:\/|$)/.test(name) ? urlIn(rest.slice(0, -1)) : null;
  if (address !== null) return element('figure', {}, [playerOrLink(address)]);
  if (!silent.has(name)) notes.add(`block ${name.slice(0, 60)} left out`);
  return null;
}

function urlIn(json: string): string | null {
  try {
    const attributes: unknown = JSON.parse(json);
    if (typeof attributes !== 'object' || attributes === null || !('url' in attributes)) return null;
    return typeof attributes.url === 'string' ? resourceAddress(attributes.url) : null;
  } catch {
    return null;
  }
}

/** The player of a page, or a link to it where its provider is not on the list. */
export function playerOrLink(address: string): BodyElement {
  const player = playerOfPage(address);
  if (player) return playerFrame(player);
  return element('p', {}, [element('a', { href: address }, [text(address)])]);
}

/** The content of an embed block: the bare address in it becomes what it stands for. */
export const embedFigure = (nodes: readonly BodyNode[]): BodyNode[] =>
  nodes.map((node) => {
    const written = node.type === 'text' ? node.value : onlyText(node);
    const address = written !== null && /^\s*https?:\/\/\S+\s*$/.test(written) ? resourceAddress(written.trim()) : null;
    return address === null || isBlank(node) ? node : playerOrLink(address);
  });

const onlyText = ({ tagName, children }: BodyElement): string | null =>
  tagName === 'p' && children.length === 1 && children[0]?.type === 'text' ? children[0].value : null;
