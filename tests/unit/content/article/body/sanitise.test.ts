import fc from 'fast-check';
import { sanitize } from 'hast-util-sanitize';
import { parse, defaultTreeAdapter as read, type DefaultTreeAdapterMap } from 'parse5';
import { playerAt } from '../../../../../src/content/article/body/embeds.js';
import { parseBody } from '../../../../../src/content/article/body/parse.js';
import { sanitised, schema } from '../../../../../src/content/article/body/sanitise.js';
import { htmlOf } from '../../../../../src/content/article/body/serialise.js';
import { vectors } from './xss-vectors.js';

type Node = DefaultTreeAdapterMap['node'];

/** Whatever a browser could run, load or be led to in `html`, as a browser reads it. */
function dangersIn(html: string): string[] {
  const dangers: string[] = [];
  const visit = (node: Node): void => {
    if (read.isElementNode(node)) {
      const { tagName, namespaceURI, attrs } = node;
      if (namespaceURI !== 'http://www.w3.org/1999/xhtml') dangers.push(`foreign ${tagName}`);
      if (!['html', 'head', 'body', ...(schema.tagNames ?? [])].includes(tagName)) dangers.push(tagName);
      for (const { name, value } of attrs) {
        if (/^(?:on|style|srcdoc|srcset|name$|form|action|background)/i.test(name)) dangers.push(name);
        if (name === 'id' && !value.startsWith('user-content-')) dangers.push(`id ${value}`);
        const scheme = /^[\u0000-\u0020]*([a-z][a-z0-9+.\-\t\n\r]*):/i.exec(value)?.[1]?.replace(/\s/g, '');
        if (['href', 'src', 'cite', 'poster'].includes(name) && scheme && !/^(?:https?|mailto|tel)$/i.test(scheme))
          dangers.push(value);
        if (tagName === 'iframe' && name === 'src' && playerAt(value) === null) dangers.push(`frame ${value}`);
      }
    }
    if (read.isCommentNode(node)) dangers.push('comment');
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html, { scriptingEnabled: true }));
  return dangers;
}

/** What has to hold of every body, whatever it was made of. */
function expectSafe(source: string, wordpress = false): void {
  const { html, tree } = parseBody(source, { wordpress });
  expect(dangersIn(html)).toEqual([]);
  expect(dangersIn(`<figure><p>${html}`)).toEqual([]);
  expect(html).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\r]/);
  expect(() => encodeURIComponent(html)).not.toThrow();
  const again = parseBody(html);
  expect(again.html).toBe(html);
  expect(again.tree).toEqual(tree);
  expect(sanitised(tree)).toEqual(tree);
  expect(sanitize(tree, schema)).toEqual(tree);
  expect(htmlOf(structuredClone(JSON.parse(JSON.stringify(tree))))).toBe(html);
}

describe('hostile bodies', () => {
  it.each(vectors)('lose what could run: %j', (vector) => {
    expectSafe(vector);
    expectSafe(vector, true);
    expectSafe(`<p>before</p>${vector}<p>after</p>`);
    for (const around of [
      'p',
      'table',
      'svg',
      'math',
      'noscript',
      'style',
      'title',
      'textarea',
      'template',
      'ul',
      'a',
      'pre',
      'figure',
    ]) {
      expectSafe(`<${around}>${vector}</${around}>`);
    }
  });

  it('are hostile as typed, by the same measure', () => {
    const harmless = vectors.filter((vector) => dangersIn(vector).length === 0);
    expect(harmless.length).toBeLessThan(vectors.length / 10);
  });

  it('are many', () => expect(new Set(vectors).size).toBeGreaterThanOrEqual(100));
});

const names =
  'p div b i a em span h1 h2 h3 ul ol li dl dt dd table tr td th tbody thead caption col colgroup figure figcaption blockquote pre code br hr img iframe video source script style svg math mi mtext foreignObject title textarea template noscript select option button form input object marquee applet body html head section article center font nobr ruby rt rp details summary kbd q sub sup cite u s strike plaintext xmp listing noembed frameset'.split(
    ' ',
  );
const attributes = [
  '',
  ' href=/x',
  ' href="javascript:alert(1)"',
  ' src="https://www.youtube.com/embed/abcdefghijk"',
  ' src=https://e.example/a.png',
  ' src=x onerror=alert(1)',
  ' class="wp-caption language-js"',
  ' id=fn1',
  ' dir=rtl lang=ar',
  ' style="font-weight:normal"',
  ' encoding="text/html"',
  ' title="</style><img src onerror=alert(1)>"',
];
const texts = [
  'a',
  ' ',
  '\n',
  '\n\n',
  '&lt;',
  '&#13;',
  '&nbsp;',
  '\u0000',
  ']]>',
  '<!--',
  '-->',
  '<![CDATA[',
  '&',
  '<',
  '"',
  '\ud800',
  '😀',
  '[foo]',
  '[caption]',
  '[/caption]',
  'https://youtu.be/abcdefghijk',
  '<!-- wp:paragraph -->',
];

