import type { Notes } from './notes.js';
import type { BodyNode } from './tree.js';

/** How a body is read. */
export interface Reading {
  /** Whether WordPress wrote it: comments that mean blocks, addresses that mean players. */
  wordpress: boolean;
  /** Whether an empty line in bare text ends a paragraph. */
  asTyped: boolean;
  notes: Notes;
  /** How often inline markup may still be repeated inside the blocks that it was put around. */
  repetitions: number;
}

/** Where in the tree a node is read. */
export interface Place {
  /** The element whose parts are read here (a list, a table, a figure), or ''. */
  parent: string;
  /** Where blocks go that cannot stand here, since this is one line of text; null where blocks can stand. */
  aside: BodyNode[] | null;
  /** The inline elements that this place is in. */
  inline: readonly string[];
  inFigure: boolean;
  depth: number;
}

/** A tree deeper than this has its inner elements left out, and keeps their text. */
export const deepestPlace = 90;

export const top: Place = { parent: '', aside: null, inline: [], inFigure: false, depth: 0 };

/** The place inside an element that holds blocks. */
export const insideBlock = (place: Place, parent = ''): Place => ({
  parent,
  aside: null,
  inline: place.inline,
  inFigure: parent === 'figure' || (place.inFigure && (parent === 'figcaption' || parent === 'group')),
  depth: place.depth + 1,
});

/** The place inside an element that holds one run of text; blocks in it go to `aside`. */
export const insideText = (place: Place, aside: BodyNode[]): Place => ({
  parent: '',
  aside,
  inline: place.inline,
  inFigure: place.inFigure,
  depth: place.depth + 1,
});
