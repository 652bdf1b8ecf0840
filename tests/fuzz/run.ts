/**
 * npm run fuzz -- [--seed N] [--from K] [--role NAME] [--valid N] [--broken N] [--files N] [--minutes N]
 *
 * Asks and writes at random, for each role, over a database of its own that may be written to; then imports broken files. A
 * fault is printed with the smallest request that shows it. Exit code 0: nothing found; 1: something was; 2: wrong usage.
 */
import { parseArgs } from 'node:util';
import { importAtRandom } from '../support/fuzz/files.js';
import { askAtRandom, type Fault, type Tally } from '../support/fuzz/run.js';
import { type Role, roles } from '../support/fuzz/world.js';
import setUp, { tearDown } from '../support/global-setup.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    role: { type: 'string', multiple: true },
    valid: { type: 'string', default: '20000' },
    broken: { type: 'string', default: '5000' },
    files: { type: 'string', default: '3000' },
    minutes: { type: 'string', default: '600' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const until = performance.now() + Number(values.minutes) * 60_000;
const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);
const asked = (values.role ?? [...roles]).filter((name) => name !== 'none');
if (!Number.isInteger(seed) || !asked.every(isRole)) {
  console.error(`--seed is a whole number, --role any of ${roles.join(', ')}.`);
  process.exit(2);
}

const shown = ({ what, role, index, sent, told }: Fault): string =>
  `\nFAULT ${role} ${index}: ${what}\n  ${sent.byGet ? 'GET' : 'POST'} accept: ${sent.accept}\n  ${sent.body.slice(0, 3000)}\n  → ${told.status}, ${told.bytes} bytes, ${Math.round(told.ms)} ms: ${told.text.slice(0, 1200)}\n  again: npm run fuzz -- --seed ${seed} --role ${role} --from ${Math.floor(index / 5000) * 5000}\n`;

const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10} %`;

function summary(role: Role, { valid, broken, statuses, codes, largest, slowest, densest, faults }: Tally): string {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    `${role}: ${valid.sent} valid (${share(valid.executed, valid.sent)} executed, ${share(valid.whole, valid.sent)} without an error), ` +
      `${broken.sent} broken (${broken.executed} executed all the same); ${faults.length} faults`,
    `  statuses ${counts(statuses)}`,
    `  codes ${counts(codes)}`,
    `  largest ${largest.bytes} bytes at a price of ${largest.price} (${largest.index}); slowest ${slowest.ms} ms (${slowest.index}); at most ${densest.bytesPerUnit} bytes a unit over 64 KB (${densest.index})`,
  ].join('\n');
}

console.log(`seed ${seed}`);
await setUp();
let found = 0;
try {
  for (const role of asked) {
    const began = performance.now();
    const tally = await askAtRandom({
      seed,
      role,
      valid: Number(values.valid),
      broken: Number(values.broken),
      from: Number(values.from),
      until,
      onFault: (fault) => console.log(shown(fault)),
      onProgress: (done, { faults }) =>
        console.log(
          `${role} ${done} after ${Math.round((performance.now() - began) / 1000)} s, ${faults.length} faults`,
        ),
    });
    found += tally.faults.length;
    console.log(summary(role, tally));
  }
  if (values.role === undefined || values.role.includes('none')) {
    const tally = await importAtRandom({
      seed,
      files: Number(values.files),
      until,
      onProgress: (done) => console.log(`files ${done}`),
      onFault: ({ what, index, original, bytes }) =>
        console.log(
          `\nFAULT file ${index}, made of ${original}: ${what}\n  ${bytes.subarray(0, 1500).toString('utf8')}\n`,
        ),
    });
    found += tally.faults.length;
    console.log(
      `files: ${tally.files} spoilt, ${tally.stored} items stored, ${tally.refused} refused with reasons, ` +
        `${tally.faults.length} faults; slowest ${tally.slowest.ms} ms (${tally.slowest.index})`,
    );
    for (const [outcome, count] of Object.entries(tally.outcomes).sort()) console.log(`  ${outcome}: ${count}`);
  }
} finally {
  await tearDown();
}
console.log(found === 0 ? 'nothing found' : `${found} faults found with the seed ${seed}`);
// The database in memory, which suites share, goes on ticking.
process.exit(found === 0 ? 0 : 1);
