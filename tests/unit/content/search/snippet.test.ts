import fc from 'fast-check';
import { foundSpans, likelyIn, snippetOf, wordAt } from '../../../../src/content/search/snippet.js';

const wordsOf = (text: string, wanted: readonly string[]) => likelyIn(wanted)(text).map((span) => wordAt(text, span));

describe('words that could be forms of what is wanted', () => {
  it('begin alike, whatever their case and their accents', () => {
    expect(wordsOf('Élections in Electric eel-land; an ELF, the heel.', ['élection'])).toEqual([
      'Élections',
      'Electric',
      'ELF',
    ]);
  });

  it('are whole words, of any script, and nothing else', () => {
    expect(wordsOf('😀ra, “ra”,ra😀 _ra_ ra2 𝒓a ‘raté', ['ra'])).toEqual(['ra', 'ra', 'ra', 'ra', 'ra2', '𝒓a', 'raté']);
    expect(wordsOf('выборы прошли, и выбор сделан', ['выбор'])).toEqual(['выборы', 'прошли', 'и', 'выбор', 'сделан']);
  });

  it('are the same that looking at each word finds', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', 'e', 'é', 'e\u0301', '1', ' ', '-', '’', 'ß', 'ж', '日', '😀', '𝒓', 'ﬁ', '\n'),
      maxLength: 40,
    });
    const letters = (word: string) => word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    const ascii = /^[ -~]{2}/;
    fc.assert(
      fc.property(text, fc.constantFrom('ab', 'eb', 'b1', 'ea'), (given, wanted) => {
        const looked = (given.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).filter((word) => {
          const begins = letters(word.slice(0, 4));
          return !ascii.test(begins) ? mayBe(begins, wanted) : begins.slice(0, 2) === wanted;
        });
        expect(wordsOf(given, [wanted])).toEqual(looked);
      }),
    );
  });
});

/** What is no ASCII letter may be written in several ways; so may a word of one letter go on. */
function mayBe(begins: string, wanted: string): boolean {
  const [first] = begins;
  return first === undefined || first > '\u007f' || first === wanted[0];
}

it('a snippet marks what was found, as it stands in the text, and escapes the rest', () => {
  const text = 'Über <b>Wahl</b> & Wahlen: 選挙の日';
  const wanted = ['wahl', '選挙'];
  const spans = foundSpans(text, likelyIn(wanted)(text), new Set(['Wahl', 'Wahlen']), wanted);
  expect(snippetOf(text, spans, 220)).toBe(
    'Über &lt;b&gt;<mark>Wahl</mark>&lt;/b&gt; &amp; <mark>Wahlen</mark>: <mark>選挙</mark>の日',
  );
});
