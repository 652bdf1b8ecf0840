import { blocksOf } from '../../../../../src/content/article/body/blocks.js';
import { markdownOf } from '../../../../../src/content/article/body/markdown.js';
import { parseBody } from '../../../../../src/content/article/body/parse.js';
import { textOf } from '../../../../../src/content/article/body/text.js';
import type { BodyNode } from '../../../../../src/content/article/body/tree.js';

const depthOf = (nodes: readonly BodyNode[]): number =>
  Math.max(0, ...nodes.map((node) => (node.type === 'text' ? 0 : 1 + depthOf(node.children))));

const upTo = (length: number, part: string): string => part.repeat(Math.ceil(length / part.length));

describe('a body of 2,000 levels', () => {
  it.each([
    '<div>',
    '<blockquote>',
    '<b>',
    '<span>x',
    '<ul><li>x',
    '<ol>',
    '<table><tr><td>',
    '<dl><dd>',
    '<figure>',
    '<kbd>',
    '<b><div></b>',
    '<svg>',
    '<a><p>',
  ])('of %s is flattened, and keeps its text', (open) => {
    for (const wordpress of [false, true]) {
      const { html, tree } = parseBody(`<p>before</p>${open.repeat(2000)}inner`, { wordpress });
      expect(depthOf(tree.children)).toBeLessThanOrEqual(100);
      expect(parseBody(html).html).toBe(html);
      expect(textOf(tree)).toMatch(open === '<svg>' ? /before/ : /before[^]*inner/);
      expect(blocksOf(tree).length).toBeGreaterThan(0);
      expect(markdownOf(tree)).toContain('before');
    }
  });
});

describe('a large body', () => {
  const makers: Record<string, (length: number) => string> = {
    paragraphs: (length) => upTo(length, '<p>The word is out, he said.</p>\n'),
    'unclosed tags': (length) => upTo(length, '<div><b>x'),
    'reopened formatting': (length) => `<b><i><u><s><em><small><code>${upTo(length, '<p>a')}`,
    'formatting of its own each': (length) =>
      Array.from({ length: length / 12 }, (_, index) => `<b x=${index}><p>a`).join(''),
    'misplaced in a table': (length) => `<table>${upTo(length, '<b>x</b>')}`,
    'moved out of formatting': (length) => `<b><div>${upTo(length, '<br>')}</b>`,
    attributes: (length) => `<a ${Array.from({ length: length / 7 }, (_, index) => `b${index}`).join(' ')}>x`,
    'inline around blocks': (length) => `<kbd><q><sub><sup><small><cite>${upTo(length, '<p>a</p>')}`,
    brackets: (length) => upTo(length, '[a ['),
    'open shortcodes': (length) => upTo(length, '[caption a="'),
    'nested shortcodes': (length) => upTo(length / 2, '[caption]') + upTo(length / 2, '[/caption]'),
    'escaped shortcodes': (length) => upTo(length, '[[caption]] '),
    lines: (length) => upTo(length, 'a\n\nb\n'),
    comments: (length) => upTo(length, '<!-- wp:x -->'),
    Chinese: (length) => upTo(length, '漢'),
  };

  it.each(Object.keys(makers))('of %s costs no more a character than a small one', (name) => {
    /** The least of several: what else the process does, collecting garbage above all, only ever adds to one. */
    const cost = (length: number, times: number): number => {
      const source = makers[name]?.(length) ?? '';
      return Math.min(
        ...Array.from({ length: times }, () => {
          const before = process.cpuUsage();
          parseBody(source, { wordpress: true });
          return process.cpuUsage(before).user / 1000;
        }),
      );
    };
    // Eight times the length: quadratic work is 64 times as much. The constant is for what is too short to measure.
    const most = 24 * cost(20_000, 3) + 300;
    expect(cost(160_000, 1) < most || cost(160_000, 3) < most).toBe(true);
  });
});
