// Who may import whom. A rule's comment is printed when it is broken: it says why, and what to do instead.

/** The rooms of a noun that show it. A room may be a folder of the same name, or a file named `<something>-fields.ts`. */
const face = '(/graphql|/http|-fields)([.]ts$|/)';

/** The database's driver, and what only makes sense beside it. */
const driver = [
  '(^|/)node_modules/(pg|pg-pool|pglite-prisma-adapter)/',
  '(^|/)node_modules/@electric-sql/',
  '(^|/)node_modules/@prisma/(adapter-pg|schema-engine-wasm|driver-adapter-utils)/',
];

/** HTML and Markdown as trees: pure functions from text to tree and back. */
const trees = '(^|/)node_modules/(@types/)?(hast|mdast|unist|rehype|remark|hast-util|mdast-util|unist-util|micromark)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one thing in two places, or hide a third: name the third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this and it imports nothing: it was forgotten, or its use was.',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', '^tests/.*[.]test[.]ts$', '^src/generated/'] },
      to: {},
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      comment: 'The file or package does not exist; an import of ours is relative and ends in `.js`.',
      // The desk's bundler has names of its own; its build fails on one that it cannot find.
      from: { pathNot: '^desk/' },
      // Typed documents are types alone: the package has nothing to resolve to.
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      comment: 'What is served must not depend on what checks it, nor on what builds it.',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts|desk)/' },
    },
    {
      name: 'src-needs-only-dependencies',
      severity: 'error',
      comment: 'A devDependency is absent where Dateline runs: move it to dependencies, or do without.',
      from: { path: '^src/', pathNot: '^src/cli/print-schema[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment: 'The package comes with another one and may leave with it: add it to package.json.',
      from: { path: '^(src|tests)/', pathNot: '^src/generated/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'rules-import-only-rules',
      severity: 'error',
      comment:
        'rules.ts says what is true, for any input, at any time: it imports other rules and generated enums. ' +
        'What reads or writes belongs in store.ts or loaders.ts; what needs the time takes it as an argument.',
      from: { path: '^src/.+/rules([.]ts$|/)' },
      to: {
        path: '^src/',
        pathNot: ['(^|/)rules([.]ts$|/)', '^src/content/article/body/', '^src/generated/prisma/enums[.]ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules-do-no-io-and-need-no-library',
      severity: 'error',
      comment: 'A rule must be readable, and testable, without knowing a library: only types may come from one.',
      from: { path: '^src/.+/rules([.]ts$|/)' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'a-body-is-a-tree-and-nothing-else',
      severity: 'error',
      comment:
        'src/content/article/body turns text into trees and trees into text. It may use the hast, mdast and unified family; ' +
        'it reads nothing, writes nothing and knows no other room. (A hash is a pure function.)',
      from: { path: '^src/content/article/body/' },
      to: {
        pathNot: [
          '^src/content/article/body/',
          '(^|/)rules([.]ts$|/)',
          '^(node:)?crypto$',
          trees,
          '(^|/)node_modules/(unified|vfile|parse5|entities)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'what-is-kept-knows-no-face',
      severity: 'error',
      comment:
        'A store or a loader serves GraphQL, feeds, the command line and the importer alike: ' +
        'once it knows how one of them shows things, the others cannot use it.',
      from: { path: '^src/content/.+/(store|read|loaders|row|lists|visibility)([.]ts$|/)' },
      to: {
        path: [`^src/content/.+${face}`, '^src/(graphql|http)/', '(^|/)node_modules/(@pothos|graphql|graphql-yoga)/'],
      },
    },
    {
      name: 'a-face-knows-no-other-face',
      severity: 'error',
      comment:
        "Name another noun's type by its string: then a noun can be deleted by deleting its folder, and no face waits for another. " +
        'Fields that several types have alike stand in a `<something>-fields.ts`, which may be shared.',
      from: { path: `^src/content/([^/]+).*${face}` },
      to: { path: '^src/content/.+/(graphql|http)([.]ts$|/)', pathNot: '^src/content/$1/' },
    },
    {
      name: 'only-database-names-the-driver',
      severity: 'error',
      comment: 'PGlite or a server, pooled or not: only src/database can tell. Take a `Database` as an argument.',
      from: { path: '^src/', pathNot: '^src/database/' },
      to: { path: driver },
    },
    {
      name: 'only-database-makes-a-client',
      severity: 'error',
      comment:
        "Prisma's client is made in src/database. Elsewhere its enums and its types are enough, and only where things are kept: " +
        '`import type`, in store, loaders, read and rules.',
      from: { path: '^src/', pathNot: '^src/(database|generated)/' },
      to: { path: '^src/generated/', pathNot: 'enums[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-sdk-of-tracing-is-loaded-where-it-is-used',
      severity: 'error',
      comment:
        'Where nothing is traced the SDK must cost nothing, not even its loading: spans are begun by `@opentelemetry/api`, and ' +
        'src/observability/tracing/open.ts imports the rest when it is asked to (`await import(…)`).',
      from: { path: '^src/' },
      to: { path: '(^|/)node_modules/@opentelemetry/(?!api/)', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'a-face-does-not-see-the-tables',
      severity: 'error',
      comment:
        'A face shows what a store or loader returns. Enums it may name; the models of tables are not for showing.',
      from: { path: `^src/content/.+${face}` },
      to: { path: '^src/generated/', pathNot: 'enums[.]ts$' },
    },
    {
      name: 'plumbing-knows-no-noun',
      severity: 'error',
      comment:
        'src/graphql, src/http, src/outgoing, src/database, src/jobs and src/observability connect; what an article is, src/content says.',
      from: { path: '^src/(graphql|http|outgoing|database|jobs|observability)/' },
      to: { path: '^src/(content|importing|delivery)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-database-knows-no-caller',
      severity: 'error',
      comment:
        'src/database is the floor everything stands on. What it cannot do it says to people, and it takes turns.',
      from: { path: '^src/database/' },
      to: { path: '^src/', pathNot: '^src/((database|generated)/|(for-people|turns)\\.ts$)' },
    },
    {
      name: 'importing-writes-through-stores',
      severity: 'error',
      comment: 'What an import stores must obey what an editor must: call the store function the mutation calls.',
      from: { path: '^src/importing/' },
      to: { path: [`^src/content/.+${face}`, '^src/(graphql|http)/'] },
    },
    {
      name: 'nothing-calls-back-up',
      severity: 'error',
      comment: 'main → cli → app → faces → loaders, store → rules. Pass what is needed down as an argument.',
      from: { path: '^src/', pathNot: '^src/(main|app)[.]ts$|^src/cli/' },
      to: { path: '^src/(main|app)[.]ts$|^src/cli/' },
    },
    {
      name: 'the-app-is-a-function',
      severity: 'error',
      comment:
        'app.ts is one function from Request to Response; ports, arguments and the environment belong to src/cli.',
      from: { path: '^src/app[.]ts$' },
      to: { path: '^src/(main[.]ts$|cli/)' },
    },
    {
      name: 'unit-tests-open-no-database',
      severity: 'error',
      comment: 'A test that needs a database is an integration test: move it to tests/integration.',
      from: { path: '^tests/unit/', pathNot: '^tests/unit/database/' },
      to: { path: ['^tests/support/(database|service)[.]ts$', '^src/database/(embedded|postgres|open|connect)[.]ts$'] },
    },
    {
      name: 'the-site-asks-the-graph',
      severity: 'error',
      comment:
        'What is on a page comes from the graph, by a document of schema/operations: the site is the proof that the graph is enough.',
      from: { path: '^src/site/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(site|http|addresses)',
          '^src/generated/operations[.]ts$',
          '^src/answers/surrogate-key[.]ts$',
          '^src/database/(dependencies|presence)[.]ts$',
          '^src/graphql/(graph|documents)[.]ts$',
        ],
      },
    },
    {
      name: 'nothing-but-the-app-knows-the-site',
      severity: 'error',
      comment: 'The site can be switched off: nothing may need it.',
      from: { path: '^src/', pathNot: '^src/(site/|app[.]ts$)' },
      to: { path: '^src/site/' },
    },
    {
      name: 'the-desk-stands-alone',
      severity: 'error',
      comment: 'The desk runs in a browser: it knows the service by its addresses only.',
      from: { path: '^desk/' },
      to: { path: '^(src|tests|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    exclude: { path: '^(dist|coverage|[.]cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    skipAnalysisNotInRules: true,
  },
};
