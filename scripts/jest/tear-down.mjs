import { register } from 'tsx/esm/api';

/**
 * Runs tests/support/global-teardown.ts, in the module world of {@link file://./set-up.mjs}: what that left, this finds. With
 * `--runInBand` this is the process that ran the suites, too, and no runner lets go of it.
 */
export default async function tearDown(...configs) {
  const unregister = register();
  const { default: run } = await import('../../tests/support/global-teardown.ts');
  await run(...configs);
  await unregister();
  process.emit('disconnect');
}
