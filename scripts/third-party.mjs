// node scripts/third-party.mjs [--check]
// Writes THIRD-PARTY.md: what Dateline is served with that others made, from the lockfile. Fails where a licence is not one of
// those that let it be served and given on.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { served } from './served.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Each alternative of `A OR B`, each part of `A AND B`. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /i)
    .some((choice) => choice.split(/ AND /i).every((part) => allowed.has(part.trim())));

const refused = served.filter(({ licence }) => !isAllowed(licence));
if (refused.length > 0) {
  console.error('Not served with Dateline, or only after a look at what the licence asks for:');
  for (const { name, version, licence } of refused) console.error(`  ${name} ${version}: ${licence}`);
  process.exit(1);
}

const rows = [...new Set(served.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`))].sort();
const text = `# Third-party software

What Dateline is served with that others made, and under which licence; each package has the text of its own. Written by
\`npm run licences\` from the lockfile.

| package | version | licence |
| --- | --- | --- |
${rows.join('\n')}
`;
if (process.argv.includes('--check')) {
  if (readFileSync(`${root}THIRD-PARTY.md`, 'utf8') !== text) {
    console.error('THIRD-PARTY.md is not what the lockfile says. Run: npm run licences');
    process.exit(1);
  }
} else {
  writeFileSync(`${root}THIRD-PARTY.md`, text);
  console.log(`${rows.length} packages.`);
}
