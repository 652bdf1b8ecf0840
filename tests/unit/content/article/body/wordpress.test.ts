import fc from 'fast-check';
import { parseBody } from '../../../../../src/content/article/body/parse.js';

const pictures = new Map([['7', { url: 'https://e.example/7.jpg', alt: 'Seven', caption: 'The "seventh"' }]]);
const fromWordPress = (html: string) =>
  parseBody(html, { wordpress: true, resolveAttachment: (id) => pictures.get(id) });

const frame = (src: string) =>
  `<figure><iframe src="${src}" allowfullscreen="" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe></figure>`;
const youTube = frame('https://www.youtube-nocookie.com/embed/abcdefghijk');

describe('a body of the classic editor', () => {
  it.each([
    ['one\ntwo\n\nthree', '<p>one<br>\ntwo</p>\n<p>three</p>\n'],
    ['one\n<ul>\n<li>a</li>\n</ul>\ntwo', '<p>one</p>\n<ul>\n<li>a</li>\n</ul>\n<p>two</p>\n'],
    ['<pre>a\n\nb</pre>', '<pre>a\n\nb</pre>'],
    ['<p>a\nb</p>', '<p>a\nb</p>'],
    ['<blockquote>a\n\nb</blockquote>', '<blockquote><p>a</p>\n<p>b</p>\n</blockquote>'],
    ['a<br />\nb', '<p>a<br>\nb</p>\n'],
    ['a\r\n\r\nb', '<p>a</p>\n<p>b</p>\n'],
    ['a <em>b\nc</em>', '<p>a <em>b<br>c</em></p>\n'],
    ['a\nhttps://youtu.be/abcdefghijk\nb', `<p>a</p>\n${youTube}\n<p>b</p>\n`],
    ['https://unknown.example/abc', '<p>https://unknown.example/abc</p>\n'],
  ])('%j becomes %j', (source, html) => expect(fromWordPress(source).html).toBe(html));
});

describe('a body of the block editor', () => {
  it.each([
    ['<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->', '\n<p>a\nb</p>\n'],
    [
      '<!-- wp:embed {"url":"https://youtu.be/abcdefghijk"} --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\nhttps://youtu.be/abcdefghijk\n</div><figcaption>C</figcaption></figure><!-- /wp:embed -->',
      youTube.replace('</figure>', '<figcaption>C</figcaption></figure>'),
    ],
    ['<!-- wp:embed {"url":"https://youtu.be/abcdefghijk"} /-->', youTube],
    ['<!-- wp:core-embed/vimeo {"url":"https://vimeo.com/123"} /-->', frame('https://player.vimeo.com/video/123')],
    [
      '<!-- wp:embed --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">https://unknown.example/</div></figure>',
      '<figure><p><a href="https://unknown.example/">https://unknown.example/</a></p></figure>',
    ],
    [
      '<!-- wp:pullquote --><figure class="wp-block-pullquote"><blockquote><p>a</p></blockquote></figure>',
      '<blockquote><p>a</p></blockquote>',
    ],
    [
      '<!-- wp:columns --><div class="wp-block-columns"><div class="wp-block-column"><p>a</p></div><div><p>b</p></div></div>',
      '<p>a</p><p>b</p>',
    ],
    [
      '<!-- wp:separator --><hr class="wp-block-separator"/><!-- /wp:separator --><!-- wp:more --><!--more--><!-- /wp:more --><!--nextpage-->',
      '<hr>',
    ],
    [
      '<!-- wp:gallery --><figure class="wp-block-gallery"><ul class="blocks-gallery-grid"><li class="blocks-gallery-item"><figure><img src="https://e.example/1.jpg"></figure></li></ul></figure>',
      '<figure><figure><img src="https://e.example/1.jpg"></figure></figure>',
    ],
  ])('%j becomes %j', (source, html) => expect(fromWordPress(source)).toMatchObject({ html, notes: [] }));

  it('names a block that only WordPress can fill', () => {
    expect(fromWordPress('<!-- wp:latest-posts {"n":3} /--><p>a</p>')).toMatchObject({
      html: '<p>a</p>',
      notes: ['block latest-posts left out'],
    });
  });
});

