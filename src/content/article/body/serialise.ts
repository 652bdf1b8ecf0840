import { voidElements } from './elements.js';
import type { BodyElement, BodyNode, BodyTree } from './tree.js';

const attributeNames: Readonly<Record<string, string>> = { className: 'class' };

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\u00a0': '&nbsp;',
};
const replacement = (character: string): string => replacements[character] ?? character;

const escapedText = (value: string): string =>
  /[&<>\u00a0]/.test(value) ? value.replace(/[&<>\u00a0]/g, replacement) : value;
const escapedAttribute = (value: string): string =>
  /[&<>"\u00a0]/.test(value) ? value.replace(/[&<>"\u00a0]/g, replacement) : value;

function attributesOf({ properties }: BodyElement): string {
  let result = '';
  for (const name in properties) {
    const value = properties[name];
    if (value === undefined || value === false) continue;
    const text = value === true ? '' : Array.isArray(value) ? value.join(' ') : String(value);
    result += ` ${attributeNames[name] ?? name.toLowerCase()}="${escapedAttribute(text)}"`;
  }
  return result;
}

/** HTML of nodes as browsers write it (HTML, section 13.3, "Serializing HTML fragments"). */
export function htmlOfNodes(nodes: readonly BodyNode[]): string {
  let result = '';
  for (const node of nodes) {
    if (node.type === 'text') {
      result += escapedText(node.value);
      continue;
    }
    const { tagName, children } = node;
    result += `<${tagName}${attributesOf(node)}>`;
    if (voidElements.has(tagName)) continue;
    // A reader drops the first line break of a `pre`: one more keeps the one that is meant.
    const first = children[0];
    if (tagName === 'pre' && startsWithBreak(first)) result += '\n';
    result += `${htmlOfNodes(children)}</${tagName}>`;
  }
  return result;
}

const startsWithBreak = (node: BodyNode | undefined): boolean => node?.type === 'text' && node.value.startsWith('\n');

/** The HTML of a body: what is stored, and what readers get. */
export const htmlOf = (tree: BodyTree): string => htmlOfNodes(tree.children);
