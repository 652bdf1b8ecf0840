import { register } from 'tsx/esm/api';

/** Runs tests/support/global-setup.ts, which Jest itself would load as CommonJS and could not. */
export default async function setUp(...configs) {
  const unregister = register();
  const { default: run } = await import('../../tests/support/global-setup.ts');
  await run(...configs);
  await unregister();
}
