import { expectMirrorsWhole, lostByClock, overlap } from '../support/overlapping.js';
import { aPartner } from '../support/partners.js';
import { startService, type TestService } from '../support/service.js';

// Eight writers for a minute; the short form is tests/integration/partners/overlap.long.test.ts. Transactions overlap only on a
// server, which `npm run test:faults` finds.

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

const long = { writers: 8, mirrors: 3, articles: 40, ms: 60_000 };
const onServer = process.env['TEST_DATABASE_URL'] === undefined ? it.skip : it;

onServer('after a minute of overlapping writers, followers of the log of all have what readers have', async () => {
  const outcome = await overlap(service, long);
  expectMirrorsWhole(outcome);
  expect(lostByClock(outcome)).toBeGreaterThan(0);
  const { writes, crashes } = outcome;
  process.stdout.write(`${writes} writes, ${crashes} crashes; wrong by the clock: ${lostByClock(outcome)}\n`);
});

onServer('after a minute of overlapping writers, a partner’s followers have what it is granted', async () => {
  const partner = await aPartner(service, 'follower', { requestsPerMinute: 100_000, requestsPerDay: 10_000_000 });
  await partner.grant({});
  const outcome = await overlap(service, { ...long, headers: partner.headers });
  expectMirrorsWhole(outcome);
});
