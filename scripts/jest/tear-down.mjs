import { register } from 'tsx/esm/api';
import { endSoon } from './left-running.mjs';

/**
 * Runs tests/support/global-teardown.ts, in the module world of {@link file://./set-up.mjs}: what that left, this finds. With
 * `--runInBand` this is the process that ran the suites, too.
 */
export default async function tearDown(...configs) {
  const unregister = register();
  const { default: run } = await import('../../tests/support/global-teardown.ts');
  await run(...configs);
  await unregister();
  endSoon();
}
