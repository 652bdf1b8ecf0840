import fc from 'fast-check';
import type { Block } from '../../../../../src/content/article/body/block-types.js';
import { blocksOf } from '../../../../../src/content/article/body/blocks.js';
import { parseBody } from '../../../../../src/content/article/body/parse.js';
import { textOfSpans } from '../../../../../src/content/article/body/spans.js';
import { vectors } from './xss-vectors.js';

const blocksIn = (html: string): Block[] => blocksOf(parseBody(html).tree);
const contentsIn = (html: string) => blocksIn(html).map(({ id: _, ...content }) => content);
const plain = (text: string) => ({ text, spans: [{ text, marks: [], href: null }], html: text });

describe('blocks', () => {
  it('give a paragraph as text, as spans and as HTML', () => {
    expect(contentsIn('<p>The <b>big <i>ship</i></b> of <a href="/x"><em>state</em></a> H<sub>2</sub>O</p>')).toEqual([
      {
        type: 'paragraph',
        text: 'The big ship of state H2O',
        spans: [
          { text: 'The ', marks: [], href: null },
          { text: 'big', marks: ['BOLD'], href: null },
          { text: ' ', marks: [], href: null },
          { text: 'ship', marks: ['BOLD', 'ITALIC'], href: null },
          { text: ' of ', marks: [], href: null },
          { text: 'state', marks: ['ITALIC'], href: '/x' },
          { text: ' H', marks: [], href: null },
          { text: '2', marks: ['SUB'], href: null },
          { text: 'O', marks: [], href: null },
        ],
        html: 'The <b>big <i>ship</i></b> of <a href="/x"><em>state</em></a> H<sub>2</sub>O',
      },
    ]);
  });

  it('join neighbours that look the same', () => {
    expect(blocksIn('<p><b>a</b><strong>b</strong>c<span lang="fr">d</span></p>')).toMatchObject([
      {
        spans: [
          { text: 'ab', marks: ['BOLD'] },
          { text: 'cd', marks: [] },
        ],
      },
    ]);
  });

  it.each([
    ['<h3>A</h3>', [{ type: 'heading', level: 3, ...plain('A') }]],
    ['<hr>', [{ type: 'divider' }]],
    ['bare', [{ type: 'paragraph', ...plain('bare') }]],
    ['<p> </p>\n<p>&nbsp;</p>', []],
    ['<pre><code class="language-ts">a\n b\n</code></pre>', [{ type: 'code', language: 'ts', text: 'a\n b' }]],
    [
      '<blockquote cite="https://e.example/q"><p>a</p><p>b</p><cite>— Who</cite></blockquote>',
      [
        {
          type: 'quote',
          text: 'a\n\nb',
          spans: [{ text: 'a\n\nb', marks: [], href: null }],
          html: '<p>a</p><p>b</p>',
          cite: 'Who',
          url: 'https://e.example/q',
        },
      ],
    ],
    [
      '<figure><img src="https://e.example/a.jpg" alt="A" width="4" height="3"><figcaption>A ship. Photo: AFP</figcaption></figure>',
      [
        {
          type: 'image',
          url: 'https://e.example/a.jpg',
          alt: 'A',
          caption: 'A ship.',
          credit: 'AFP',
          width: 4,
          height: 3,
        },
      ],
    ],
    [
      '<p>Before <img src="https://e.example/a.jpg"> after</p>',
      [
        {
          type: 'image',
          url: 'https://e.example/a.jpg',
          alt: '',
          caption: null,
          credit: null,
          width: null,
          height: null,
        },
        { type: 'paragraph', ...plain('Before after'), html: 'Before  after' },
      ],
    ],
    [
      '<ol start="3"><li>a<ul><li>b</li></ul></li><li>c</li></ol>',
      [
        {
          type: 'list',
          ordered: true,
          start: 3,
          text: 'a\nb\nc',
          items: [
            { ...plain('a'), depth: 0, ordered: true },
            { ...plain('b'), depth: 1, ordered: false },
            { ...plain('c'), depth: 0, ordered: true },
          ],
          html: '<ol start="3"><li>a<ul><li>b</li></ul></li><li>c</li></ol>',
        },
      ],
    ],
    [
      '<table><caption>t</caption><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>',
      [
        {
          type: 'table',
          caption: 't',
          header: [plain('a'), plain('b')],
          rows: [[plain('1'), plain('2')]],
          html: '<table><caption>t</caption><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>',
        },
      ],
    ],
  ])('of %j', (html, contents) => expect(contentsIn(html)).toEqual(contents));

  it('name the provider of a player, and give it its caption', () => {
    expect(
      contentsIn(
        '<figure><iframe src="https://www.youtube.com/embed/abcdefghijk" title="T"></iframe><figcaption>C</figcaption></figure>',
      ),
    ).toMatchObject([
      {
        type: 'embed',
        provider: 'YouTube',
        url: 'https://www.youtube.com/embed/abcdefghijk',
        title: 'T',
        caption: 'C',
      },
    ]);
  });

  it('keep a caption that no picture bears', () => {
    expect(
      contentsIn(
        '<figure><figure><img src="https://e.example/a.jpg"><figcaption>One</figcaption></figure><figcaption>All</figcaption></figure>',
      ),
    ).toMatchObject([
      { type: 'image', caption: 'One' },
      { type: 'paragraph', text: 'All' },
    ]);
  });

  it('have ids that stay when another block comes before, and that no two share', () => {
    const ids = blocksIn('<p>a</p><hr><p>b</p><hr>').map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(
      blocksIn('<p>new</p><p>a</p><hr><p>b</p><hr>')
        .map(({ id }) => id)
        .slice(1),
    ).toEqual(ids);
  });

  it('have the same ids when a store gives the attributes back in another order', () => {
    const { tree } = parseBody('<p>a <a title="t" href="/x">b</a></p><table><tr><td rowspan="2" colspan="3">c</table>');
    const stored: typeof tree = JSON.parse(
      JSON.stringify(tree, (key, value) =>
        key === 'properties' ? Object.fromEntries(Object.entries(value).reverse()) : value,
      ),
    );
    expect(blocksOf(stored).map(({ id }) => id)).toEqual(blocksOf(tree).map(({ id }) => id));
  });

  it('have spans that say the text, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...vectors, '<p>a ', ' <b>b</b>', '<i> c', '</p>', '<li>d', '<br>'), {
          maxLength: 12,
        }),
        (parts) => {
          for (const block of blocksIn(parts.join(''))) {
            if ('spans' in block) expect(textOfSpans(block.spans)).toBe(block.text);
            if ('spans' in block) expect(block.spans.every(({ text }) => text !== '')).toBe(true);
          }
        },
      ),
    );
  });
});
