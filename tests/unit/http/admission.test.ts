import { Admission } from '../../../src/http/admission.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const options = { atOnce: 2, waiting: 2, longestWaitMs: 40, longestWaitForStreamsMs: 10_000 };

/** Requests that note what became of them. */
function crowd() {
  const admission = new Admission(options);
  const began: string[] = [];
  const refused: string[] = [];
  const leave = new Map<string, () => void>();
  const come = (name: string, isStream = false) =>
    admission.enter(
      (left) => {
        began.push(name);
        leave.set(name, left);
      },
      () => refused.push(name),
      isStream,
    );
  return { admission, began, refused, leave, come };
}

it('works on so many at once, has so many wait, and sends the next away at once', () => {
  const { began, refused, come, admission } = crowd();
  for (const name of ['a', 'b', 'c', 'd', 'e']) come(name);
  expect([began, refused, admission.size, admission.waiting]).toEqual([['a', 'b'], ['e'], 2, 2]);
  for (const name of ['c', 'd']) expect(began).not.toContain(name);
});

it('takes in whoever came first, and counts nobody twice who leaves twice', () => {
  const { began, leave, come, admission } = crowd();
  for (const name of ['a', 'b', 'c', 'd']) come(name);
  leave.get('a')!();
  leave.get('a')!();
  expect([began, admission.size, admission.waiting]).toEqual([['a', 'b', 'c'], 2, 1]);
});

it('sends away who has waited too long', async () => {
  const { refused, leave, began, come } = crowd();
  for (const name of ['a', 'b', 'c']) come(name);
  await pause(80);
  leave.get('a')!();
  expect([began, refused]).toEqual([['a', 'b'], ['c']]);
});

it('passes over who has gone while waiting', () => {
  const { began, refused, leave, come, admission } = crowd();
  for (const name of ['a', 'b']) come(name);
  const gone = come('c');
  come('d');
  gone();
  leave.get('b')!();
  expect([began, refused, admission.waiting]).toEqual([['a', 'b', 'd'], [], 0]);
});

it('has any number of streams wait, which come by the hundred when an instance has ended', async () => {
  const { began, refused, leave, come } = crowd();
  for (const name of ['a', 'b']) come(name);
  const gone = Array.from({ length: 50 }, (_, index) => come(`stream ${index}`, true));
  come('c');
  await pause(80);
  expect(refused).toEqual(['c']);
  leave.get('a')!();
  expect(began.at(-1)).toBe('stream 0');
  for (const leaves of gone) leaves();
});
