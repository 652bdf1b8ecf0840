import { LinkifyIt } from 'linkify-it';
import { type BodyNode, element, text } from '../article/body/tree.js';
import { htmlOfNodes } from '../article/body/serialise.js';

/** Finds whole addresses of the web, and nothing that only looks like one. */
const finder = new LinkifyIt()
  .add('ftp:', null)
  .add('mailto:', null)
  .add('//', null)
  .set({ fuzzyLink: false, fuzzyEmail: false });

const linksIn = (words: string) => finder.match(words) ?? [];

export const countLinks = (words: string): number => linksIn(words).length;

/**
 * A comment's plain text as HTML: paragraphs, line breaks and links to http and https, nothing else. The links are marked as
 * those of users, which the paper does not vouch for.
 */
export const htmlOfComment = (words: string): string =>
  htmlOfNodes(
    words
      .split(/\n\s*\n/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => element('p', {}, linesOf(paragraph.trim()))),
  );

const linesOf = (paragraph: string): BodyNode[] =>
  paragraph.split('\n').flatMap((line, index) => (index === 0 ? linked(line) : [element('br'), ...linked(line)]));

function linked(line: string): BodyNode[] {
  const nodes: BodyNode[] = [];
  let end = 0;
  for (const { index, lastIndex, url, text: shown } of linksIn(line)) {
    if (!URL.canParse(url)) continue;
    if (index > end) nodes.push(text(line.slice(end, index)));
    nodes.push(element('a', { href: new URL(url).href, rel: ['nofollow', 'ugc', 'noopener'] }, [text(shown)]));
    end = lastIndex;
  }
  if (end < line.length) nodes.push(text(line.slice(end)));
  return nodes;
}
