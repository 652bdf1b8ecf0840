import fc from 'fast-check';
import { parseBody } from '../../../../../src/content/article/body/parse.js';
import { excerptOf, readingMinutesOf, textOf, wordCountOf } from '../../../../../src/content/article/body/text.js';

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const bySegmenter = (text: string): number => [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length;

describe('the plain text of a body', () => {
  it('sets blocks, lines and cells apart, and keeps the blanks of code', () => {
    const { tree } = parseBody(
      '<h2>A</h2>\n<p>b  <b>c</b><br>d</p><ul><li>1</li>\n<li>2</li></ul><table><tr><td>x<td>y<tr><td>z</table><pre>a\n  b</pre>',
    );
    expect(textOf(tree)).toBe('A\n\nb c\nd\n\n1\n2\n\nx\ty\nz\n\na\n  b');
  });
});

describe('the opening of a body', () => {
  it('is its running text, without headings, figures and tables', () => {
    const { opening } = parseBody(
      '<figure><img src="https://e.example/a.jpg"><figcaption>Photo</figcaption></figure><h2>Head</h2><p>One</p>\n<p>two.</p>',
    );
    expect(opening).toBe('One two.');
  });

  it('is at most 1,000 characters of whole words', () => {
    const { opening } = parseBody(`<p>${'word '.repeat(500)}</p>`);
    expect(opening).toBe('word '.repeat(200).trim());
  });
});

describe('an excerpt', () => {
  it.each([
    ['Hello wonderful world', 100, 'Hello wonderful world'],
    ['Hello wonderful world', 21, 'Hello wonderful world'],
    ['Hello wonderful world', 20, 'Hello wonderful…'],
    ['Hello wonderful world', 16, 'Hello wonderful…'],
    ['Hello wonderful world', 15, 'Hello…'],
    ['Hello, wonderful world', 8, 'Hello…'],
    ['Donaudampfschifffahrt', 8, 'Donauda…'],
    ['外交部長在北京會見了代表團', 5, '外交部長…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 13, '👨‍👩‍👧‍👦…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 5, '…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
    ['', 10, ''],
  ])('of %j within %i characters is %j', (opening, maxLength, excerpt) =>
    expect(excerptOf(opening, maxLength)).toBe(excerpt),
  );

  it('is never longer than it may be, begins as the text does, and says where it was cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 1, max: 90 }),
        (text, maxLength) => {
          const whole = text.replace(/\s+/g, ' ').trim();
          const excerpt = excerptOf(text, maxLength);
          expect(excerpt.length).toBeLessThanOrEqual(maxLength);
          if (whole.length <= maxLength) expect(excerpt).toBe(whole);
          else expect(excerpt.endsWith('…') && whole.startsWith(excerpt.slice(0, -1))).toBe(true);
        },
      ),
    );
  });
});

describe('counting words', () => {
  it.each([
    'don’t stop, it’s O’Neil’s',
    'U.S. and/or well-known',
    '10:30, 1,000 and 3.5%',
    'Привет, мир — всё',
    'שלום עולם',
    'مرحبا، بالعالم',
    '한국어 단어 둘',
    'café déjà naïve ﬁn',
    'x…y word—word I–II',
    '$5 €6 42°C №5',
    'e-mail@example.org https://example.org/a-b?c=d',
    '😀 smile ❤️',
    'नमस्ते दुनिया',
    'a\u00a0b a\u00adb',
    '外交部長在北京會見了代表團。',
    'ประเทศไทย',
    '',
  ])('agrees with the segmenter on %j', (text) => expect(wordCountOf(text)).toBe(bySegmenter(text)));

  it('agrees with the segmenter on any line of letters, figures and punctuation', () => {
    const piece = fc.constantFrom(
      ...'abcéЖяΩ1',
      '9',
      ' ',
      ' ',
      '. ',
      ', ',
      '’',
      "'",
      '-',
      '—',
      '“',
      '”',
      '(',
      ')',
      '/',
      '\n',
      '!',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        expect(wordCountOf(text)).toBe(bySegmenter(text));
      }),
      { numRuns: 500 },
    );
  });

  it('takes a run of Chinese without a break in its stride', () =>
    expect(wordCountOf('漢'.repeat(50_000))).toBeGreaterThan(0));

  it('is of all words of a body', () => expect(parseBody('<h2>One</h2><p>two <b>three</b></p>').wordCount).toBe(3));
});

describe('the minutes a piece takes', () => {
  it.each([
    [0, 0],
    [1, 1],
    [230, 1],
    [460, 2],
    [1150, 5],
  ])('for %i words are %i', (count, minutes) => expect(readingMinutesOf(count)).toBe(minutes));
});
