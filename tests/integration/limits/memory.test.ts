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
  // Documents may take 48 MB.
  expect(held() - before).toBeLessThan(80);
});
