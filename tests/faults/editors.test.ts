import { editorsAtWork, expectWholeHistories } from '../support/editors.js';
import { startService } from '../support/service.js';

it('fifty clients that write to ten pieces for half a minute lose nothing', async () => {
  const service = await startService();
  try {
    const done = await editorsAtWork(service, { clients: 50, articles: 10, ms: 30_000 });
    await expectWholeHistories(service, done);
    const saves = [...done.acknowledged.values()].flat().length;
    expect(saves).toBeGreaterThan(10);
    expect(done.conflicts).toBeGreaterThan(0);
    process.stdout.write(`${saves} saves, ${done.conflicts} conflicts on ${service.db.kind}\n`);
  } finally {
    await service.close();
  }
}, 180_000);
