import { sanitize, type Schema } from 'hast-util-sanitize';
import { playerAt } from './embeds.js';
import type { BodyElement, BodyNode, BodyTree } from './tree.js';

const size = ['width', 'height'];
const span = ['colSpan', 'rowSpan'];

/** All that a body may hold. What it does not name is not in a body, whatever was typed. */
export const schema: Schema = {
  tagNames:
    'a abbr audio b blockquote br caption cite code col colgroup dd del dl dt em figcaption figure h2 h3 h4 h5 h6 hr i iframe img ins kbd li mark ol p pre q s small span strong sub sup table tbody td tfoot th thead time tr u ul video'.split(
      ' ',
    ),
  attributes: {
    '*': ['lang', ['dir', 'ltr', 'rtl', 'auto'], ['id', /^user-content-[\w:.-]+$/]],
    a: ['href', 'title'],
    abbr: ['title'],
    audio: ['src', 'title', ['controls', true], ['preload', 'none']],
    blockquote: ['cite'],
    code: [['className', /^language-./]],
    col: ['span'],
    colgroup: ['span'],
    del: ['cite', 'dateTime'],
    iframe: [
      ['src', /^https:\/\//],
      'title',
      ...size,
      ['allowFullScreen', true],
      ['loading', 'lazy'],
      ['referrerPolicy', 'strict-origin-when-cross-origin'],
    ],
    img: [['src', /^https?:\/\//], 'alt', 'title', ...size],
    ins: ['cite', 'dateTime'],
    li: ['value'],
    ol: ['start', ['reversed', true], ['type', '1', 'a', 'A', 'i', 'I']],
    q: ['cite'],
    td: span,
    th: [...span, ['scope', 'row', 'col', 'rowgroup', 'colgroup']],
    time: ['dateTime'],
    video: [['src', /^https?:\/\//], 'poster', 'title', ...size, ['controls', true], ['preload', 'none']],
  },
  ancestors: {
    caption: ['table'],
    col: ['table'],
    colgroup: ['table'],
    dd: ['dl'],
    dt: ['dl'],
    figcaption: ['figure'],
    li: ['ul', 'ol'],
    tbody: ['table'],
    td: ['table'],
    tfoot: ['table'],
    th: ['table'],
    thead: ['table'],
    tr: ['table'],
  },
  protocols: {
    cite: ['http', 'https'],
    href: ['http', 'https', 'mailto', 'tel'],
    poster: ['http', 'https'],
    src: ['http', 'https'],
  },
  // Ids are let through with the prefix only; see `attributes`.
  clobber: [],
  required: {},
  strip: ['script', 'style', 'template', 'noscript', 'svg', 'math', 'object', 'embed', 'textarea', 'title', 'iframe'],
  allowComments: false,
  allowDoctypes: false,
};

/** The tree with nothing in it but what {@link schema} names, and frames of listed providers only. */
export function sanitised(tree: BodyTree): BodyTree {
  const clean = sanitize(tree, schema);
  return { type: 'root', children: clean.type === 'root' ? bodyNodes(clean.children) : [] };
}

/** What comes out of `sanitize` has text and elements only, for everything else is refused by the schema. */
function bodyNodes(nodes: readonly unknown[]): BodyNode[] {
  return nodes.filter(isBodyNode);
}

function isBodyNode(node: unknown): node is BodyNode {
  if (typeof node !== 'object' || node === null || !('type' in node)) return false;
  if (node.type === 'text') return true;
  return node.type === 'element' && framesAreListed(node as BodyElement);
}

function framesAreListed(node: BodyElement): boolean {
  if (node.tagName === 'iframe')
    return typeof node.properties['src'] === 'string' && playerAt(node.properties['src']) !== null;
  node.children = node.children.filter((child) => child.type === 'text' || framesAreListed(child));
  return true;
}
