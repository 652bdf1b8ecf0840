/** What every suite shares: TypeScript as native ES modules, through swc. */
const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  // Our imports end in `.js` and mean a `.ts`. The `.js` is tried first, so that packages find their own files.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'] },
  // A copied checkout below this one is not ours to test.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
};

/** The suites that want a database share one migrated template; see tests/support/global-setup.ts. */
const overDatabase = {
  ...project,
  globalSetup: '<rootDir>/scripts/jest-setup.mjs',
  globalTeardown: '<rootDir>/scripts/jest-teardown.mjs',
};

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  // Two busy cores and a PGlite to open: a test that hangs still ends. What takes longer says so in its script.
  testTimeout: 20_000,
  reporters: ['default', './scripts/jest-closing-line.mjs'],
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/tests/unit/**/*.test.ts'] },
    {
      ...overDatabase,
      displayName: 'integration',
      testMatch: ['<rootDir>/tests/integration/**/*.test.ts'],
    },
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
