import fc from 'fast-check';
import type { Database } from '../../src/database/database.js';
import type { ContentRecord } from '../../src/importing/records.js';
import type { ReceiptLine } from '../../src/importing/receipt.js';
import { everything } from '../support/everything.js';
import { emptied, exported, imported, importing } from '../support/exports.js';
import { anArticle, minutesAgo } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

let one: TestService;
let other: TestService;
beforeAll(async () => {
  one = await startService();
  other = await startService();
});
afterAll(() => Promise.all([one.close(), other.close()]));

const outcomes = (lines: readonly ReceiptLine[]) => new Set(lines.map(({ outcome }) => outcome));

/** Enough for several transactions of each pass. */
const large: ContentRecord[] = [
  ...Array.from({ length: 130 }, (_, index) => ({
    kind: 'tag' as const,
    slug: `tag-${index}`,
    name: `Tag ${index}`,
  })),
  ...everything,
  ...Array.from({ length: 150 }, (_, index) =>
    anArticle({
      slug: `story-${index}`,
      section: 'world',
      tags: [`tag-${index % 130}`],
      authors: ['ann'],
      publishedAt: minutesAgo(index),
      oldPaths: [`/?p=${1000 + index}`],
    }),
  ),
];
const lines = large.map((record) => JSON.stringify(record));

class Killed extends Error {}

/** A database that dies in its `which`-th transaction, after the work and before the commit. */
const dyingIn = (db: Database, which: number): Database => {
  let count = 0;
  return {
    ...db,
    transaction: (work, options) =>
      db.transaction(async (tx) => {
        const result = await work(tx);
        count += 1;
        if (count === which) throw new Killed();
        return result;
      }, options),
  };
};

it('an import that is killed and run again ends as one that was not', async () => {
  await imported(lines, one);
  const whole = await exported(one.db);
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ items: fc.nat(lines.length) }),
          fc.record({ transaction: fc.integer({ min: 1, max: 5 }) }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      async (kills) => {
        await emptied(other.db);
        for (const kill of kills) {
          if ('items' in kill) {
            let left = kill.items;
            for await (const _ of importing(lines, other)) if ((left -= 1) < 0) break;
          } else {
            await imported(lines, { ...other, db: dyingIn(other.db, kill.transaction) }).catch((error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            });
          }
        }
        const receipt = await imported(lines, other);
        expect(receipt).toHaveLength(lines.length);
        expect([...outcomes(receipt)].filter((outcome) => outcome !== 'created' && outcome !== 'unchanged')).toEqual(
          [],
        );
        expect(await exported(other.db)).toEqual(whole);
      },
    ),
    { numRuns: process.env['TEST_DATABASE_URL'] ? 5 : 3 },
  );
});
