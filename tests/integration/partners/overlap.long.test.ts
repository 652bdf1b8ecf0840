import { expectMirrorsWhole, lostByClock, overlap } from '../../support/overlapping.js';
import { aPartner } from '../../support/partners.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

// The long form is tests/faults/overlap.test.ts.
const isServer = process.env['TEST_DATABASE_URL'] !== undefined;
const short = { writers: 8, mirrors: 3, articles: 12, ...(isServer ? { ms: 3000, leastWrites: 200 } : { ms: 1000 }) };

it('writers that overlap lose nothing to followers of the log who poll and crash', async () => {
  const { headers } = await grantedPartner();
  const outcome = await overlap(service, { ...short, headers });
  // On the embedded database transactions come one after the other: there are fewer of them.
  if (isServer) expectMirrorsWhole(outcome);
  else for (const copies of outcome.mirrored) expect(copies).toEqual(outcome.truth);
  if (isServer) expect(lostByClock(outcome)).toBeGreaterThan(0);
});

async function grantedPartner() {
  const partner = await aPartner(service, 'follower', { requestsPerMinute: 100_000, requestsPerDay: 10_000_000 });
  await partner.grant({});
  return partner;
}
