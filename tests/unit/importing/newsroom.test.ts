import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BadNewsroom, readNewsroom } from '../../../src/importing/newsroom.js';

const now = new Date('2031-03-10T12:34:56.789Z');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newsroom-'));
  await mkdir(join(folder, 'articles'));
  for (const file of ['publication', 'sections', 'authors', 'tags', 'partners', 'collections']) await put(file, '');
});
afterEach(() => rm(folder, { recursive: true }));

const put = (file: string, text: string) => writeFile(join(folder, `${file}.ndjson`), text);

async function lines(at = now): Promise<string[]> {
  const all: string[] = [];
  for await (const line of readNewsroom(folder, at)) all.push(line);
  return all;
}

describe('the lines of a newsroom', () => {
  it('come in the order that names things before they are used', async () => {
    await put('collections', 'collections\n');
    await put('partners', 'partners\n');
    await put('tags', 'tags\n');
    await put('authors', 'authors\n');
    await put('sections', 'sections\n');
    await put('publication', 'publication\n');
    await put('articles/b', 'b1\nb2\n');
    await put('articles/a', 'a1\n');
    await writeFile(join(folder, 'articles', 'notes.txt'), 'not a record');
    const found = await lines();
    expect(found).toEqual(['publication', 'sections', 'authors', 'tags', 'partners', 'a1', 'b1', 'b2', 'collections']);
  });

  it('leave out blank lines, and keep a last line that has no end', async () => {
    await put('tags', '\none\n  \n\ntwo');
    expect(await lines()).toEqual(['one', 'two']);
  });

  it('end at a line feed and at nothing else', async () => {
    await put('tags', '{"a":"\u2028\u2029\u0085"}\n');
    expect(await lines()).toEqual(['{"a":"\u2028\u2029\u0085"}']);
  });

  it('are whole when longer than what is read at once', async () => {
    const long = `"${'Übersee '.repeat(40_000)}{{-2h}}"`;
    await put('articles/a', `${long}\n${long}\n`);
    const whole = long.replace('{{-2h}}', '2031-03-10T10:34:00.000Z');
    expect(await lines()).toEqual([whole, whole]);
  });

  it('are not read before they are asked for', async () => {
    await put('publication', 'first\n');
    await put('articles/a', '{{bad}}\n');
    const reading = readNewsroom(folder, now);
    expect(await reading.next()).toEqual({ done: false, value: 'first' });
    await expect(reading.next()).rejects.toThrow(BadNewsroom);
  });
});

describe('a placeholder', () => {
  it.each([
    ['{{-2h}}', '2031-03-10T10:34:00.000Z'],
    ['{{-35m}}', '2031-03-10T11:59:00.000Z'],
    ['{{-3d4h}}', '2031-03-07T08:34:00.000Z'],
    ['{{-1d3h20m}}', '2031-03-09T09:14:00.000Z'],
    ['{{-1d5m}}', '2031-03-09T12:29:00.000Z'],
    ['{{+1h}}', '2031-03-10T13:34:00.000Z'],
    ['{{+2d}}', '2031-03-12T12:34:00.000Z'],
    ['{{-0m}}', '2031-03-10T12:34:00.000Z'],
    ['{{-90m}}', '2031-03-10T11:04:00.000Z'],
  ])('%s is %s', async (written, moment) => {
    await put('tags', `{"at":"${written}","again":"${written}"}\n`);
    expect(await lines()).toEqual([`{"at":"${moment}","again":"${moment}"}`]);
  });

  it('is that many minutes from the minute of loading, whatever its signs and units', async () => {
    const part = fc.integer({ min: 0, max: 5000 });
    const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(-1, 1), part, part, part, moment, async (sign, d, h, m, at) => {
        await put('tags', `{{${sign < 0 ? '-' : '+'}${d}d${h}h${m}m}}\n`);
        const [line = ''] = await lines(at);
        const minutes = (Date.parse(line) - Math.floor(at.getTime() / 60_000) * 60_000) / 60_000;
        expect(minutes).toBe(sign * ((d * 24 + h) * 60 + m) + 0);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    '{{2h}}',
    '{{-2hours}}',
    '{{-4h3d}}',
    '{{-}}',
    '{{}}',
    '{{-1.5h}}',
    '{{now}}',
    '{{-2h',
    '{{ -2h }}',
    '{{-2h2h}}',
  ])('%s is refused with its file, its line and what would be right', async (written) => {
    await put('articles/africa', `{"at":"{{-1h}}"}\n\n{"at":"${written}"}\n`);
    const error: unknown = await lines().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadNewsroom);
    expect(error).toMatchObject({ file: 'articles/africa.ndjson', line: 3 });
    expect(String(error)).toContain(`articles/africa.ndjson:3: ${written}`);
    expect(String(error)).toContain('such as {{-3d4h20m}} or {{+1h}}');
  });
});

describe('a folder that is no newsroom', () => {
  it('is refused by the name of the file it lacks', async () => {
    await rm(join(folder, 'authors.ndjson'));
    await expect(lines()).rejects.toThrow(/^authors\.ndjson: is missing; a newsroom has publication\.ndjson, /);
  });

  it('is refused when it has no folder of articles', async () => {
    await rm(join(folder, 'articles'), { recursive: true });
    await expect(lines()).rejects.toThrow(/^articles\/: is missing/);
  });

  it('is refused when a file of it cannot be read', async () => {
    await mkdir(join(folder, 'articles', 'asia.ndjson'));
    await expect(lines()).rejects.toThrow(/^articles\/asia\.ndjson: cannot be read: EISDIR/);
  });
});
