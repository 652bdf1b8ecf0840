import { type BodyElement, type BodyNode, type BodyTree, element, text, textProperty } from '../article/body/tree.js';

/** The properties that hold an address (HTML, "Attributes"), as far as a body has them. */
const addressProperties = ['href', 'src', 'cite', 'poster'];

const hasScheme = /^[a-z][a-z\d+.-]*:/i;

/** The tree with every address whole, as seen from the piece at `url`: a feed is read far from its page. */
export function absolute(tree: BodyTree, url: string): BodyTree {
  return mapped(tree, (node) => {
    const properties = { ...node.properties };
    for (const name of addressProperties) {
      const address = properties[name];
      if (typeof address !== 'string' || hasScheme.test(address) || !URL.canParse(address, url)) continue;
      properties[name] = new URL(address, url).href;
    }
    return { ...node, properties };
  });
}

/** The tree with a link in place of each player: readers of feeds drop frames without a word. */
export const withLinkedFrames = (tree: BodyTree): BodyTree =>
  mapped(tree, (node) => {
    const address = node.tagName === 'iframe' ? textProperty(node, 'src') : null;
    if (address === null) return node;
    return element('p', {}, [element('a', { href: address }, [text(textProperty(node, 'title') ?? address)])]);
  });

function mapped(tree: BodyTree, change: (node: BodyElement) => BodyElement): BodyTree {
  const below = (nodes: readonly BodyNode[]): BodyNode[] =>
    nodes.map((node) => {
      if (node.type === 'text') return node;
      const changed = change(node);
      return { ...changed, children: below(changed.children) };
    });
  return { type: 'root', children: below(tree.children) };
}
