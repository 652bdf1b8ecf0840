import { parse } from 'graphql';
import { parsedDocuments } from '../../../src/graphql/parsed.js';

const fields = Array.from({ length: 400 }, (_, index) => `field${index}`).join(' ');

it('what is short is kept by the hundred', () => {
  const { documentCache } = parsedDocuments();
  const texts = Array.from({ length: 500 }, (_, index) => `query Q${index} { articles { nodes { slug headline } } }`);
  for (const text of texts) documentCache.set(text, parse(text));
  expect(texts.filter((text) => documentCache.get(text)).length).toBe(500);
});

it.each([
  ['a long remark', (index: number) => `# ${index} ${'x'.repeat(900_000)}\n{ publication { name } }`],
  ['many tokens', (index: number) => `query Q${index} { publication { ${fields} } }`],
])('documents of %s leave when there is no room for them, the newest last', (_what, textOf) => {
  const { documentCache } = parsedDocuments();
  for (let index = 0; index < 200; index += 1) documentCache.set(textOf(index), parse(textOf(index)));
  expect(documentCache.calculatedSize).toBeLessThanOrEqual(32e6);
  expect(documentCache.get(textOf(199))).toBeDefined();
  expect(documentCache.get(textOf(0))).toBeUndefined();
});

it('one that is longer than any that is meant is not kept, nor what is no document', () => {
  const { documentCache, errorCache } = parsedDocuments();
  const text = `# ${'é'.repeat(1_000_000)}\n{ publication { name } }`;
  documentCache.set(text, parse(text));
  expect(documentCache.size).toBe(0);
  errorCache.set();
  expect(errorCache.get()).toBeUndefined();
});
