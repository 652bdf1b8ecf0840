// npm run test:soak
// An hour (SOAK_SECONDS) at half of what a service can answer, with a piece published each second: nothing grows that is not the
// paper. Half of what is asked was never asked before, so that all that is kept is full, and is given up again.
import { setTimeout as pause } from 'node:timers/promises';
import { quantiles } from '../../src/cli/bench/reading.js';
import { drive, goodput, type Hit, isGood, told } from './driving.js';
import { type Measures, openLoaded, shown } from './paper.js';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 3600);
/** What is held is looked at so often; the first of these warms up. */
const parts = 12;
/** A part may hold so much more than those in the first half. */
const growth = 1.1;

const failures: string[] = [];
const say = (text: string) => process.stdout.write(`${text}\n`);
const expect = (what: string, holds: boolean) => {
  say(`${holds ? 'held  ' : 'FAILED'}  ${what}`);
  if (!holds) failures.push(what);
};
const largest = (measures: readonly Measures[], of: (each: Measures) => number) => Math.max(...measures.map(of));

const loaded = await openLoaded({});
let asked = 0;
/** Every second one with a comment of its own: another document, for all that is kept by its letters. */
const next = () => {
  const shot = loaded.next();
  const body = shot.body && (JSON.parse(shot.body) as { query: string });
  if (!body || (asked += 1) % 2 === 0) return shot;
  return { ...shot, body: JSON.stringify({ ...body, query: `${body.query}\n# ${asked}` }) };
};
const driver = drive(loaded.service.url, next);
let published = 0;
const faults: unknown[] = [];
const publishing = async (untilMs: number) => {
  while (performance.now() < untilMs) {
    const turn = pause(1000);
    await loaded.publish().then(
      () => (published += 1),
      (error: unknown) => faults.push(error),
    );
    await turn;
  }
};

try {
  await driver.closed(16, 5);
  const length = seconds / parts;
  const held: Measures[] = [];
  const medians: number[] = [];
  const others: Hit[] = [];
  let sent = 0;
  for (let part = 0; part < parts; part += 1) {
    // Again for each part: a machine that others use too cannot do as much all the time.
    const can = goodput(await driver.closed(32, 5), 0, 5000);
    const [hits] = await Promise.all([driver.open(can / 2, length), publishing(performance.now() + length * 1000)]);
    // Connections that nobody uses are closed after five seconds.
    await pause(7000);
    held.push(await loaded.measures());
    medians.push(quantiles(hits.filter(isGood).map(({ ms }) => ms)).median);
    sent += hits.length;
    others.push(...hits.filter((hit) => !isGood(hit)));
    say(told(`part ${part + 1}`, hits, length));
    say(`                       ${shown(held.at(-1)!)}`);
  }
  const warm = held.slice(1, parts / 2);
  const late = held.slice(parts / 2);
  for (const [name, of] of [
    ['heap, after a sweep', ({ heap }: Measures) => heap],
    ['resident memory', ({ resident }: Measures) => resident],
    ['handles', ({ handles }: Measures) => handles],
    ['descriptors', ({ descriptors }: Measures) => descriptors],
  ] as const) {
    const [before, after] = [largest(warm, of), largest(late, of)];
    expect(`${name} did not grow: ${before.toFixed(1)}, then ${after.toFixed(1)}`, after <= before * growth);
  }
  for (const queue of Object.keys(held[0]!.queues)) {
    const most = largest(held, ({ queues }) => queues[queue]!);
    expect(`no more than ten seconds of work waited in ${queue}: ${most}`, most <= 10);
  }
  const answered = 1 - others.length / (sent || 1);
  expect(`nearly everybody was answered: ${(100 * answered).toFixed(2)} % of ${sent}`, answered >= 0.999);
  expect(`every piece was published: ${published}, and ${faults.length} not`, faults.length === 0 && published > 0);
  const warnings = loaded.service.said().match(/^.*(warning|"level":[456]0).*$/gim) ?? [];
  expect(`nothing was warned of: ${warnings.length} lines`, warnings.length === 0);
  for (const line of warnings.slice(0, 10)) say(line);
  say(`median of the parts in ms: ${medians.map((ms) => ms.toFixed(1)).join(', ')}`);
  if (faults.length > 0) say(String(faults[0]));
} finally {
  driver.close();
  await loaded.close();
}
if (failures.length > 0) process.exitCode = 1;
