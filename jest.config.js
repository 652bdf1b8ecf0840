/**
 * What every suite shares. The suites of a project take turns in the same few processes, without a world of their own for each:
 * what a service is made of is loaded and warm once, and a suite that leaves something behind is a fault to be found.
 */
const project = {
  runner: '<rootDir>/scripts/jest/runner.mjs',
  setupFiles: ['<rootDir>/scripts/jest/worker.mjs'],
  // A copied checkout below this one is not ours to test.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
};

/** The suites that want a database share one migrated template; see tests/support/global-setup.ts. */
const overDatabase = {
  ...project,
  globalSetup: '<rootDir>/scripts/jest/set-up.mjs',
  globalTeardown: '<rootDir>/scripts/jest/tear-down.mjs',
};

/** What tries many things, or much at once: left out of `npm test`, and on a server always there. */
const long = '\\.(property|long)\\.test\\.ts$';

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  reporters: ['default', './scripts/jest/closing-line.mjs'],
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/tests/unit/**/*.test.ts'] },
    {
      ...overDatabase,
      displayName: 'integration',
      testMatch: ['<rootDir>/tests/integration/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', long],
    },
    { ...overDatabase, displayName: 'long', testRegex: `/tests/integration/.*${long}` },
    {
      ...overDatabase,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/browser/', '<rootDir>/tests/e2e/image/'],
    },
    { ...project, displayName: 'image', testMatch: ['<rootDir>/tests/e2e/image/**/*.test.ts'] },
    { ...project, displayName: 'browser', testMatch: ['<rootDir>/tests/e2e/browser/**/*.test.ts'] },
    { ...overDatabase, displayName: 'faults', testMatch: ['<rootDir>/tests/faults/**/*.test.ts'] },
  ],
};
