import { articleOf, readingOf, recordsOf } from '../reading.js';
import { anExport, anItem } from './an-export.js';

const two = () => anExport({ items: [anItem(), anItem({ fields: { 'wp:post_id': '43' } })] });

describe('a file that is broken', () => {
  it('gives what came before the break, and says where it is', async () => {
    const whole = two();
    const cut = whole.slice(0, whole.lastIndexOf('<wp:post_id>'));
    const { articles, broken } = await readingOf(cut);
    expect(articles).toMatchObject([{ origin: { id: 'post:42' } }]);
    expect(broken).toMatchObject({ line: cut.split('\n').length, column: 1 });
    expect(broken?.message).toMatch(
      /^The file ends inside <item>, its last tag on line 46: it was cut short \(line 47, column 1\)\.$/,
    );
  });

  it.each([
    [
      'a tag closed by another',
      (file: string) => file.replace(/<\/wp:status>(?![\s\S]*<\/wp:status>)/, '</wp:state>'),
      /unexpected close tag|unmatched closing tag/,
    ],
    [
      'an ampersand that begins nothing',
      (file: string) => file.replace('<channel>', '<channel><docs>a & b;</docs>'),
      /After the tag on line 7 stands an "&" that is not written "&amp;"/,
    ],
    ['a second root', (file: string) => `${file}<rss/>`, /one root/],
    ['no channel', () => '<rss xmlns:wp="http://wordpress.org/export/1.2/"></rss>', /no <channel>/],
  ])('for %s says so', async (_, spoil, message) => {
    const { broken } = await readingOf(spoil(two()));
    expect(broken?.message).toMatch(message);
  });
});

describe('a file that means harm', () => {
  const withDoctype = (doctype: string) =>
    anExport({ items: [anItem()] })
      .replace('<rss', `${doctype}\n<rss`)
      .replace('Ships', '&lol9;');

  it.each([
    ['billion laughs', '<!DOCTYPE rss [<!ENTITY lol "lol"><!ENTITY lol9 "&lol;&lol;&lol;">]>'],
    ['an external entity', '<!DOCTYPE rss [<!ENTITY lol9 SYSTEM "file:///etc/hostname">]>'],
    ['a parameter entity', '<!DOCTYPE rss [<!ENTITY % dtd SYSTEM "http://127.0.0.1/x.dtd"> %dtd;]>'],
  ])('with %s is refused where it declares it', async (_, doctype) => {
    const { broken, articles } = await readingOf(withDoctype(doctype));
    expect(broken).toMatchObject({ line: 2, message: expect.stringContaining('declares its own entities') });
    expect(articles).toEqual([]);
  });

  it('has no document type fetched from elsewhere', async () => {
    const file = withDoctype('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">');
    expect(articleOf(await readingOf(file)).body).toBe('<p>&lol9; are back.</p>');
  });

  it.each([
    [
      'a text too long to be held',
      { run: 300_000 },
      anItem({ fields: { 'content:encoded': 'x'.repeat(900_000) } }),
      'longer than 300000 characters',
    ],
    ['elements too deep', { depth: 20 }, `<item>${'<b>'.repeat(30)}${'</b>'.repeat(30)}</item>`, 'more than 20 deep'],
  ])('with %s is refused', async (_, limits, item, message) => {
    const { broken, articles } = await readingOf(anExport({ items: [anItem(), item] }), { limits });
    expect(broken?.message).toContain(message);
    expect(articles).toHaveLength(1);
  });

  it('loses only the item that is too large', async () => {
    const large = anItem({ fields: { 'wp:post_id': '41', 'content:encoded': 'x'.repeat(50_000) } });
    const { broken, articles } = await readingOf(anExport({ items: [large, anItem()] }), { limits: { item: 20_000 } });
    expect(broken).toBeNull();
    expect(articles).toMatchObject([
      { outcome: 'refused', reason: 'is longer than 20000 characters, the most one item may have' },
      { outcome: 'record', origin: { id: 'post:42' } },
    ]);
  });

  it('loses only the item whose body is markup of the file itself', async () => {
    const item = anItem().replace('<![CDATA[<p>Ships are back.</p>]]>', '<p>Ships <b>are</b> back.</p>');
    const { articles } = await readingOf(anExport({ items: [item, anItem({ fields: { 'wp:post_id': '43' } })] }));
    expect(articles).toMatchObject([
      { outcome: 'refused', reason: expect.stringContaining('outside CDATA') },
      { outcome: 'record' },
    ]);
  });
});

describe('a file with the flaws that exports have', () => {
  it('is read without the control characters that XML forbids, which are counted', async () => {
    const reading = await readingOf(
      anExport({
        items: [anItem({ fields: { title: 'A\u0000\u0008 \u000Bb\uFFFE', 'content:encoded': 'x\u001Fy' } })],
      }),
    );
    expect(articleOf(reading)).toMatchObject({ headline: 'A b', body: 'xy' });
    expect(reading.notes).toEqual(['5 control characters that XML forbids were left out.']);
  });

  it('is read past blank lines before its declaration, with the lines still right', async () => {
    const reading = await readingOf(`\n\r\n  ${anExport({ items: [anItem()] })}`);
    expect(reading.articles[0]).toMatchObject({ outcome: 'record', at: { line: 18 } });
  });

  it('keeps HTML entities that XML does not know for the HTML they are in', async () => {
    const item = anItem().replace('<![CDATA[The harbour opens again]]>', 'Caf&eacute;&nbsp;au lait &amp; more');
    expect(articleOf(await readingOf(anExport({ items: [item] }))).headline).toBe('Café au lait & more');
  });

  it('notes characters that could not be read, at the piece and for the file', async () => {
    const bytes = Buffer.from(anExport({ items: [anItem({ fields: { title: 'Caf#' } })] }));
    bytes[bytes.indexOf('Caf#') + 3] = 0xe9; // é in ISO-8859-1
    const reading = await readingOf(bytes);
    expect(articleOf(reading)).toMatchObject({
      headline: 'Caf\uFFFD',
      notes: ['holds 1 unreadable character(s), shown as "\uFFFD"'],
    });
    expect(reading.notes).toEqual([expect.stringMatching(/^1 place is not valid UTF-8/)]);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'says "%s", which every object has, and is taken at its word',
    async (word) => {
      const declarations = `<wp:term><wp:term_taxonomy>${word}</wp:term_taxonomy><wp:term_slug>pier</wp:term_slug></wp:term>`;
      const comment = { 'wp:comment_id': '1', 'wp:comment_content': 'Well said.', 'wp:comment_approved': word };
      const items = [
        anItem({ terms: [[word, 'quay', 'Quay']], comments: [comment] }),
        anItem({ fields: { 'wp:post_id': '43', 'wp:status': word } }),
        anItem({ fields: { 'wp:post_id': '44', 'wp:post_type': word } }),
      ];
      const { references, articles, broken } = await readingOf(
        anExport({ declarations, items }).replace('<channel>', `<channel><${word}:note>x</${word}:note>`),
      );
      expect(broken).toBeNull();
      expect(recordsOf(references)).toEqual(
        expect.arrayContaining(['pier', 'quay'].map((slug) => expect.objectContaining({ kind: 'tag', slug }))),
      );
      expect(articles).toMatchObject([
        { record: { tags: ['quay'], comments: [{ status: 'PENDING' }] } },
        { record: { status: 'DRAFT' }, notes: [`had the status "${word}": kept as a draft`] },
        { outcome: 'skipped', reason: `of the type "${word}", which is no article here` },
      ]);
    },
  );
});
