import { deskMemory, type KeptItems } from '../../../desk/memory.js';

function kept(entries: Record<string, string> = {}): KeptItems {
  const map = new Map(Object.entries(entries));
  return {
    get length() {
      return map.size;
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}
const first = { query: '{ first }', variables: '{"n":1}' };
const tabs = (activeTabIndex: number) =>
  JSON.stringify({
    activeTabIndex,
    tabs: [
      { query: '{ a }', variables: null },
      { query: '{ b }', variables: '{}' },
    ],
  });

it.each([
  ['the first ready tab where nothing is kept', undefined, '{ first }', '{"n":1}'],
  ['the open tab', tabs(1), '{ b }', '{}'],
  ['the open tab, without variables', tabs(0), '{ a }', null],
  ['the first ready tab where the list is damaged', '{"tabs":', '{ first }', '{"n":1}'],
  ['the first ready tab where the list names none', tabs(7), '{ first }', '{"n":1}'],
  ['the first ready tab where the list is no list', '[]', '{ first }', '{"n":1}'],
])('shows %s', (_what, tabState, query, variables) => {
  const memory = deskMemory(kept(tabState ? { 'graphiql:tabState': tabState } : {}), first);
  expect([memory.getItem('graphiql:query'), memory.getItem('graphiql:variables')]).toEqual([query, variables]);
});

it('keeps what the list of tabs holds once, and all else as it is', () => {
  const items = kept();
  const memory = deskMemory(items, first);
  memory.setItem('graphiql:query', '{ x }');
  memory.setItem('graphiql:variables', '{}');
  memory.setItem('graphiql:theme', 'dark');
  expect([items.length, memory.getItem('graphiql:theme')]).toEqual([1, 'dark']);
});

it('leaves variables room enough for a draft until somebody drags them to another height', () => {
  const height = 'graphiql:secondaryEditorFlex';
  expect(deskMemory(kept(), first).getItem(height)).toBe('1.2');
  expect(deskMemory(kept({ [height]: '3' }), first).getItem(height)).toBe('3');
});

it('clears what is the desk’s and leaves what others keep', () => {
  const items = kept({ 'graphiql:theme': 'dark', 'graphiql:tabState': '{}', other: '1' });
  const memory = deskMemory(items, undefined);
  expect(memory.length).toBe(2);
  memory.clear();
  expect([memory.length, items.getItem('other')]).toEqual([0, '1']);
});
