// What `npm run build` runs: only what its inputs ask for, one line for each step that was needed, silence when none was.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseClient } from './build/database-client.mjs';
import { desk } from './build/desk.mjs';
import { fingerprint } from './build/fingerprint.mjs';
import { service } from './build/service.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'dist/.stamps.json');

const wrong = process.argv.slice(2).filter((argument) => argument !== '--force');
if (wrong.length > 0) {
  console.error(`Unknown argument ${wrong[0]}. Usage: node scripts/build.mjs [--force]`);
  process.exit(2);
}
const force = process.argv.includes('--force');
const stamps = readStamps();

// In this order: the service is transpiled from what the database client's generator writes.
for (const step of [databaseClient, service, desk]) {
  const stamp = await fingerprint(root, ['scripts/build.mjs', ...step.inputs]);
  if (!force && stamps[step.name] === stamp && step.outputs.every((path) => existsSync(join(root, path)))) continue;
  const started = performance.now();
  try {
    const said = await step.run(root);
    console.log(`${step.name}: ${said} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.error(`${step.name}: failed\n${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
  stamps[step.name] = stamp;
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, JSON.stringify(stamps, null, 2));
}

/** A stamp file that is absent or damaged means that everything is to be built. */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}