describe('shortcodes', () => {
  it.each([
    [
      '[caption id="x" width="300"]<a href="/y"><img src="https://e.example/1.jpg" /></a> A <em>ship</em>[/caption]',
      '<figure><a href="/y"><img src="https://e.example/1.jpg"></a><figcaption>A <em>ship</em></figcaption></figure>',
      [],
    ],
    [
      '[caption caption="Old"]<img src="https://e.example/1.jpg">[/caption]',
      '<figure><img src="https://e.example/1.jpg"><figcaption>Old</figcaption></figure>',
      [],
    ],
    ['[embed width="1"]https://youtu.be/abcdefghijk[/embed]', youTube, []],
    ['[youtube https://www.youtube.com/watch?v=abcdefghijk]', youTube, []],
    ['[youtube=https://www.youtube.com/watch?v=abcdefghijk&amp;w=1]', youTube, []],
    ['[youtube id="abcdefghijk"]', youTube, []],
    ['[vimeo 123]', frame('https://player.vimeo.com/video/123'), []],
    ['[tweet https://x.com/a/status/12]', frame('https://platform.twitter.com/embed/Tweet.html?id=12'), []],
    [
      '[audio src="https://e.example/a.mp3"]',
      '<figure><audio src="https://e.example/a.mp3" controls="" preload="none"></audio></figure>',
      [],
    ],
    [
      '[video mp4="https://e.example/a.mp4"][/video]',
      '<figure><video src="https://e.example/a.mp4" controls="" preload="none"></video></figure>',
      [],
    ],
    [
      '[sourcecode lang="js"]if (a < b) {\n\n[gallery]\n}[/sourcecode]',
      '<pre><code class="language-js">if (a &lt; b) {\n\n[gallery]\n}</code></pre>',
      [],
    ],
    [
      '[gallery ids="7,8"]',
      '<figure><figure><img src="https://e.example/7.jpg" alt="Seven"><figcaption>The "seventh"</figcaption></figure></figure>',
      ['1 of 2 pictures of a [gallery] left out: not known'],
    ],
    ['[gallery]', '', ['shortcode [gallery] left out: its pictures are not known']],
    [
      'a [box color="red"]b [i x=1/]c[/box] d',
      '<p>a b c d</p>',
      ['shortcode [box] left out, its content kept', 'shortcode [i] left out'],
    ],
    ['[contact-form-7 id="1" title="a ] b"]', '', ['shortcode [contact-form-7] left out']],
    ['a\n\n[foo]\n\nb', '<p>a</p>\n<p>b</p>', ['shortcode [foo] left out']],
    ['[[caption]] and [[foo x="1"]]', '<p>[caption] and [foo x="1"]</p>', []],
    [
      'He [sic] said [it] was […] [1] [Laughter] [Editor’s note: no] [/x]',
      '<p>He [sic] said [it] was […] [1] [Laughter] [Editor’s note: no] [/x]</p>',
      [],
    ],
    ['<a href="/a[gallery]b" title="[foo x=1]">a</a>', '<p><a href="/a[gallery]b" title="[foo x=1]">a</a></p>', []],
  ])('%j becomes %j', (source, html, notes) => {
    const body = fromWordPress(source);
    expect({ html: body.html.trim(), notes: body.notes }).toEqual({ html, notes });
  });

  it('mean nothing in a body that WordPress did not write', () => {
    expect(parseBody('<p>[gallery]</p>').html).toBe('<p>[gallery]</p>');
  });

  it('never lose a word that stands outside of them', () => {
    const part = fc.constantFrom(
      '[',
      ']',
      '[[',
      '[foo]',
      '[foo a="',
      '"]',
      '[/foo]',
      '[caption]',
      '[/caption]',
      '\n',
      '<b>',
      '</b>',
      "['",
      '=',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 15 }), (parts) => {
        const { html } = fromWordPress(`<p>first</p>${parts.join('')}<p>last</p>`);
        expect(html).toContain('first');
        expect(html).toContain('last');
      }),
    );
  });
});
