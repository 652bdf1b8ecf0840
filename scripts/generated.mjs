// What must be generated before anything is checked or tested: Prisma's client, and the types of our own operations.
// Only what its inputs ask for; one line for each step that was needed, silence when none was.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseClient } from './build/database-client.mjs';
import { fingerprint } from './build/fingerprint.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, '.cache/generated.json');

const operationTypes = {
  name: 'operation types',
  inputs: ['schema', 'codegen.yml', 'node_modules/@graphql-codegen/cli/package.json'],
  outputs: ['tests/generated/operations.ts', 'src/generated/operations.ts'],
  run() {
    const cli = join(root, 'node_modules/@graphql-codegen/cli/cjs/bin.js');
    execFileSync(process.execPath, [cli, '--config', 'codegen.yml'], { cwd: root, stdio: 'pipe' });
    return 'generated from schema/';
  },
};

const webClient = {
  name: 'documents of examples/web-client',
  inputs: ['schema', 'examples/web-client/documents', 'examples/web-client/codegen.yml'],
  outputs: [
    'examples/web-client/src/generated/graphql.ts',
    'examples/web-client/src/generated/persisted-documents.json',
  ],
  run() {
    const cli = join(root, 'node_modules/@graphql-codegen/cli/cjs/bin.js');
    const example = join(root, 'examples/web-client');
    execFileSync(process.execPath, [cli, '--config', 'codegen.yml'], { cwd: example, stdio: 'pipe' });
    return 'generated from schema/';
  },
};

const steps = [databaseClient];
// Printing the schema must not depend on operations that fit it, nor on a schema that was printed before.
const clientOnly = process.argv.includes('--client-only');
if (!clientOnly && existsSync(join(root, 'schema/schema.graphql'))) steps.push(operationTypes, webClient);

const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
for (const step of steps) {
  const stamp = await fingerprint(root, ['scripts/generated.mjs', ...step.inputs]);
  if (stamps[step.name] === stamp && step.outputs.every((path) => existsSync(join(root, path)))) continue;
  try {
    console.log(`${step.name}: ${await step.run(root)}`);
  } catch (error) {
    console.error(`${step.name}: failed\n${String(error.stderr ?? '').trim() || error.message}`);
    process.exit(1);
  }
  stamps[step.name] = stamp;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamps, null, 2));
}
