import { toMdast, type State } from 'hast-util-to-mdast';
import type { Element } from 'hast';
import type { Paragraph } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown, gfmToMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { toMarkdown } from 'mdast-util-to-markdown';
import { toHtml } from 'hast-util-to-html';
import { gfm } from 'micromark-extension-gfm';
import { playerAt } from './embeds.js';
import { type Body, parseBody } from './parse.js';
import type { BodyTree } from './tree.js';

/** A player as a link, which Markdown can say. */
function frame(state: State, node: Element): Paragraph {
  const { src, title } = node.properties;
  const url = String(src ?? '');
  const name = typeof title === 'string' && title !== '' ? title : (playerAt(url)?.provider ?? url);
  const link: Paragraph = {
    type: 'paragraph',
    children: [{ type: 'link', url, title: null, children: [{ type: 'text', value: name }] }],
  };
  state.patch(node, link);
  return link;
}

const toMarkdownOptions = {
  extensions: [gfmToMarkdown()],
  bullet: '-',
  emphasis: '_',
  rule: '-',
  listItemIndent: 'one',
} as const;

/** The body as CommonMark with the tables and strikethrough of GitHub Flavored Markdown. */
export const markdownOf = (tree: BodyTree): string =>
  toMarkdown(toMdast(tree, { document: true, handlers: { iframe: frame, video: frame, audio: frame } }), {
    ...toMarkdownOptions,
    extensions: [...toMarkdownOptions.extensions],
  });

/** Markers of quotations and lists at the start of a line, more than any text has: each would open one more level. */
const markers =
  /^((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))){20})(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/gm;

/** Reads GitHub Flavored Markdown, HTML in it included, the same way as HTML. */
export function parseMarkdown(markdown: string): Body {
  const mdast = fromMarkdown(markdown.replace(markers, '$1'), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  return parseBody(toHtml(toHast(mdast, { allowDangerousHtml: true }), { allowDangerousHtml: true }));
}
