import { hasTooManyMarks, markdownOf, parseMarkdown } from '../../../../../src/content/article/body/markdown.js';
import { parseBody } from '../../../../../src/content/article/body/parse.js';

describe('Markdown', () => {
  it.each([
    ['# A\n\nb **c** _d_ ~~e~~ `f`', '<h2>A</h2>\n<p>b <strong>c</strong> <em>d</em> <del>e</del> <code>f</code></p>'],
    ['[a](https://e.example/ "t") [b](javascript:alert(1))', '<p><a href="https://e.example/" title="t">a</a> b</p>'],
    ['a <script>alert(1)</script> <b onclick=x>c</b>', '<p>a  <b>c</b></p>'],
    ['```ts\na < b\n```', '<pre><code class="language-ts">a &lt; b\n</code></pre>'],
    ['> a', '<blockquote>\n<p>a</p>\n</blockquote>'],
    ['https://e.example/a', '<p><a href="https://e.example/a">https://e.example/a</a></p>'],
  ])('%j is read as %j', (markdown, html) => expect(parseMarkdown(markdown).html).toBe(html));

  it.each([
    ['<h2>A</h2><p>b <strong>c</strong> <em>d</em></p>', '## A\n\nb **c** _d_\n'],
    ['<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>', '| a |\n| - |\n| 1 |\n'],
    ['<ul><li>a<ol><li>b</li></ol></li></ul>', '- a\n  1. b\n'],
    ['<pre><code class="language-ts">a\n</code></pre>', '```ts\na\n```\n'],
    [
      '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
      '[YouTube](https://www.youtube.com/embed/abcdefghijk)\n',
    ],
    ['<p>1 * 2 &lt;b&gt;</p>', '1 \\* 2 \\<b>\n'],
  ])('of %j is %j', (html, markdown) => expect(markdownOf(parseBody(html).tree)).toBe(markdown));

  it('reads back as the body it was written from', () => {
    const { tree } = parseMarkdown(
      '## A\n\nb **c** [d](https://e.example/)\n\n- e\n- f\n\n| g | h |\n| - | - |\n| 1 | 2 |\n\n> i\n\n***\n',
    );
    expect(parseMarkdown(markdownOf(tree)).tree).toEqual(tree);
  });

  it.each(['>', '> ', '- ', '1. ', '- > ', '*', '[', '![a](', '`a', '**a _b '])(
    'of %j without end is read',
    (markers) => {
      expect(parseMarkdown(markers.repeat(3000)).html).toEqual(expect.any(String));
    },
  );
});

describe('marks that set words off', () => {
  it.each(['*a_', '[a](', '![a](', '~a', ']', '**a ', '1. *a_\n', '> *a_\n', '\\\\*a_', '    - *a_\n'])(
    'are too many where %j is said 4,000 times in one paragraph, which would take seconds to read',
    (part) => expect(hasTooManyMarks(part.repeat(4000))).toBe(true),
  );

  it.each([
    ['paragraphs', 'A *word* and [a link](https://a.example/) and **another** one.\n\n'],
    ['items of a list', '- [a link](https://a.example/) and *a word*\n'],
    ['escaped ones', '\\*'],
    ['words', 'a word, and '],
  ])('are not too many in 4,000 %s', (_what, part) => expect(hasTooManyMarks(part.repeat(4000))).toBe(false));

  it('as many as are let through are read within a few seconds', () => {
    const began = performance.now();
    for (const part of ['*a_', '[a](', '![a](', '~a ']) {
      const most = part.repeat(Math.floor(2000 / (part.match(/[*_~[\]]/g)?.length ?? 1)));
      expect(hasTooManyMarks(most)).toBe(false);
      parseMarkdown(most);
    }
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
