import { pino } from 'pino';
import { newsFrom } from '../../../src/answers/news.js';
import { Purging } from '../../../src/answers/purging.js';
import { shortName, surrogateKey } from '../../../src/answers/surrogate-key.js';

const log = pino({ level: 'silent' });

function aPurging(answers: ('ok' | 'refused')[] = []) {
  const asked: string[][] = [];
  const purge = (names: readonly string[]) => {
    asked.push([...names]);
    return answers[asked.length - 1] === 'refused' ? Promise.reject(new Error('503')) : Promise.resolve();
  };
  return { asked, purging: new Purging({ purge, log, gatherMs: 5, pauseMs: 1 }) };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('names the things and the lists of what is told together, each once, and what depends on more than can be named', async () => {
  const { asked, purging } = aPurging();
  purging.add(newsFrom('article:1\nlatest\t1700000000000\tb'));
  purging.add(newsFrom('article:1\nsection:2'));
  await later(40);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.sort()).toEqual(['many', ...['article:1', 'latest', 'section:2'].map(shortName)].sort());
  await purging.close();
});

it('names everything and nothing else when so much has changed', async () => {
  const { asked, purging } = aPurging();
  purging.add(newsFrom('article:1'));
  purging.addAll();
  await purging.close();
  expect(asked).toEqual([['all']]);
});

it('asks for a hundred names at a time', async () => {
  const { asked, purging } = aPurging();
  purging.add(newsFrom(Array.from({ length: 250 }, (_, n) => `article:${n}`).join('\n')));
  await purging.close();
  expect(asked.map((names) => names.length)).toEqual([100, 100, 51]);
  expect(new Set(asked.flat()).size).toBe(251);
});

it('asks again when it is refused, and then goes on in order', async () => {
  const { asked, purging } = aPurging(['refused', 'refused', 'ok', 'ok']);
  purging.add(newsFrom('article:1'));
  await later(60);
  purging.add(newsFrom('article:2'));
  await later(30);
  expect(asked.map((names) => names.at(-1))).toEqual([
    ...Array(3).fill(shortName('article:1')),
    shortName('article:2'),
  ]);
  await purging.close();
});

it('every answer stands under “all”, one that depends on too much under “many” besides', () => {
  const reads = (count: number) => ({
    things: new Set(Array.from({ length: count }, (_, n) => `t:${n}`)),
    stretches: [],
  });
  expect(surrogateKey(reads(2) as never)).toBe(`all ${shortName('t:0')} ${shortName('t:1')}`);
  expect(surrogateKey(reads(401) as never)).toBe('all many');
});
