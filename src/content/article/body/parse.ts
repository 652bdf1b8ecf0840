import { bodyNodesOf } from './build.js';
import { parsedFragment } from './fragment.js';
import { Notes } from './notes.js';
import { type Reading, top } from './reading.js';
import { sanitised } from './sanitise.js';
import { htmlOf } from './serialise.js';
import type { Attachments } from './shortcode-meanings.js';
import { withoutShortcodes } from './shortcodes.js';
import { type SourceLine, takeSourceLine } from './source-line.js';
import { asTyped } from './paragraphs.js';
import { openingOf, textOf, wordCountOf } from './text.js';
import type { BodyNode, BodyTree } from './tree.js';
import { hasBlockComments } from './wordpress.js';

/** A body as it is kept: sanitised once, when it is written. */
export interface Body {
  html: string;
  tree: BodyTree;
  wordCount: number;
  /** The first 1,000 characters of the running text. */
  opening: string;
  /** The closing line that names where the piece comes from, where one was asked for and taken out. */
  source: SourceLine | null;
  /** What was left out, in words for a receipt. */
  notes: string[];
}

/** A body as a store takes it: its tree is JSON. */
export type StorableBody = Omit<Body, 'tree'> & { tree: string };

export const storable = (body: Body): StorableBody => ({ ...body, tree: JSON.stringify(body.tree) });

export interface ParseOptions {
  /** Whether WordPress wrote the body: its block comments, shortcodes and bare line breaks become what they mean. */
  wordpress?: boolean;
  /** Takes a closing line such as "From our partner NAME" out of the body. */
  takeSource?: boolean;
  /** The pictures that `[gallery ids]` names. Without it, a gallery is left out and noted. */
  resolveAttachment?: Attachments;
}

/** Reads HTML of any origin into a body in which nothing can run, and which reads back as itself. */
export function parseBody(
  html: string,
  { wordpress = false, takeSource = false, resolveAttachment }: ParseOptions = {},
): Body {
  const notes = new Notes();
  const source = wordpress ? withoutShortcodes(html.replace(/\r\n?/g, '\n'), notes, resolveAttachment) : html;
  const reading: Reading = { wordpress, asTyped: wordpress && !hasBlockComments(html), notes, repetitions: 10_000 };
  const nodes = bodyNodesOf(parsedFragment(source), top, reading);
  const tree = settled(sanitised({ type: 'root', children: reading.asTyped ? asTyped(nodes) : nodes }));
  const sourceLine = takeSource ? takeSourceLine(tree) : null;
  return {
    html: htmlOf(tree),
    tree,
    wordCount: wordCountOf(textOf(tree)),
    opening: openingOf(tree),
    source: sourceLine,
    notes: notes.list(),
  };
}

/** Bodies nested deeper than any article is are read until they stay as they are. */
const settledDepth = 40;

/**
 * A tree that its own HTML gives again. Every tree is one, except that the parser and {@link bodyNodesOf} overlook what
 * nests too deep: the tree of such a body is read from its HTML again.
 */
function settled(tree: BodyTree): BodyTree {
  let settling = tree;
  for (let round = 0; round < 8 && isDeeper(settling.children, settledDepth); round += 1) {
    const html = htmlOf(settling);
    const reading: Reading = { wordpress: false, asTyped: false, notes: new Notes(), repetitions: 10_000 };
    settling = sanitised({ type: 'root', children: bodyNodesOf(parsedFragment(html), top, reading) });
    if (htmlOf(settling) === html) return settling;
  }
  return settling;
}

const isDeeper = (nodes: readonly BodyNode[], depth: number): boolean =>
  nodes.some((node) => node.type === 'element' && (depth === 0 || isDeeper(node.children, depth - 1)));
