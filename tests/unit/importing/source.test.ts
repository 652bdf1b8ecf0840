import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openSource, type SourceOptions } from '../../../src/importing/source.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function textOf(bytes: Uint8Array, options: SourceOptions = {}, piece = 64 * 1024) {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += piece) pieces.push(bytes.subarray(at, at + piece));
  const source = await openSource('-', { ...options, stdin: Readable.from(pieces) });
  try {
    const passes: string[] = [];
    for (const _ of ['first', 'second']) {
      let text = '';
      for await (const characters of source.text()) text += characters;
      passes.push(text);
    }
    expect(passes[0]).toBe(passes[1]);
    return { text: passes[0], notes: source.notes };
  } finally {
    await source.close();
  }
}

const xml = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?><a>`;

describe('the text of a source', () => {
  it.each([
    ['UTF-8', Buffer.from('Zürich')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFZürich')],
    ['UTF-16 little-endian', Buffer.from('\uFEFFZürich', 'utf16le')],
    ['UTF-16 big-endian', Buffer.from('\uFEFFZürich', 'utf16le').swap16()],
    ['gzip', gzipSync('Zürich')],
    ['gzip of two members', Buffer.concat([gzipSync('Zür'), gzipSync('ich')])],
  ])('is read from %s', async (_, bytes) => {
    expect(await textOf(bytes)).toEqual({ text: 'Zürich', notes: [] });
  });

  it.each([
    ['ISO-8859-1', 'latin1', 'é', 'é'],
    ['windows-1252', 'latin1', '\u0080\u0093é', '€“é'],
    ['utf8', 'utf8', 'é', 'é'],
    ['UTF-16', 'utf8', 'é', 'é'],
  ] as const)('is read as the XML declaration says: %s', async (encoding, written, bytes, text) => {
    const source = Buffer.from(xml(encoding) + bytes, written);
    expect((await textOf(source)).text).toBe(xml(encoding) + text);
  });

  it('is refused in an encoding nobody knows', async () => {
    await expect(textOf(Buffer.from(xml('klingon')))).rejects.toThrow('standard input says it is in "klingon"');
  });

  it('has U+FFFD for what is not valid UTF-8, and tells how often', async () => {
    const bytes = Buffer.concat([Buffer.from('a\uFFFDb'), Buffer.from([0xe9]), Buffer.from('c'), Buffer.from([0xc3])]);
    const { text, notes } = await textOf(bytes, {}, 1);
    expect(text).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(notes).toEqual([expect.stringMatching(/^2 places are not valid UTF-8/)]);
  });

  it('is the same wherever its pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, piece) => {
          const expected = text.replace(/^\uFEFF/, '');
          expect((await textOf(Buffer.from(text), {}, piece)).text).toBe(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a gzip source', () => {
  it('that unpacks to far more than its size is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    await expect(textOf(bomb, { limits: { ratioFreeBytes: 1_000_000 } })).rejects.toThrow(
      'more than 100 times its size',
    );
    await expect(textOf(bomb, { limits: { bytes: 2_000_000 } })).rejects.toThrow('unpacks to more than 2000000 bytes');
    expect((await textOf(bomb)).text).toHaveLength(3_000_000);
  });

  it('that was cut short is refused as such', async () => {
    await expect(textOf(gzipSync('x'.repeat(1000)).subarray(0, 20))).rejects.toThrow(
      'not a whole gzip file: unexpected end of file',
    );
  });
});

describe('opening', () => {
  it('refuses a web address, a folder and a file that is not there, and says what to do', async () => {
    await expect(openSource('https://paper.example.org/x.xml')).rejects.toThrow(
      'is a web address, and none is read here; download it',
    );
    await expect(openSource(folder)).rejects.toThrow('is a folder; name the file to import');
    await expect(openSource(join(folder, 'none.xml'))).rejects.toThrow('There is no file');
  });

  it('tells the progress through the packed bytes, pass by pass', async () => {
    const path = join(folder, 'a.gz');
    const packed = gzipSync(Array.from({ length: 90_000 }, (_, line) => `${(line * 7919) % 65_537}`).join('\n'));
    await writeFile(path, packed);
    const told: number[] = [];
    const source = await openSource(path, { progress: (read, size) => told.push(read / size) });
    await source.head();
    expect(told).toEqual([]);
    for await (const _ of source.text());
    for await (const _ of source.bytes());
    await source.close();
    expect(told.filter((share) => share === 1)).toHaveLength(2);
    expect(source.size).toBe(packed.length);
  });

  it('takes no more from a pipe than its limit', async () => {
    const stdin = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
    await expect(openSource('-', { stdin, limits: { bytes: 1000 } })).rejects.toThrow('More than 1000 bytes came in');
  });
});
