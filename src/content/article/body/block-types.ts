import type { Span } from './spans.js';

/** Text in three forms: plain, as spans that a phone can style, and as sanitised HTML without its outer element. */
export interface Passage {
  text: string;
  spans: Span[];
  html: string;
}

export interface ListItem extends Passage {
  /** 0 for an item of the list itself, 1 for one of a list within it, and so on. */
  depth: number;
  /** Whether the list it is directly in is numbered. */
  ordered: boolean;
}

export interface Picture {
  url: string;
  alt: string;
  caption: string | null;
  credit: string | null;
  width: number | null;
  height: number | null;
}

/** What a block says, without its id. `html` of lists, tables and embeds is the whole element. */
export type BlockContent =
  | ({ type: 'paragraph' } & Passage)
  | ({ type: 'heading'; level: number } & Passage)
  | ({ type: 'quote'; cite: string | null; url: string | null } & Passage)
  | { type: 'list'; ordered: boolean; start: number; text: string; items: ListItem[]; html: string }
  | ({ type: 'image' } & Picture)
  | { type: 'embed'; provider: string; url: string; title: string | null; caption: string | null; html: string }
  | { type: 'code'; language: string | null; text: string }
  | { type: 'table'; caption: string | null; header: Passage[] | null; rows: Passage[][]; html: string }
  | { type: 'divider' };

export type Block = { id: string } & BlockContent;
export type BlockType = Block['type'];
export type BlockOf<T extends BlockType> = Extract<Block, { type: T }>;
