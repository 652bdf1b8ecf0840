import { Answers } from '../../../src/answers/answers.js';
import { AnswerMemory, type Sized } from '../../../src/answers/memory.js';
import { newsFrom } from '../../../src/answers/news.js';
import { DatabaseAway } from '../../../src/database/presence.js';

interface Text extends Sized {
  readonly text: string;
}

const standing = { isCurrent: true, isAway: false, unheardMs: 0, caughtUp: () => Promise.resolve(standing.isCurrent) };
let memory: AnswerMemory<Sized>;
let answers: Answers;
let made = 0;
beforeEach(() => {
  memory = new AnswerMemory<Sized>(1e6, true);
  answers = new Answers(memory, standing, () => new Date(0), 60);
  Object.assign(standing, { isCurrent: true, isAway: false, unheardMs: 0 });
  made = 0;
});

const keys = { meaning: 'front page', request: 'GET /' };
const asking = (make: () => Promise<Text> = () => Promise.resolve({ text: `made ${(made += 1)}`, bytes: 10 })) =>
  answers.give<Text>(keys, async (reads) => {
    reads.note(['article:1']);
    return { answer: await make(), keep: true };
  });
const failing = () => asking(() => Promise.reject(new DatabaseAway()));
function cutOff({ isAway = true, seconds = 1 } = {}): void {
  Object.assign(standing, { isCurrent: false, isAway, unheardMs: seconds * 1000 });
  memory.setAside();
}

it('says of what was true before the database went that nobody knows whether it still is', async () => {
  expect((await asking()).staleSeconds).toBe(null);
  cutOff({ seconds: 12 });
  expect(await asking()).toEqual({ answer: { text: 'made 1', bytes: 10 }, staleSeconds: 12 });
  expect(answers.atOnce('GET /')).toMatchObject({ staleSeconds: 12 });
});

it('asks first, where it is not known that the database is away', async () => {
  await asking();
  cutOff({ isAway: false });
  expect(answers.atOnce('GET /')).toBe(null);
  expect(await asking()).toMatchObject({ answer: { text: 'made 2' }, staleSeconds: null });
  expect(await failing()).toMatchObject({ answer: { text: 'made 1' }, staleSeconds: 1 });
});

it('covers no other fault', async () => {
  await asking();
  cutOff({ isAway: false });
  await expect(asking(() => Promise.reject(new Error('a mistake')))).rejects.toThrow('a mistake');
});

it('gives nothing that may have been retracted longer ago than is allowed, and gives up the room', async () => {
  await asking();
  cutOff({ seconds: 60 });
  await expect(failing()).rejects.toBeInstanceOf(DatabaseAway);
  expect(memory.bytes).toBe(0);
});

it('has forgotten it by the time the database is heard again', async () => {
  await asking();
  cutOff();
  memory.forgetAll();
  expect(answers.atOnce('GET /')).toBe(null);
  await expect(failing()).rejects.toBeInstanceOf(DatabaseAway);
});

it('never shows again what it was told had changed before it was cut off', async () => {
  await asking();
  memory.learn(newsFrom('article:1'), 0);
  cutOff();
  await expect(failing()).rejects.toBeInstanceOf(DatabaseAway);
});

it('keeps nothing that was begun before the database went', async () => {
  let finish: (text: Text) => void = () => undefined;
  const slow = asking(() => new Promise((resolve) => (finish = resolve)));
  cutOff();
  finish({ text: 'read before', bytes: 10 });
  await slow;
  Object.assign(standing, { isCurrent: true, isAway: false });
  expect(await asking()).toMatchObject({ answer: { text: 'made 1' } });
});
