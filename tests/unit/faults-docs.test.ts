import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}docs/faults.md`, 'utf8');

it('names for each fault a test that there is', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| fault |'));
  expect(rows.length).toBeGreaterThan(10);
  const unheld = rows.filter((row) => {
    const tests = [...(row.split('|').at(-2) ?? '').matchAll(/`(tests\/\S+\.test\.ts)`/g)].map(([, path]) => path);
    return tests.length === 0 || !tests.every((path) => existsSync(root + path));
  });
  expect(unheld).toEqual([]);
});
