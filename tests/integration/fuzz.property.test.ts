import { askAtRandom, type Fault } from '../support/fuzz/run.js';
import { halfStored, importAtRandom } from '../support/fuzz/files.js';
import { roles } from '../support/fuzz/world.js';
import { sql } from '../../src/database/sql.js';
import { aSection, anArticle } from '../support/records.js';
import { startService } from '../support/service.js';

/** The short form of `npm run fuzz`, of one seed: what a change breaks is to be told from what another seed would find. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_783);
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 2);

const shown = ({ what, role, index, sent, told }: Fault) =>
  `${what} for ${role}, number ${index} of the seed ${seed}: ${sent.body.slice(0, 1000)} → ${told.status} ${told.text.slice(0, 500)}`;

it.each(roles)(
  'whatever %s asks or writes at random, no answer is a fault, late, endless or tells of the inside',
  async (role) => {
    const plan = { seed, role, valid: 400, broken: 100 };
    // Both kinds in whatever time there is.
    const asked = await askAtRandom({ ...plan, broken: 0, until: performance.now() + seconds * 1000 });
    const broken = await askAtRandom({ ...plan, from: 400, until: performance.now() + (seconds * 1000) / 4 });
    expect([...asked.faults, ...broken.faults].map(shown)).toEqual([]);
    expect(asked.valid.sent).toBeGreaterThan(0);
    expect(asked.valid.executed / asked.valid.sent).toBeGreaterThan(0.8);
  },
);

it('whatever file is imported, none is half stored, and what is refused has a reason and a place', async () => {
  const { faults, files } = await importAtRandom({ seed, files: 150, until: performance.now() + seconds * 1000 });
  expect(
    faults.map(({ what, index, original }) => `${what} (file ${index} of the seed ${seed}, made of ${original})`),
  ).toEqual([]);
  expect(files).toBeGreaterThan(0);
});

it('would see a piece that is half stored', async () => {
  const service = await startService();
  try {
    await service.load([aSection(), anArticle({ slug: 'whole' })]);
    expect(await halfStored(service)).toEqual([]);
    await service.db.rows(sql`delete from search_document`);
    expect(await halfStored(service)).toEqual(['whole: no words to be found by']);
  } finally {
    await service.close();
  }
});
