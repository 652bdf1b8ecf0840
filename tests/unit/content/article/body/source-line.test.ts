import { parseBody } from '../../../../../src/content/article/body/parse.js';
import { creditOf, sourceLineOf } from '../../../../../src/content/article/body/source-line.js';

describe('a closing line that names a source', () => {
  it.each([
    ['From our partner RIAC', 'From our partner RIAC', 'RIAC', null],
    [
      '<em>From our partner <a href="https://riac.example/x">RIAC</a></em>',
      'From our partner RIAC',
      'RIAC',
      'https://riac.example/x',
    ],
    ['From our partner the Halvorsen Forum', 'From our partner the Halvorsen Forum', 'Halvorsen Forum', null],
    [
      'Source: <a href="https://e.example/">The Economist</a>',
      'Source: The Economist',
      'The Economist',
      'https://e.example/',
    ],
    [
      'Source: https://www.e.example/a/b',
      'Source: https://www.e.example/a/b',
      'e.example',
      'https://www.e.example/a/b',
    ],
    [
      'Originally published by Foreign Policy on May 4, 2021.',
      'Originally published by Foreign Policy on May 4, 2021',
      'Foreign Policy',
      null,
    ],
    [
      'This article was originally published in The Conversation.',
      'This article was originally published in The Conversation',
      'The Conversation',
      null,
    ],
    [
      '(Republished with permission from Asia Times)',
      'Republished with permission from Asia Times',
      'Asia Times',
      null,
    ],
    ['Quelle: dpa', 'Quelle: dpa', 'dpa', null],
  ])('%j is taken out of the body', (line, attribution, partnerName, url) => {
    const body = parseBody(`<p>a</p>\n<hr>\n<p>${line}</p>\n<p>&nbsp;</p>\n`, { takeSource: true });
    expect(body).toMatchObject({
      html: '<p>a</p>',
      wordCount: 1,
      opening: 'a',
      source: { attribution, partnerName, url },
    });
  });

  it('stays where it is unless it is asked for', () => {
    const { html, tree, source } = parseBody('<p>a</p><p>From our partner RIAC</p>');
    expect({ html, source }).toEqual({ html: '<p>a</p><p>From our partner RIAC</p>', source: null });
    expect(sourceLineOf(tree)).toEqual({ attribution: 'From our partner RIAC', partnerName: 'RIAC', url: null });
  });

  it.each([
    '<p>From our partner RIAC</p><p>The end.</p>',
    '<p>The source: everything is fine</p>',
    '<p>From our partners we hear much. They are well. So are we all, said he, and went to bed.</p>',
    `<p>Source: ${'long '.repeat(60)}</p>`,
    '<h2>From our partner RIAC</h2>',
    '',
  ])('is not %j', (html) => expect(parseBody(html, { takeSource: true })).toMatchObject({ html, source: null }));
});

describe('the credit in a caption', () => {
  it.each([
    ['image credit: kremlin.ru', null, 'kremlin.ru'],
    ['image source: twitter @x', null, 'twitter @x'],
    ['Photo: Jane Doe / AFP', null, 'Jane Doe / AFP'],
    ['Photo by Jane Doe', null, 'Jane Doe'],
    ['(Credit: X)', null, 'X'],
    ['A ship. Photo by Jane Doe.', 'A ship.', 'Jane Doe'],
    ['A ship (Credit: X)', 'A ship', 'X'],
    ['A ship | Photo: AFP', 'A ship', 'AFP'],
    ['A ship. [Image: NASA]', 'A ship.', 'NASA'],
    ['Photo credit: Jane (Reuters)', null, 'Jane (Reuters)'],
    ['A ship © Jane Doe', 'A ship', 'Jane Doe'],
    ['© Jane Doe / AFP', null, 'Jane Doe / AFP'],
    ['Ein Schiff. Foto: dpa', 'Ein Schiff.', 'dpa'],
    ['Un bateau. Crédit photo : AFP', 'Un bateau.', 'AFP'],
    ['Un barco (Foto: EFE)', 'Un barco', 'EFE'],
    ['Un barco. Crédito: EFE', 'Un barco.', 'EFE'],
    ['The photo by the door', 'The photo by the door', null],
    ['A source: the river', 'A source: the river', null],
    ['Plain caption.', 'Plain caption.', null],
    ['  ', null, null],
  ])('%j is %j, and %j', (caption, rest, credit) => expect(creditOf(caption)).toEqual({ caption: rest, credit }));

  it('is not searched for in a text', () => {
    const text = `Photo: ${'a ('.repeat(2000)}`;
    expect(creditOf(text).credit).toBeNull();
  });
});
