import { eachInTime, goingOnWith, inTime, isLong, putOff, Undertaking, whenAllIsAsked } from '../../src/turns.js';
import { turnsDuring } from '../support/turns.js';

/** Holds the loop as work does. */
function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

beforeEach(nextTurn);

it('a turn is long when it has been asked about for some milliseconds, and the next one is not', async () => {
  expect(isLong()).toBe(false);
  work(12);
  expect(isLong()).toBe(true);
  await nextTurn();
  expect(isLong()).toBe(false);
});

it('what is put off is done in the order it was put off in, between it what has come in', async () => {
  const done: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    putOff(() => {
      done.push(`put off ${index}`);
      work(12);
    });
  }
  for (let turn = 0; turn < 6; turn += 1) {
    await nextTurn();
    done.push('else');
  }
  expect(done.filter((what) => what !== 'else')).toEqual([0, 1, 2, 3].map((index) => `put off ${index}`));
  expect(done.join()).not.toMatch(/put off \d,put off \d/);
});

it('many who wait for their time take turns of some milliseconds, each with what it leads to', async () => {
  let others = 0;
  let isOver = false;
  const other = async () => {
    while (!isOver) {
      await nextTurn();
      others += 1;
    }
  };
  const watching = other();
  await Promise.all(Array.from({ length: 50 }, () => inTime(() => work(2))));
  isOver = true;
  await watching;
  // A hundred milliseconds of work: at one go nobody else had come in between.
  expect(others).toBeGreaterThan(4);
});

it('what is done with each of many leaves others their turns, and is done in order', async () => {
  const done: number[] = [];
  const items = Array.from({ length: 50 }, (_, index) => index);
  const { turns } = await turnsDuring(() =>
    eachInTime(items, (item) => {
      done.push(item);
      work(2);
    }),
  );
  expect(done).toEqual(items);
  // At one go it had been one turn.
  expect(turns).toBeGreaterThan(4);
});

it('does at once what there is time for, and says what went wrong', async () => {
  let isDone = false;
  const doing = inTime(() => (isDone = true));
  expect(isDone).toBe(true);
  expect(await doing).toBe(true);
  work(12);
  const failing = inTime(() => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
});

it('what is asked for in several turns by one undertaking is asked for together, and nobody else waits for it', async () => {
  const asked: number[] = [];
  const together: number[][] = [];
  const ask = (number: number) => {
    asked.push(number);
    if (asked.length === 1) whenAllIsAsked(() => together.push(asked.splice(0)));
  };
  const others: string[] = [];
  const one = new Undertaking();
  await new Promise<void>((resolve) => {
    const step = (number: number) => {
      goingOnWith(one);
      ask(number);
      work(12);
      if (number < 3) one.putOff(() => step(number + 1));
      else resolve();
    };
    step(1);
    goingOnWith(new Undertaking());
    whenAllIsAsked(() => others.push(`after ${asked.join()}`));
  });
  await nextTurn();
  expect(together).toEqual([[1, 2, 3]]);
  expect(others).toEqual(['after 1']);
});
