import { StatementNames } from '../../../src/database/statement-names.js';

const used = (names: StatementNames, text: string, times: number) =>
  Array.from({ length: times }, () => names.nameOf(text));

it('what is sent again and again has a name, the same from its third time on, and another text another', () => {
  const names = new StatementNames();
  const [first, second, third, fourth] = used(names, 'select 1', 4);
  expect([first, second]).toEqual(['', '']);
  expect(third).toMatch(/^[\w-]{27}$/);
  expect(fourth).toBe(third);
  expect(used(names, 'select 2', 3)[2]).not.toBe(third);
});

it('no more have one than there is room for, and those that do keep it', () => {
  const names = new StatementNames({ most: 5 });
  const named = Array.from({ length: 20 }, (_, index) => used(names, `select ${index}`, 3)[2]!);
  expect(named.filter(Boolean)).toHaveLength(5);
  expect(names.nameOf('select 0')).toBe(named[0]);
  expect(used(names, 'select 19', 9).every((name) => name === '')).toBe(true);
});

it('what is sent once takes no room from what is sent often', () => {
  const names = new StatementNames({ most: 5 });
  for (let index = 0; index < 5000; index += 1) names.nameOf(`select ${index}`);
  expect(used(names, 'select often', 3)[2]).not.toBe('');
});