const soup = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom(...names), fc.constantFrom(...attributes))
          .map(([name, more]) => `<${name}${more}>`),
      },
      { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => `</${name}>`) },
      { weight: 2, arbitrary: fc.constantFrom(...texts) },
      { weight: 1, arbitrary: fc.constantFrom(...vectors) },
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('any body', () => {
  it('is safe, and reads back as itself', () => {
    fc.assert(
      fc.property(soup, fc.boolean(), (source, wordpress) => expectSafe(source, wordpress)),
      { numRuns: 1500 },
    );
  });

  it('is safe when it is no markup at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.boolean(), (source, wordpress) =>
        expectSafe(source, wordpress),
      ),
      { numRuns: 500 },
    );
  });
});

describe('a clean body', () => {
  it.each([
    '<p>Text “quoted” <a href="https://example.org/1">x</a> &amp; <em>y</em></p>\n<p>…</p>\n',
    '\n\n  <h2>A</h2>\n\t<p>b &lt; c &gt; d &nbsp;e "f" \'g\'</p>\n',
    '<ul>\n<li>a<ul><li>b</li></ul></li>\n</ul><ol start="3"><li value="5">c</li></ol>',
    '<figure><img src="https://e.example/a.jpg" alt="A &quot;b&quot;" width="10" height="20"><figcaption>c</figcaption></figure>',
    '<blockquote cite="https://e.example/"><p>a</p><cite>b</cite></blockquote><hr>',
    '<table><caption>t</caption><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b<br>c</td></tr></tbody></table>',
    '<pre><code class="language-ts">a\n\n  b\n</code></pre>',
    '<p lang="ar" dir="rtl">مرحبا <a href="mailto:a@b.example">x</a><a href="/y?z#w">y</a> 😀 é</p>',
    '<p>a<sup><a href="#user-content-fn1" id="user-content-fnref1">1</a></sup></p>',
    'bare <b>text</b> that no paragraph holds',
  ])('comes back byte for byte: %j', (html) => expect(parseBody(html)).toMatchObject({ html, notes: [] }));
});

describe('what is kept is kept as what it means', () => {
  it.each([
    ['<h1>a</h1>', '<h2>a</h2>'],
    ['<div>a</div><div>b<p>c</p>d</div>', '<p>a</p><p>b</p><p>c</p><p>d</p>'],
    ['<strike>a</strike><tt>b</tt><acronym title="T">c</acronym>', '<s>a</s><code>b</code><abbr title="T">c</abbr>'],
    ['<b><p>a</p><p>b</p></b>', '<p><b>a</b></p><p><b>b</b></p>'],
    ['<a href="/x"><h2>a</h2></a>', '<h2><a href="/x">a</a></h2>'],
    ['<a href="HTTPS://e.example/A" rel="nofollow" target="_blank">a</a>', '<a href="https://e.example/A">a</a>'],
    ['<a href="//e.example/a">a</a>', '<a href="https://e.example/a">a</a>'],
    ['<img src="//e.example/a.png" style="x" class="y">', '<img src="https://e.example/a.png">'],
    ['<img src="data:image/gif;base64,R0" data-src="https://e.example/a.png">', '<img src="https://e.example/a.png">'],
    ['<code class="x language-js y">a</code>', '<code class="language-js">a</code>'],
    ['<div dir="rtl"><p>a</p></div>', '<p dir="rtl">a</p>'],
    ['<ul><b>a</b><li>b</ul>', '<ul><li><b>a</b></li><li>b</li></ul>'],
    ['<p id="main">a</p><li id="fn:1">b</li>', '<p>a</p><p>b</p>'],
    [
      '<a href="#fn1" id="fnref1">1</a><ol><li id="fn1">n</ol>',
      '<a href="#user-content-fn1" id="user-content-fnref1">1</a><ol><li id="user-content-fn1">n</li></ol>',
    ],
    ['<h2><div>a</div><div>b</div></h2>', '<h2>a b </h2>'],
    ['<pre>\n\na</pre>', '<pre>\n\na</pre>'],
    ['a\r\nb&#13;c\fd', 'a\nb\nc d'],
  ])('%j becomes %j', (source, html) => expect(parseBody(source).html).toBe(html));

  it('notes what is left out', () => {
    const { notes } = parseBody(
      '<script>1</script><script>2</script><iframe src="https://a.example/"></iframe><a href="javascript:x" onclick="y">z</a><img src="b.png"><style>c</style>',
    );
    expect(notes).toEqual([
      '2 scripts removed',
      'an iframe of a.example made a link',
      'a javascript: link removed',
      'an on… attribute removed',
      'a picture without an http address removed',
      'a style sheet removed',
    ]);
  });
});
