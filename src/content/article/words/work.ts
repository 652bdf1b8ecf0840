import { blocksOf } from '../body/blocks.js';
import { markdownOf, parseMarkdown } from '../body/markdown.js';
import { parseBody, type ParseOptions, storable, type StorableBody } from '../body/parse.js';
import { withoutPictures } from '../body/pictures.js';
import { htmlOf } from '../body/serialise.js';
import { textOf } from '../body/text.js';
import type { BodyTree } from '../body/tree.js';
import { type Hunk, hunksBetween, markedParagraphs } from '../editing/difference.js';

// What is done with the words of a piece, from text to text: trees are JSON. Each may be called on this thread or on another
// (see words.ts), by its name.

export interface BodyToRead {
  html: string;
  options: Omit<ParseOptions, 'resolveAttachment'>;
}

/** The trees of two revisions. */
export interface Revised {
  older: string;
  newer: string;
}

const treeIn = (json: string): BodyTree => JSON.parse(json) as BodyTree;

export const bodies = (given: readonly BodyToRead[]): StorableBody[] =>
  given.map(({ html, options }) => storable(parseBody(html, options)));

export const bodyOfMarkdown = (markdown: string): StorableBody => storable(parseMarkdown(markdown));

export const text = (tree: string): string => textOf(treeIn(tree));

export const html = (tree: string): string => htmlOf(treeIn(tree));

export const markdown = (tree: string): string => markdownOf(treeIn(tree));

export const pictureless = (tree: string): string => JSON.stringify(withoutPictures(treeIn(tree)));

/** Lists of blocks as JSON, none of them much longer than this. */
const longestPart = 100_000;

export function blocks(tree: string): string[] {
  const parts: string[][] = [];
  let length = Infinity;
  for (const block of blocksOf(treeIn(tree))) {
    const json = JSON.stringify(block);
    length += json.length;
    if (length > longestPart) {
      parts.push([]);
      length = json.length;
    }
    parts.at(-1)!.push(json);
  }
  return parts.map((part) => `[${part.join()}]`);
}

export const marked = ({ older, newer }: Revised): string =>
  markedParagraphs(textOf(treeIn(older)), textOf(treeIn(newer)));

export const hunks = ({ older, newer }: Revised): Hunk[] =>
  hunksBetween(markdownOf(treeIn(older)), markdownOf(treeIn(newer)));
