import { plainLine } from '../../../src/importing/plain-text.js';

it.each(['<div>', '<b><i>', '<ul><li>'])('what lies 20,000 deep in %s is read all the same', (open) => {
  expect(plainLine(`before ${open.repeat(20_000)}within`)).toBe('before within');
});
