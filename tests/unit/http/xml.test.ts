import fc from 'fast-check';
import { XmlWriter } from '../../../src/http/xml.js';
import { parsedXml } from '../../support/xml.js';

/** What XML 1.0 section 2.2 lets a document hold: the rest cannot be carried, and is left out. */
const carried = (text: string): string =>
  [...text]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20) return code === 9 || code === 10 || code === 13;
      return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
    })
    .join('');

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))).map((units) => units.join('')),
  fc.constantFrom(']]>', '<![CDATA[', '&amp;', '\0', '\r\n', '"\'', '\ud83d', '🚢', '\ufffe', '<!--', '--'),
);

it('any text comes out as it went in, but for characters that XML forbids', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, value) => {
      const root = parsedXml(new XmlWriter().open('a').leaf('b', text, { value }).close().toString());
      expect(root.children[0]).toMatchObject({ text: carried(text), attributes: { value: carried(value) } });
    }),
  );
});

it('writes nothing where there is nothing', () => {
  const xml = new XmlWriter()
    .open('a', { x: null, y: undefined, z: 1 })
    .leaf('b', null)
    .leaf('c', '')
    .empty('d', {})
    .close();
  expect(xml.toString()).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a z="1"><c></c><d/></a>\n');
});

it('gives no document while an element is open, and closes none that is not', () => {
  expect(() => new XmlWriter().open('a').toString()).toThrow('<a> is still open');
  expect(() => new XmlWriter().close()).toThrow('no element is open');
});
