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

/** Characters that may set words off or link them, each of which a parser holds against those before it in the same paragraph. */
const marks = /[*_~[\]]/g;

/** Where a new paragraph certainly begins: after an empty line, with an item of a list, or with a heading. */
const paragraphs = /\n(?=[ \t>]*\n| {0,3}[-*+][ \t]+\S| {0,3}#{1,6}[ \t])/;

const mostWork = 4_000_000;

/**
 * Whether its marks are so many in one paragraph that reading them would take seconds: what it takes grows with the square of
 * their number (4,000 of them 1 s, 16,000 half a minute).
 */
export function hasTooManyMarks(markdown: string): boolean {
  let work = 0;
  const meant = markdown.replace(/\r\n?/g, '\n').replace(/\\[^\n]/g, '');
  for (const paragraph of meant.split(paragraphs)) {
    work += (paragraph.match(marks)?.length ?? 0) ** 2;
    if (work > mostWork) return true;
  }
  return false;
}

/** Reads GitHub Flavored Markdown, HTML in it included, the same way as HTML. */
export function parseMarkdown(markdown: string): Body {
  const mdast = fromMarkdown(markdown.replace(markers, '$1'), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  return parseBody(toHtml(toHast(mdast, { allowDangerousHtml: true }), { allowDangerousHtml: true }));
}
