import fc from 'fast-check';
import { AnswerMemory } from '../../../src/answers/memory.js';
import { type News, newsFrom } from '../../../src/answers/news.js';
import { on, Reads, stretchOf } from '../../../src/database/dependencies.js';

const answer = (bytes = 100) => ({ bytes });
const reads = (...things: string[]): Reads => {
  const made = new Reads();
  made.note(things);
  return made;
};
const told = (...lines: string[]): News => newsFrom(lines.join('\n'));

function memoryWith(key: string, made: Reads) {
  const memory = new AnswerMemory<{ bytes: number }>(1e6);
  memory.keep(memory.begin(), key, answer(), made, 0);
  return memory;
}

describe('a memory of answers', () => {
  it('forgets what is told of, and nothing else', () => {
    const memory = memoryWith('a', reads('article:1', 'author:2'));
    memory.keep(memory.begin(), 'b', answer(), reads('article:3'), 0);
    memory.learn(told('author:2'), 0);
    expect([memory.find('a', 0), memory.find('b', 0)]).toEqual([null, answer()]);
  });

  it('keeps nothing that was told of while it was made', () => {
    const memory = new AnswerMemory<{ bytes: number }>(1e6);
    const making = memory.begin();
    memory.learn(told('article:1'), 0);
    expect(memory.keep(making, 'a', answer(), reads('article:1'), 0)).toBe(false);
    expect(memory.find('a', 0)).toBeNull();
  });

  it('makes room by what was not used since it last did, the oldest first, and never by what it is made for', () => {
    // Each takes about 1,500 of the 12,500 bytes: eight fit.
    const memory = new AnswerMemory<{ bytes: number }>(12_500);
    const keep = (key: string) => memory.keep(memory.begin(), key, answer(960), reads(`article:${key}`), 0);
    const held = (keys: string) => [...keys].filter((key) => memory.find(key, 0) !== null).join('');
    for (const key of 'abcdefgh') keep(key);
    expect(memory.size).toBe(8);
    held('ac');
    keep('i');
    keep('j');
    expect(memory.size).toBe(8);
    expect(held('abcdefghij')).toBe('acefghij');
    // All were looked at by now: the oldest that stand longest go, and what came last stays.
    keep('k');
    expect([held('k'), memory.size, memory.bytes <= 12_500]).toEqual(['k', 8, true]);
  });

  it('keeps nothing of which is not known what it depends on', () => {
    const unknown = reads('article:1');
    unknown.spoil();
    expect(memoryWith('a', unknown).find('a', 0)).toBeNull();
  });

  it('forgets a second time at the moment that was named', () => {
    const memory = new AnswerMemory<{ bytes: number }>(1e6);
    memory.learn(told('article:1', '@5000'), 1000);
    memory.keep(memory.begin(), 'a', answer(), reads('article:1'), 2000);
    expect(memory.changesAt(reads('article:1'))).toBe(5000);
    expect(memory.find('a', 4999)).toEqual(answer());
    expect(memory.find('a', 5000)).toBeNull();
  });

  it('forgets what reads differently by the clock', () => {
    const aged = reads();
    aged.expireAt(3000);
    const memory = memoryWith('a', aged);
    expect(memory.find('a', 2999)).toEqual(answer());
    expect(memory.find('a', 3000)).toBeNull();
  });

  it('finds an answer by other spellings of its request until it is forgotten', () => {
    const memory = memoryWith('a', reads('article:1'));
    memory.alias('a', 'A');
    expect(memory.find('A', 0)).toEqual(answer());
    memory.learn(told('*'), 0);
    expect(memory.find('A', 0)).toBeNull();
  });

  it('holds no more than its limit, and lets the least recently used go first', () => {
    const memory = new AnswerMemory<{ bytes: number }>(100_000);
    for (let index = 0; index < 200; index += 1) {
      memory.keep(memory.begin(), `k${index}`, answer(2000), reads(`article:${index}`), 0);
      memory.find('k0', 0);
      expect(memory.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(memory.find('k0', 0)).not.toBeNull();
    expect(memory.find('k1', 0)).toBeNull();
    expect(memory.find('k199', 0)).not.toBeNull();
  });

  it('counts the spellings by which an answer is found, and takes none that is too long to keep', () => {
    const memory = new AnswerMemory<{ bytes: number }>(100_000);
    for (let index = 0; index < 50; index += 1) {
      memory.keep(memory.begin(), `k${index}`, answer(), reads(`article:${index}`), 0);
      memory.alias(`k${index}`, `${index} ${'spelt'.repeat(1000)}`);
    }
    expect(memory.bytes).toBeLessThanOrEqual(100_000);
    expect(memory.size).toBeLessThan(10);
    expect(memory.find(`49 ${'spelt'.repeat(1000)}`, 0)).not.toBeNull();
    memory.alias('k49', 'spelt'.repeat(2000));
    expect(memory.find('spelt'.repeat(2000), 0)).toBeNull();
    memory.forgetAll();
    expect(memory.bytes).toBe(0);
  });
});

const place = fc.record({ at: fc.nat(9), id: fc.constantFrom('a', 'b', 'c') });
type Place = { at: number; id: string };
const compare = (x: Place, y: Place) => x.at - y.at || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0);

/** The rows a page of `all` holds, and one more where there are more, as a keyset statement answers them. */
function read(all: Place[], descending: boolean, page: Parameters<typeof stretchOf>[1]): Place[] {
  const ordered = [...all].sort((x, y) => (descending ? compare(y, x) : compare(x, y)));
  const order = (x: Place, y: Place) => (descending ? compare(y, x) : compare(x, y));
  const keyed = (key: typeof page.after): Place | null => (key ? { at: Number(key[0]), id: key[1] } : null);
  const [after, before] = [keyed(page.after), keyed(page.before)];
  const within = ordered.filter((row) => (!after || order(row, after) > 0) && (!before || order(row, before) < 0));
  return (page.backward ? within.reverse() : within).slice(0, page.size + 1);
}

it('a page changes only by a row that comes or goes within the stretch it was read from', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(place, { selector: ({ at, id }) => `${at}${id}`, maxLength: 15 }),
      place,
      fc.record({
        size: fc.integer({ min: 1, max: 4 }),
        backward: fc.boolean(),
        after: fc.option(place, { nil: undefined }),
        before: fc.option(place, { nil: undefined }),
      }),
      fc.boolean(),
      (all, changed, { size, backward, after, before }, descending) => {
        const page = {
          size,
          backward,
          ...(after ? { after: [after.at, after.id] as const } : {}),
          ...(before ? { before: [before.at, before.id] as const } : {}),
        };
        const same = (x: Place) => compare(x, changed) === 0;
        const now = all.some(same) ? all.filter((row) => !same(row)) : [...all, changed];
        const [rows, rowsNow] = [read(all, descending, page), read(now, descending, page)];
        const made = new Reads();
        made.note([
          stretchOf(
            'all',
            page,
            descending,
            rows.map((row) => ({ place: row })),
          ),
        ]);
        const memory = memoryWith('page', made);
        memory.learn(told(`all\t${changed.at}\t${changed.id}`), 0);
        if (JSON.stringify(rows) !== JSON.stringify(rowsNow)) expect(memory.find('page', 0)).toBeNull();
        else if (rows.length > 0 && rows.length <= size && !after && !before) expect(memory.find('page', 0)).toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});

it('names are written as the database tells of them', () => {
  expect(on('article', ['1', '2'])).toEqual(['article:1', 'article:2']);
  expect(told('article:1', 'all\t5\tx', 'section:9\t*', '@77')).toEqual({
    everything: false,
    things: ['article:1'],
    places: [
      { list: 'all', place: { at: 5, id: 'x' } },
      { list: 'section:9', place: null },
    ],
    again: 77,
  });
});
