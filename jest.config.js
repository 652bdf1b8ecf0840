import { existsSync } from 'node:fs';

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
};

const globalSetup = '<rootDir>/tests/support/global-setup.ts';
const hasGlobalSetup = existsSync(new URL('tests/support/global-setup.ts', import.meta.url));

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/tests/unit/**/*.test.ts'] },
    {
      ...project,
      displayName: 'integration',
      testMatch: ['<rootDir>/tests/integration/**/*.test.ts'],
      ...(hasGlobalSetup ? { globalSetup } : {}),
    },
  ],
};
