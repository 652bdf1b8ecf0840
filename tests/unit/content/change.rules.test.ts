import { holdingAfter, toldOf } from '../../../src/content/change/rules.js';

it.each([
  ['PUBLISHED', 'unknown', true, 'PUBLISHED'],
  ['PUBLISHED', 'unknown', false, null],
  ['PUBLISHED', 'let go', true, 'PUBLISHED'],
  ['PUBLISHED', 'held', true, null],
  ['PUBLISHED', 'held', false, 'WITHDRAWN'],
  ['UPDATED', 'unknown', true, 'PUBLISHED'],
  ['UPDATED', 'unknown', false, null],
  ['UPDATED', 'held', true, 'UPDATED'],
  ['UPDATED', 'held', false, 'WITHDRAWN'],
  ['CORRECTED', 'held', true, 'CORRECTED'],
  ['CORRECTED', 'let go', true, 'PUBLISHED'],
  ['WITHDRAWN', 'unknown', false, null],
  ['WITHDRAWN', 'let go', false, null],
  ['WITHDRAWN', 'held', false, 'WITHDRAWN'],
  ['WITHDRAWN', 'held', true, 'WITHDRAWN'],
  ['RETRACTED', 'held', false, 'RETRACTED'],
  ['RETRACTED', 'let go', false, 'RETRACTED'],
  ['RETRACTED', 'unknown', false, null],
] as const)('of %s, a partner to whom it is %s and visible: %s is told %s', (kind, holding, isVisible, told) => {
  expect(toldOf(kind, holding, isVisible)).toBe(told);
});

it.each([
  ['PUBLISHED', 'held'],
  ['CORRECTED', 'held'],
  ['WITHDRAWN', 'let go'],
  ['RETRACTED', 'let go'],
] as const)('after %s a piece is %s', (told, holding) => expect(holdingAfter(told)).toBe(holding));
