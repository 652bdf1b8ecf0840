/** A run of characters, as read: nothing in it is markup. */
export interface BodyText {
  type: 'text';
  value: string;
}

export type Property = string | number | boolean | string[];

export interface BodyElement {
  type: 'element';
  tagName: string;
  properties: Record<string, Property>;
  children: BodyNode[];
}

export type BodyNode = BodyText | BodyElement;

/** A sanitised body as a syntax tree (hast): plain JSON, without positions. It is kept, and every form of the body is read from it. */
export interface BodyTree {
  type: 'root';
  children: BodyNode[];
}

export const element = (
  tagName: string,
  properties: Record<string, Property> = {},
  children: BodyNode[] = [],
): BodyElement => ({ type: 'element', tagName, properties, children });

export const text = (value: string): BodyText => ({ type: 'text', value });

/** Adds `node` to `nodes`; text that meets text becomes one, as it would when the HTML is read again. */
export function append(nodes: BodyNode[], node: BodyNode): void {
  const last = nodes.at(-1);
  if (node.type !== 'text') nodes.push(node);
  else if (last?.type === 'text') last.value += node.value;
  else if (node.value !== '') nodes.push(text(node.value));
}

export const joined = (nodes: Iterable<BodyNode>): BodyNode[] => {
  const result: BodyNode[] = [];
  for (const node of nodes) append(result, node);
  return result;
};

export const isBlank = (node: BodyNode): boolean => node.type === 'text' && !/[^\t\n\f\r ]/.test(node.value);

/** The first element that `matches`, in the order of reading. */
export function firstElement(
  nodes: readonly BodyNode[],
  matches: (node: BodyElement) => boolean,
): BodyElement | undefined {
  for (const node of nodes) {
    if (node.type !== 'element') continue;
    const found = matches(node) ? node : firstElement(node.children, matches);
    if (found) return found;
  }
  return undefined;
}

/** The characters below `node`, and nothing of its structure. */
export const charactersOf = (node: BodyNode): string =>
  node.type === 'text' ? node.value : node.children.map(charactersOf).join('');

/** A property that is text, or nothing. */
export const textProperty = ({ properties }: BodyElement, name: string): string | null => {
  const value = properties[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A property that is a number, or nothing. */
export const numberProperty = ({ properties }: BodyElement, name: string): number | null => {
  const value = properties[name];
  return typeof value === 'number' ? value : null;
};
