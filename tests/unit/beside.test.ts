import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Thread, TooMuchWaits } from '../../src/beside.js';

let folder: string;
let thread: Thread;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dateline-thread-'));
});
afterEach(async () => {
  await thread.end();
  await rm(folder, { recursive: true, force: true });
});

/** A thread with this module on it. */
async function threadOf(source: string, heapMegabytes = 16): Promise<Thread> {
  const file = path.join(folder, 'work.mjs');
  await writeFile(file, source);
  return (thread = new Thread(file, heapMegabytes));
}

const functions = `
  import { threadId } from 'node:worker_threads';
  export const where = () => threadId;
  export const twice = (given) => given + given;
  export const refuse = (why) => { throw new RangeError(why); };
  export const fill = () => { const held = []; for (;;) held.push(new Array(1000).fill(held.length)); };
  export const leave = () => process.exit(3);
  export const never = () => new Promise(() => undefined);
`;

it('calls functions by their names, all on the same thread and not on this one', async () => {
  const { call } = bound(await threadOf(functions));
  expect(await Promise.all([call('twice', 'ab'), call('twice', 21)])).toEqual(['abab', 42]);
  const [one, other] = await Promise.all([call('where'), call('where')]);
  expect(one).toBeGreaterThan(0);
  expect(other).toBe(one);
});

it('hands on what a function throws, and goes on', async () => {
  const { call } = bound(await threadOf(functions));
  await expect(call('refuse', 'not so')).rejects.toThrow(RangeError('not so'));
  expect(await call('twice', 'ab')).toBe('abab');
});

it.each([
  ['fill', { code: 'ERR_WORKER_OUT_OF_MEMORY' }],
  ['leave', { message: expect.stringContaining('exited with code: 3') }],
])('one that breaks by %s fails what it was doing; what waits is done by another', async (name, error) => {
  const { call } = bound(await threadOf(functions));
  const first = await call('where');
  const [broken, next] = await Promise.allSettled([call(name), call('where')]);
  expect(broken).toMatchObject({ status: 'rejected', reason: error });
  expect(next).toMatchObject({ status: 'fulfilled', value: expect.any(Number) });
  expect(next).not.toMatchObject({ value: first });
});

it('one that cannot begin fails all that wait, and the next call tries again', async () => {
  const { call } = bound(await threadOf('throw new Error("not today");'));
  for (const { status } of await Promise.allSettled([call('where'), call('where')])) expect(status).toBe('rejected');
  await writeFile(path.join(folder, 'work.mjs'), functions);
  await thread.end();
  expect(await call('twice', 'ab')).toBe('abab');
});

it('while more than ten seconds of work wait, refuses what can be refused and takes what cannot', async () => {
  await threadOf(functions);
  const long = thread.call('twice', 'a', 12_000, true);
  await expect(thread.call('twice', 'b', 1, true)).rejects.toThrow(TooMuchWaits);
  expect(await thread.call('twice', 'c', 1, false)).toBe('cc');
  expect(await long).toBe('aa');
  expect(await thread.call('twice', 'b', 1, true)).toBe('bb');
});

it('is ended in the middle of its work, which fails; the next call begins another', async () => {
  const { call } = bound(await threadOf(functions));
  const first = await call('where');
  const under = [call('never'), call('twice', 'ab')].map((each) => expect(each).rejects.toThrow());
  await thread.end();
  await Promise.all(under);
  expect(await call('where')).not.toBe(first);
});

const bound = (on: Thread) => ({ call: (name: string, given?: unknown) => on.call(name, given, 1, false) });
