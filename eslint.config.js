import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const theClock =
  'The clock is an argument: take `now` or `clock` from whoever calls. Only src/main.ts and src/cli read it.';
const theEnvironment =
  'The environment is read once, by src/main.ts and src/cli, and parsed by src/config.ts: take the value as an argument.';
const thePaging = 'Page by keyset (src/database/keyset.ts): a row position moves when an article arrives or leaves.';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      '.cache/',
      '.data/',
      'src/generated/',
      'tests/generated/',
      'tests/artefacts/',
      'examples/*/src/generated/',
      'examples/*/dist/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      ecmaVersion: 'latest',
      globals: Object.fromEntries(
        [
          ...['console', 'process', 'performance', 'fetch', 'URL', 'URLSearchParams', 'Buffer', 'AbortController'],
          ...['AbortSignal', 'Request', 'Response', 'Headers', 'TextDecoder', 'TextEncoder', 'structuredClone'],
          ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['site/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['document', 'location', 'fetch', 'EventSource', 'CSS', 'addEventListener'].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      // `process.env['NAME']` is what TypeScript asks of an index signature.
      '@typescript-eslint/dot-notation': 'off',
      // An object type may be written either way; an empty interface that extends one is how Pothos is told of its plugins.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // A reader that has nothing to wait for still is an async iterable.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions', 'methods'] }],
      // An empty string is as good as none in most of what is imported, and `||` says so.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Control characters are what several of our expressions are there to find.
      'no-control-regex': 'off',
      // GraphQL's enums are strings by specification: comparing one with its name is how its documents are read.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // What was caught may be thrown on as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSAsExpression > TSAsExpression.expression > TSUnknownKeyword',
          message: '`as unknown as` hides a type that is wrong: narrow it, or parse it.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSAsExpression > TSAsExpression.expression > TSUnknownKeyword',
          message: '`as unknown as` hides a type that is wrong: narrow it, or parse it.',
        },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: theClock },
        {
          selector:
            'CallExpression[callee.property.name=/^(findMany|findFirst)$/] > ObjectExpression > Property[key.name=/^(cursor|skip)$/]',
          message: thePaging,
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: theClock },
        { object: 'process', property: 'env', message: theEnvironment },
      ],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: theEnvironment })) },
      ],
    },
  },
  {
    // Where the process begins: these read the clock and the environment, and hand them on.
    files: ['src/main.ts', 'src/cli/**/*.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-syntax': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['desk/**/*.{ts,tsx}'],
    // GraphiQL declares what its hooks hand out as methods; none of them has a `this`.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // What a test asks for comes back as JSON, and `expect` is what looks at its shape.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
