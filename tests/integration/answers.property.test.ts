import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { type Asked, questionsOf, without } from '../support/answers.js';
import { startService, type TestService } from '../support/service.js';
import { laterMs, type Step, step, type Write, write } from '../support/writes.js';

// Two instances that keep answers, and one over the same database that keeps none and says what is true.
let two: [TestService, TestService];
let truth: TestService;
let questions: Asked[];

beforeAll(async () => {
  truth = await startService();
  await loadSampleNewsroom(truth.db, truth.site, truth.now);
  questions = await questionsOf(truth);
}, 60_000);
afterAll(() => truth.close());
beforeEach(async () => {
  two = [await startService({ answers: true, beside: truth }), await startService({ answers: true, beside: truth })];
  for (const instance of two) instance.now = truth.now;
});
afterEach(async () => {
  for (const instance of two) await instance.close();
});

const answerOf = (service: TestService, { document, variables }: Asked) => service.query(document, variables);
const words = (answer: unknown) => JSON.stringify(answer);

interface Outcome {
  stale: string[];
  /** Answers that were made anew and read as before. */
  needless: number;
  /** Answers that something could have made untrue. */
  looked: number;
}

/**
 * What has answers made anew on purpose: a schedule, because caches on the way must learn until when they may show what they
 * have; and so much at once that saying what would cost more than making it anew.
 */
const meansToForget = (taken: Step) => 'kind' in taken && (taken.kind === 'schedule' || taken.kind === 'manyAtOnce');

/** What is made anew every few seconds, whatever happens. */
const endsByItself = ({ name }: Asked) => name.startsWith('trending');

/** Takes `steps` one after the other, and after each looks whether both instances say what is true. */
async function follow(steps: readonly Step[], asked = questions, untilStale = false): Promise<Outcome> {
  const outcome: Outcome = { stale: [], needless: 0, looked: 0 };
  const before = new Map<string, string>();
  for (const question of asked) {
    before.set(question.name, words(await answerOf(truth, question)));
    for (const instance of two) await answerOf(instance, question);
  }
  for (const [index, taken] of steps.entries()) {
    if (untilStale && outcome.stale.length > 0) break;
    if (!('minutes' in taken)) await write(truth.db, truth.now, taken);
    const now = new Date(truth.now.getTime() + ('minutes' in taken ? taken.minutes * 60_000 : laterMs(taken)));
    for (const service of [truth, ...two]) service.now = now;
    for (const { answers } of two) await answers?.caughtUp();
    for (const question of asked) {
      const fresh = words(await answerOf(truth, question));
      for (const instance of two) {
        const { counts } = instance.answers!.memory;
        const misses = counts.misses;
        const given = words(await answerOf(instance, question));
        if (given !== fresh) outcome.stale.push(`${question.name} after ${JSON.stringify(taken)} (step ${index})`);
        outcome.looked += 1;
        if (endsByItself(question)) continue;
        if (counts.misses > misses && fresh === before.get(question.name) && !meansToForget(taken))
          outcome.needless += 1;
      }
      before.set(question.name, fresh);
    }
  }
  return outcome;
}

const stepsOf = (count: number, seed: number) => fc.sample(step, { numRuns: count, seed });

describe('answers that are kept', () => {
  // Each step is looked at by some seventy questions on both instances; `npm run test:answers` takes many more.
  const rounds = Number(process.env['ANSWER_STEPS'] ?? 4);
  const seed = Number(process.env['ANSWER_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`say what is true after every change, on both instances (seed ${seed})`, async () => {
    const began = performance.now();
    const { stale, needless, looked } = await follow(stepsOf(rounds, seed));
    expect(stale).toEqual([]);
    const rate = ((100 * needless) / looked).toFixed(2);
    process.stdout.write(
      `${looked} pairs of a question and a change (seed ${seed}): ${needless} answers made anew that read as before, ${rate} %, ${Math.round((performance.now() - began) / 1000)} s\n`,
    );
    // A handful of changes says little about how often; many do.
    expect(needless / looked).toBeLessThan(rounds < 40 ? 0.2 : 0.05);
  }, 600_000);
});

describe('without being told of one kind of thing', () => {
  const picks = Array.from({ length: 40 }, (_, index) => index);
  it.each<[kind: string, write: Write['kind'], about: RegExp]>([
    ['article', 'headline', /^all/],
    ['list all', 'publish', /^all/],
    ['author', 'renameAuthor', /^article/],
    ['comments', 'comment', /^article/],
  ])(
    'an answer is stale: %s',
    async (kind, write, about) => {
      for (const { answers } of two) {
        const { memory } = answers!;
        const learn = memory.learn.bind(memory);
        memory.learn = (news, now) => learn(without(kind, news), now);
      }
      const steps = picks.map((pick) => ({ kind: write, pick, other: 2 * pick + 1 }));
      const asked = questions.filter(({ name }) => about.test(name));
      expect((await follow(steps, asked, true)).stale).not.toEqual([]);
    },
    120_000,
  );
});
