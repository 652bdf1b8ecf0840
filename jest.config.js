/** What every suite shares: TypeScript as native ES modules, through swc. */
const project = {
  testEnvironment: '<rootDir>/scripts/jest-environment.mjs',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Our imports end in `.js` and mean a `.ts` or `.tsx`. The `.js` is tried first, so that packages find their own files.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts', '$1.tsx'] },
  // A copied checkout below this one is not ours to test.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
};

/** The suites that want a database share one migrated template; see tests/support/global-setup.ts. */
const overDatabase = {
  ...project,
  globalSetup: '<rootDir>/scripts/jest-setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest-teardown.mjs',
};

/** What tries many things, or much at once: left out of `npm test`, and on a server always there. */
const long = '\\.(property|long)\\.test\\.ts$';

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  // The memory of an embedded database comes back late, if ever: a worker that has had many begins anew.
  workerIdleMemoryLimit: '1.5GB',
  // Two busy cores and a PGlite to open: a test that hangs still ends. What takes longer says so in its script.
  testTimeout: 60_000,
  reporters: ['default', './scripts/jest-closing-line.mjs'],
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
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/browser/'],
    },
    { ...project, displayName: 'browser', testMatch: ['<rootDir>/tests/e2e/browser/**/*.test.ts'] },
    { ...overDatabase, displayName: 'faults', testMatch: ['<rootDir>/tests/faults/**/*.test.ts'] },
  ],
};
