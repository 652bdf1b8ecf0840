import { markdownOf, parseMarkdown } from '../../../../../src/content/article/body/markdown.js';
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
