import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}docs/security.md`, 'utf8');
const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| what it asks'));

it('names for each row of the table a test that there is', () => {
  expect(rows.length).toBeGreaterThan(20);
  const unheld = rows.filter((row) => {
    const tests = [...(row.split('|').at(-2) ?? '').matchAll(/`(tests\/\S+\.test\.ts)`/g)].map(([, path]) => path);
    return tests.length === 0 || !tests.every((path) => existsSync(root + path));
  });
  expect(unheld).toEqual([]);
});

it('is led to from where holes are reported, and names every setting of it in the README', () => {
  expect(readFileSync(`${root}SECURITY.md`, 'utf8')).toContain('(docs/security.md)');
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const settings = new Set(text.match(/`[A-Z]+(_[A-Z]+)+(?==|`)/g)?.map((name) => name.slice(1)));
  expect(settings.size).toBeGreaterThan(4);
  expect([...settings].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
