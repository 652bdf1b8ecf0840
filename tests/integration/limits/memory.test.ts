import v8 from 'node:v8';
import vm from 'node:vm';
import { startService, type TestService } from '../../support/service.js';

v8.setFlagsFromString('--expose-gc');
const sweep = vm.runInNewContext('gc') as () => void;

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** What is held when all that can be thrown away has been, in MB. */
function held(): number {
  sweep();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

// Each is as long as a request may be. Kept by the thousand, as a bound on their number alone would have it, they are a gigabyte.
it.each([
  ['documents', '{ publication { name } }', 200],
  ['texts that are no documents', '{ publication { name', 400],
  ['documents that ask for what there is not', '{ publication { color } }', 400],
])('of the longest %s no more is kept than there is room for', async (_what, query, status) => {
  const ask = (index: number) => service.query(`# ${index} ${'x'.repeat(900_000)}\n${query}`);
  for (let index = 0; index < 5; index += 1) await ask(index);
  const before = held();
  for (let index = 5; index < 205; index += 1) expect((await ask(index)).status).toBe(status);
  // Documents may take 32 MB.
  expect(held() - before).toBeLessThan(80);
});

// An error holds where it was made, and with that all that was at work there: 70 kB for a document of three tokens.
it('of short documents that ask for what there is not, nothing is kept but their answers', async () => {
  const keeping = await startService({ answers: true });
  try {
    const ask = (index: number) => keeping.query(`{ color${index} }`);
    for (let index = 0; index < 5; index += 1) await ask(index);
    const before = held();
    for (let index = 5; index < 1005; index += 1) expect((await ask(index)).status).toBe(400);
    expect(held() - before).toBeLessThan(15);
  } finally {
    await keeping.close();
  }
});
