import type { BodyElement, BodyNode, BodyTree } from './tree.js';

const pictures = new Set(['img', 'picture', 'svg']);

const isPicture = ({ tagName }: BodyElement): boolean => pictures.has(tagName);

const holdsPicture = (node: BodyNode): boolean =>
  node.type === 'element' && (isPicture(node) || node.children.some(holdsPicture));

/** The body without its pictures: a figure goes with its caption, which has nothing to stand under; a link around one goes too. */
export const withoutPictures = (tree: BodyTree): BodyTree => ({ type: 'root', children: keptOf(tree.children) });

function keptOf(nodes: readonly BodyNode[]): BodyNode[] {
  return nodes.flatMap((node): BodyNode[] => {
    if (node.type === 'text') return [node];
    if (isPicture(node) || (node.tagName === 'figure' && holdsPicture(node))) return [];
    const children = keptOf(node.children);
    const isEmptied = children.length === 0 && node.children.length > 0;
    if (isEmptied) return [];
    const { poster: _, ...properties } = node.properties;
    return [{ ...node, properties, children }];
  });
}
