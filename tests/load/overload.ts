// npm run test:load
// Finds how much a service can answer of what nothing is kept for, asks twice as much for a minute (LOAD_SECONDS), then half, and
// fails where it does less than is promised. Service, driver and database share the machine: the figures are of all three.
import { quantiles } from '../../src/cli/bench/reading.js';
import { drive, goodput, isGood, told } from './driving.js';
import { openLoaded, shown } from './paper.js';

const seconds = Number(process.env['LOAD_SECONDS'] ?? 60);
const failures: string[] = [];
const expect = (what: string, holds: boolean) => {
  process.stdout.write(`${holds ? 'held  ' : 'FAILED'}  ${what}\n`);
  if (!holds) failures.push(what);
};

// `heap` after a sweep says what is held; what the process keeps of the system's memory follows it late, if ever.
const loaded = await openLoaded({ DATELINE_CACHE: 'off' });
const driver = drive(loaded.service.url, loaded.next);
const say = (text: string) => process.stdout.write(`${text}\n`);
try {
  await driver.closed(16, 8);
  const searching = Math.max(5, Math.min(20, seconds / 3));
  const asMuchAsItCan = async () => {
    const found = await driver.closed(32, searching);
    say(told('as much as it can', found, searching));
    return { found, sustained: goodput(found, 0, searching * 1000) };
  };
  const { found, sustained } = await asMuchAsItCan();
  // The driver opens as many connections as an overload needs, once: they are no growth.
  await driver.open(sustained * 2, 3);
  await driver.open(sustained / 4, 2);
  const before = await loaded.measures();
  say(`before                 ${shown(before)}`);

  const over = await driver.open(sustained * 2, seconds);
  say(told('twice as much', over, seconds));
  const half = await driver.open(sustained / 2, Math.max(10, seconds / 2));
  say(told('half as much', half, Math.max(10, seconds / 2)));
  await driver.open(sustained / 4, 2);
  const after = await loaded.measures();
  say(`after                  ${shown(after)}`);
  // Measured on both sides, because a machine that others use too is not as fast all the time.
  const { sustained: sustainedAfter } = await asMuchAsItCan();

  const under = goodput(over, 1000, seconds * 1000);
  const part = (100 * under) / ((sustained + sustainedAfter) / 2);
  expect(`goodput while overloaded is 90 % of what it can at least: ${part.toFixed(0)} %`, part >= 90);
  const strange = over.filter(({ status }) => status !== 200 && status !== 503).length;
  expect(`who is not answered is told 503: ${strange} were told otherwise`, strange === 0);
  const untold = over.filter(({ status, retryAfter }) => status === 503 && !retryAfter).length;
  expect(`and when to come again: ${untold} were not`, untold === 0);
  const [usual, slow] = [found, over].map((hits) => quantiles(hits.filter(isGood).map(({ ms }) => ms)).p99);
  const bound = 1000 + 3 * usual!;
  expect(
    `who is answered has waited a bounded time: 99 % ${slow!.toFixed(0)} ms of ${bound.toFixed(0)}`,
    slow! <= bound,
  );
  const late = half.filter((hit) => !isGood(hit));
  const recovered = Math.max(0, ...late.map(({ at, ms }) => at + ms)) / 1000;
  expect(`everybody is answered again within 2 s: ${recovered.toFixed(1)} s`, recovered <= 2);
  const growth = (100 * (after.heap - before.heap)) / before.heap;
  expect(`memory after equals memory before within 10 %: ${growth.toFixed(1)} %`, growth <= 10);
} finally {
  driver.close();
  await loaded.close();
}
if (failures.length > 0) process.exitCode = 1;
