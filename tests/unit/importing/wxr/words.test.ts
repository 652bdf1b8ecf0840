import fc from 'fast-check';
import { momentOfRssDate, momentOfSqlDate } from '../../../../src/importing/wxr/dates.js';
import { plainLine, plainText } from '../../../../src/importing/plain-text.js';
import { Shelf } from '../../../../src/importing/wxr/shelf.js';
import { slugOf, slugOfEncoded } from '../../../../src/importing/wxr/slug.js';

it.each([
  ['Élan vital', 'elan-vital'],
  ["Don't stop", 'dont-stop'],
  ['Straße & Ærø', 'strasse-aero'],
  ['Łódź', 'lodz'],
  ['Новости й', 'новости-й'],
  ['ガザ', 'ガザ'],
  ['हिन्दी', 'हिन्दी'],
  ['대한민국', '대한민국'],
  ['Ελλάδα', 'ελλαδα'],
  ['__a--b__', 'a-b'],
  ['…', ''],
  ['word '.repeat(60), `${'word-'.repeat(23)}word`],
])('the slug of "%s" is "%s"', (text, slug) => {
  expect(slugOf(text)).toBe(slug);
});

it('a slug of a slug is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => slugOf(slugOf(text)) === slugOf(text)),
  );
});

it.each([
  ['%d0%bf%d0%be%d1%80%d1%82', 'порт'],
  ['%d0%bf%d0', 'п'],
  ['100%-sure', '100-sure'],
])('the slug WordPress keeps as "%s" is "%s"', (kept, slug) => {
  expect(slugOfEncoded(kept)).toBe(slug);
});

it.each([
  ['Thu, 21 Oct 2021 08:00:00 +0000', '2021-10-21T08:00:00.000Z'],
  ['21 oct 2021 08:00 GMT', '2021-10-21T08:00:00.000Z'],
  ['Thu, 21 Oct 2021 00:30:00 +0530', '2021-10-20T19:00:00.000Z'],
  ['Sun, 31 Dec 2023 20:00:00 -0500', '2024-01-01T01:00:00.000Z'],
  ['Wed, 30 Nov -0001 00:00:00 +0000', null],
  ['Fri, 31 Dec 9999 23:00:00 -0500', null],
  ['Thu, 31 Feb 2021 08:00:00 +0000', null],
  ['yesterday', null],
])('the RSS date %s is %s', (date, moment) => expect(momentOfRssDate(date)).toBe(moment));

it.each([
  ['2024-06-05 16:04:48', '2024-06-05T16:04:48.000Z'],
  ['0000-00-00 00:00:00', null],
  ['2023-02-29 00:00:00', null],
  ['2023-12-31 24:00:00', null],
  [undefined, null],
])('the SQL date %s is %s', (date, moment) => expect(momentOfSqlDate(date)).toBe(moment));

it.each([
  ['a &amp; b', 'a & b'],
  ['a<br />\nb', 'a\nb'],
  ['<p>a</p>\n<p>b</p>', 'a\n\nb'],
  ['<ul><li>a</li><li>b</li></ul>', 'a\n\nb'],
  ['a<script>b</script><style>c</style><!-- d -->', 'a'],
  ['5 < 6 &#1; \u00a0 x', '5 < 6 x'],
  ['a\r\n\r\n\r\nb', 'a\n\nb'],
])('%j says %j', (html, text) => expect(plainText(html)).toBe(text));

it('a line is one line', () => expect(plainLine('<p>a</p><p>b\nc</p>')).toBe('a b c'));

it('a shelf gives back what was put there, whatever the order, the first where there are two', async () => {
  const shelf = await Shelf.open<{ text: string }>();
  const keys = Array.from({ length: 5000 }, (_, place) => ((place * 7919) % 5003) + 1);
  for (const key of keys) shelf.put(key, { text: `é${key}` });
  shelf.put(1, { text: 'again' });
  expect(keys.every((key) => shelf.get(key)?.text === `é${key}`)).toBe(true);
  expect(shelf.get(99_999)).toBeUndefined();
  shelf.put(99_999, { text: 'later' });
  expect(shelf.get(99_999)).toEqual({ text: 'later' });
  await shelf.close();
});
