// Refuses a schema change that breaks a client, unless schema/accepted-breaking-changes.json says why it may.
// Compared are schema/schema.graphql as it stands here and as it stood in the last commit on main.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const schemaPath = 'schema/schema.graphql';
const acceptedPath = 'schema/accepted-breaking-changes.json';

const base = baseCommit();
if (!base) skip('there is no earlier commit to compare with');
const before = git('show', `${base}:${schemaPath}`);
if (before === undefined) skip(`${schemaPath} does not exist at ${base.slice(0, 12)}`);
if (!existsSync(join(root, schemaPath))) refuse([`${schemaPath} is gone; \`npm run schema\` prints it.`]);

const after = readFileSync(join(root, schemaPath), 'utf8');
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
const accepted = acceptedChanges();

const changes = await diff(buildSchema(before), buildSchema(after));
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
const unaccepted = breaking.filter(({ path, type }) => !accepted.has(`${path} ${type}`));
if (unaccepted.length > 0) {
  refuse([
    `${count(unaccepted.length, 'change')} since ${base.slice(0, 12)} would break clients:`,
    ...unaccepted.map(({ path, type, message }) => `  ${path}  ${type}\n    ${message}`),
    'Add beside the old one, and deprecate the old one. If it must be broken, list it, for this version, in',
    `${acceptedPath}: [{ "path": "${unaccepted[0].path}", "change": "${unaccepted[0].type}", "version": "${version}", "reason": "…" }]`,
  ]);
}
console.log(
  `Schema: ${count(changes.length, 'change')} since ${base.slice(0, 12)}, ${breaking.length} breaking` +
    `${breaking.length > 0 ? ', each accepted with its reason' : ''}.`,
);

/** On a branch: where it left main. On main: the commit before. */
function baseCommit() {
  const head = git('rev-parse', '--verify', 'HEAD')?.trim();
  for (const main of ['origin/main', 'main']) {
    const tip = git('rev-parse', '--verify', '--quiet', `${main}^{commit}`)?.trim();
    if (tip && tip !== head) return git('merge-base', main, 'HEAD')?.trim() ?? tip;
  }
  return git('rev-parse', '--verify', '--quiet', 'HEAD~1^{commit}')?.trim();
}

/** Acceptances of this version; those of earlier ones are history, and let nothing more pass. */
function acceptedChanges() {
  if (!existsSync(join(root, acceptedPath))) return new Set();
  const listed = JSON.parse(readFileSync(join(root, acceptedPath), 'utf8'));
  const wrong = listed.filter(({ path, change, version, reason }) => !path || !change || !version || !reason);
  if (wrong.length > 0) {
    refuse([
      `Each entry of ${acceptedPath} must name path, change, version and reason:`,
      ...wrong.map((entry) => `  ${JSON.stringify(entry)}`),
    ]);
  }
  return new Set(listed.filter((entry) => entry.version === version).map(({ path, change }) => `${path} ${change}`));
}

function git(...args) {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
  } catch {
    return undefined;
  }
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function skip(reason) {
  console.log(`Schema: not compared: ${reason}.`);
  process.exit(0);
}

function refuse(lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}
