import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { ReadItem } from '../../../../src/importing/records.js';
import { readingOf, type Reading } from '../reading.js';

let file: Buffer;
let reading: Reading;
beforeAll(async () => {
  file = await readFile(new URL('../fixtures/paper.xml', import.meta.url));
  reading = await readingOf(file);
});

const told = (item: ReadItem): string =>
  item.outcome === 'record'
    ? `${item.at.line} ${item.record.kind} ${item.origin.id}${item.notes ? ` (${item.notes.join('; ')})` : ''}`
    : `${item.at.line} ${item.outcome} ${item.kind} ${item.title || '-'}: ${item.reason}`;

describe('an export as a newsroom makes it', () => {
  it('has an answer for each of its items', () => {
    expect(reading.references.map(told)).toEqual([
      '10 publication publication',
      '23 section term:category:east-asia',
      '24 section term:category:asia',
      '25 tag term:post_tag:trade',
      '27 skipped term of nav_menu Main: a menu of the site, not a subject',
      '29 tag term:category:as-tag:analysis',
      '120 section term:category:uncategorized',
      '20 author author:desk',
      '21 author author:anna',
      '109 author guest:zhao-wenbin',
    ]);
    expect(reading.articles.map(told)).toEqual([
      '29 article post:100 (was kept at the top of the front page (sticky), which is not kept)',
      '90 skipped attachment crane: kept as the image of the pieces that use it',
      '101 skipped attachment Minutes: a file (pdf), not a picture',
      '120 article post:101 (has no body)',
      '135 skipped page About us: a page, not an article; the option to import pages as articles takes it',
      '141 skipped nav_menu_item -: an entry of a menu',
      '147 skipped post Thrown away: in the trash',
    ]);
    expect(reading.broken).toBeNull();
  });

  it('is read into the article that stood in the paper', () => {
    expect(reading.articles[0]).toMatchObject({
      origin: { system: 'wordpress:https://mole.example.org' },
      record: {
        slug: 'a-port-between-two-tides',
        standfirst: 'Twice a day the channel is too shallow.',
        body: expect.stringContaining('<code>if (a[b[0]]>1)</code></p>\n\n<p><em>From our partner RIAC</em></p>'),
        section: 'east-asia',
        authors: ['zhao-wenbin', 'anna'],
        tags: ['analysis', 'trade'],
        publishedAt: '2021-10-21T08:00:00.000Z',
        leadImage: {
          url: 'https://mole.example.org/uploads/crane.jpg',
          alt: 'A crane over a dock',
          caption: 'A crane at dawn. Image credit: kremlin.ru',
          credit: null,
          width: 1600,
          height: 900,
        },
        comments: [
          { id: '11', parent: null, status: 'APPROVED' },
          { id: '12', parent: '11', text: 'The town does.', status: 'PENDING' },
        ],
        oldPaths: ['/2021/10/21/a-port-between-two-tides/', '/2021/10/21/two-tides/', '/?p=100'],
      },
    });
    expect(reading.articles[3]).toMatchObject({
      record: {
        slug: 'a-draft-nobody-has-dated',
        status: 'DRAFT',
        publishedAt: null,
        createdAt: '2021-10-30T09:00:00.000Z',
      },
    });
  });

  it('gives away no e-mail address, IP address or site of anyone', () => {
    expect(JSON.stringify(reading)).not.toMatch(/@|203\.0\.113|private\.example/);
  });

  it('is read alike twice, and packed', async () => {
    const { picture: _, ...first } = reading;
    expect(await readingOf(file)).toMatchObject(first);
    expect(await readingOf(gzipSync(file))).toMatchObject(first);
  });

  it.each(Array.from({ length: 20 }, (_, part) => part))(
    'cut in its part %d of 20, keeps what is whole',
    async (part) => {
      const cut = file.subarray(0, Math.floor((file.length * (part + 10)) / 30));
      const { articles, broken } = await readingOf(cut);
      const whole = reading.articles.filter(({ at }) => closes(cut, at.line));
      expect(articles.map(({ at }) => at)).toEqual(whole.map(({ at }) => at));
      expect(broken?.message).toContain('cut short');
    },
  );
});

/** Whether `</item>` of the item that begins on `line` is in the file. */
function closes(bytes: Buffer, line: number): boolean {
  return bytes
    .toString()
    .split('\n')
    .slice(line)
    .some((text) => text.trim() === '</item>');
}
