import { inlineElements } from './elements.js';
import { collapsed } from './text.js';
import type { BodyNode } from './tree.js';

export type Mark = 'BOLD' | 'ITALIC' | 'CODE' | 'STRIKE' | 'SUP' | 'SUB';

/** A piece of text that looks the same throughout. */
export interface Span {
  text: string;
  /** In this order always, so that equal looks are equal lists: BOLD, ITALIC, CODE, STRIKE, SUP, SUB. */
  marks: Mark[];
  href: string | null;
}

const order: readonly Mark[] = ['BOLD', 'ITALIC', 'CODE', 'STRIKE', 'SUP', 'SUB'];

const markOf: ReadonlyMap<string, Mark> = new Map([
  ['b', 'BOLD'],
  ['strong', 'BOLD'],
  ['i', 'ITALIC'],
  ['em', 'ITALIC'],
  ['cite', 'ITALIC'],
  ['code', 'CODE'],
  ['kbd', 'CODE'],
  ['s', 'STRIKE'],
  ['del', 'STRIKE'],
  ['sup', 'SUP'],
  ['sub', 'SUB'],
]);

/** The text of nodes as spans: blanks are one space, blocks are set apart by an empty line. */
export function spansOf(nodes: readonly BodyNode[]): Span[] {
  const spans: Span[] = [];
  let separator = '';
  collect(nodes, [], null);
  return spans;

  function collect(within: readonly BodyNode[], marks: readonly Mark[], href: string | null): void {
    for (const node of within) {
      if (node.type === 'text') {
        add(collapsed(node.value), marks, href);
        continue;
      }
      const { tagName, properties, children } = node;
      if (tagName === 'br') {
        separator = separator === '\n\n' ? separator : '\n';
        continue;
      }
      const mark = markOf.get(tagName);
      const isQuotation = tagName === 'q';
      const link = tagName === 'a' && typeof properties['href'] === 'string' ? properties['href'] : href;
      const isBlock = !inlineElements.has(tagName);
      if (isBlock) separator = '\n\n';
      if (isQuotation) add('“', marks, href);
      collect(children, mark && !marks.includes(mark) ? [...marks, mark] : marks, link);
      if (isQuotation) add('”', marks, href);
      if (isBlock) separator = '\n\n';
    }
  }

  function add(value: string, marks: readonly Mark[], href: string | null): void {
    const words = value.startsWith(' ') ? value.slice(1) : value;
    if (words.length < value.length && separator === '') separator = ' ';
    if (words === '') return;
    const isEnding = words.endsWith(' ');
    const last = spans.at(-1);
    const before = last ? separator : '';
    separator = isEnding ? ' ' : '';
    const text = isEnding ? words.slice(0, -1) : words;
    const sorted = order.filter((mark) => marks.includes(mark));
    if (last?.href === href && last.marks.join() === sorted.join()) {
      last.text += before + text;
      return;
    }
    // A blank beside a link or a marked word is no part of it: it would be underlined with it.
    const isPlain = href === null && sorted.length === 0;
    if (last?.href === null && last.marks.length === 0) last.text += before;
    else if (before !== '' && !isPlain) spans.push({ text: before, marks: [], href: null });
    const isOwed = isPlain && last !== undefined;
    spans.push({ text: isOwed ? before + text : text, marks: sorted, href });
  }
}

export const textOfSpans = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');
