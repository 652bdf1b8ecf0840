import { AnswerMemory } from '../../../src/answers/memory.js';
import { newsFrom } from '../../../src/answers/news.js';
import { KeptRowMemory, type KeptRows } from '../../../src/answers/rows.js';

interface Row {
  id: string;
  name: string;
}

let memory: AnswerMemory<KeptRows>;
let rows: KeptRowMemory;
let stored: Map<string, string>;
let asked: string[][];
let noted: Set<string>;
const currency = { isCurrent: true, caughtUp: () => Promise.resolve(true) };

beforeEach(() => {
  memory = new AnswerMemory<KeptRows>(1e6);
  rows = new KeptRowMemory(memory, currency, () => new Date(0));
  currency.isCurrent = true;
  stored = new Map([
    ['1', 'One'],
    ['2', 'Two'],
  ]);
  asked = [];
  noted = new Set();
});

const authors = {
  what: 'author',
  read: (ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve(ids.flatMap((id): Row[] => (stored.has(id) ? [{ id, name: stored.get(id) ?? '' }] : [])));
  },
  keyOf: ({ id }: Row) => id,
  dependsOn: (id: string) => [`author:${id}`],
};
const find = async (...ids: string[]) => {
  const found = await rows.find(authors, ids, (things) => {
    for (const thing of things) noted.add(thing);
  });
  return Object.fromEntries(found.map(({ id, name }) => [id, name]));
};
const tell = (message: string) => memory.learn(newsFrom(message), 0);

it('reads what is not in memory, and says what the rest depends on', async () => {
  expect(await find('1')).toEqual({ 1: 'One' });
  expect(noted).toEqual(new Set());
  expect(await find('1', '2')).toEqual({ 1: 'One', 2: 'Two' });
  expect(asked).toEqual([['1'], ['2']]);
  expect(noted).toEqual(new Set(['author:1']));
});

it('forgets what it is told of, and nothing else', async () => {
  await find('1', '2');
  stored.set('1', 'Other');
  tell('author:1');
  expect(await find('1', '2')).toEqual({ 1: 'Other', 2: 'Two' });
  expect(asked).toEqual([['1', '2'], ['1']]);
});

it('remembers that there is nothing, until there is', async () => {
  expect(await find('3')).toEqual({});
  expect(await find('3')).toEqual({});
  expect(asked).toEqual([['3']]);
  stored.set('3', 'Three');
  tell('author:3\nauthors');
  expect(await find('3')).toEqual({ 3: 'Three' });
});

it('keeps nothing that was told of while it was read', async () => {
  const late = find('1', '2');
  tell('author:2');
  await late;
  await find('1', '2');
  expect(asked).toEqual([['1', '2'], ['2']]);
});

it('uses and keeps nothing while it may be out of date', async () => {
  await find('1');
  currency.isCurrent = false;
  await find('1');
  await find('2');
  currency.isCurrent = true;
  await find('1', '2');
  expect(asked).toEqual([['1'], ['1'], ['2'], ['2']]);
});

it('hands out rows that nobody can change for others', async () => {
  const [row] = await rows.find(authors, ['1'], () => undefined);
  expect(() => Object.assign(row!, { name: 'Changed' })).toThrow(TypeError);
});

it('takes no more than its bytes', async () => {
  memory = new AnswerMemory<KeptRows>(20_000);
  rows = new KeptRowMemory(memory, currency, () => new Date(0));
  stored = new Map(Array.from({ length: 200 }, (_, id) => [String(id), 'A name']));
  for (let id = 0; id < 200; id += 1) await find(String(id));
  expect(memory.bytes).toBeLessThanOrEqual(20_000);
  expect(memory.counts.dropped).toBeGreaterThan(100);
});
