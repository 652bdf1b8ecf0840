import { Readable } from 'node:stream';
import { openReader } from '../../../src/importing/format.js';
import { openSource, UnreadableSource } from '../../../src/importing/source.js';
import { readingOf, recordsOf } from './reading.js';

const rss = (items: string) => `<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>The Other</title><link>https://other.example/</link><description>News</description>
<atom:link rel="self" href="https://other.example/feed"/>${items}</channel></rss>`;

const atom = (
  entries: string,
) => `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><id>urn:x</id><title>The Other</title>
<updated>2026-06-15T12:00:00Z</updated><link rel="self" href="https://other.example/atom"/>${entries}</feed>`;

const articles = async (content: string) =>
  (await readingOf(content)).articles.flatMap((item) => (item.outcome === 'record' ? [item] : []));

it('RSS is read with everybody who wrote it, its words, its picture and its terms', async () => {
  const [item] = await articles(
    rss(`<item><title>Fish &amp;amp; chips</title><link>https://other.example/fish</link><guid isPermaLink="false">g-1</guid>
      <pubDate>Mon, 15 Jun 2026 12:00:00 GMT</pubDate><atom:updated>2026-06-16T12:00:00Z</atom:updated>
      <dc:creator>Ann Lee</dc:creator><dc:creator>Bo Li</dc:creator><category>Food</category><category>Trade</category>
      <description><![CDATA[What is <b>eaten</b>.]]></description><content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
      <dc:rights>CC BY 4.0</dc:rights><media:content url="https://other.example/f.jpg" medium="image" width="4" height="3">
      <media:title>A plate</media:title><media:credit>Cy</media:credit></media:content></item>`),
  );
  expect(item?.origin).toEqual({ system: 'feed:https://other.example/feed', id: 'g-1' });
  expect(item?.record).toEqual({
    kind: 'article',
    slug: 'fish-chips',
    headline: 'Fish & chips',
    standfirst: 'What is eaten.',
    body: '<p>All of it.</p>',
    section: 'uncategorized',
    authors: [{ name: 'Ann Lee' }, { name: 'Bo Li' }],
    tags: ['food', 'trade'],
    status: 'PUBLISHED',
    publishedAt: '2026-06-15T12:00:00.000Z',
    updatedAt: '2026-06-16T12:00:00.000Z',
    originalUrl: 'https://other.example/fish',
    license: 'CC BY 4.0',
    leadImage: { url: 'https://other.example/f.jpg', alt: 'A plate', caption: null, credit: 'Cy', width: 4, height: 3 },
    language: null,
  });
});

it('what no database keeps is left out of texts, and of dates those that nobody can write', async () => {
  const [item] = await articles(
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'The Other',
      feed_url: 'https://other.example/feed.json',
      items: [
        {
          id: 'g\0-\ud8001',
          title: 'One\0',
          content_html: '<p>Wo\0rds.</p>',
          tags: ['Fo\0od', '\0'],
          image: 'https://other.example/\0f.jpg',
          date_published: '+099999-01-01T00:00:00Z',
          date_modified: '2026-06-15T12:00:00Z',
        },
      ],
    }),
  );
  expect(item?.origin.id).toBe('g-1');
  expect(item?.record).toMatchObject({
    headline: 'One',
    body: '<p>Words.</p>',
    tags: ['food'],
    leadImage: { url: 'https://other.example/f.jpg' },
    publishedAt: null,
    updatedAt: '2026-06-15T12:00:00.000Z',
  });
});

it('Atom is read with the words of each type as they are meant', async () => {
  const read = await articles(
    atom(`<entry><id>urn:1</id><title>1 &lt; 2 &amp;amp; so on</title><updated>2026-06-15T12:00:00Z</updated>
      <link href="https://other.example/1"/><author><name>Ann Lee</name></author><category term="trade" label="Trade"/>
      <rights>Ours</rights><content type="text">a &lt;b&gt; c

      d</content></entry>
    <entry><id>urn:2</id><title type="html">&lt;i&gt;Two&lt;/i&gt;</title><updated>2026-06-15T12:00:00Z</updated>
      <summary>Short.</summary><content type="html">&lt;p&gt;Long.&lt;/p&gt;</content></entry>
    <entry><id>urn:3</id><title>Three</title><updated>2026-06-15T12:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hi <b>x</b> &amp; y</p></div></content></entry>`),
  );
  const records = Object.fromEntries(read.map(({ origin, record }) => [origin.id, record]));
  expect(records['urn:1']).toMatchObject({
    headline: '1 < 2 &amp; so on',
    body: '<p>a &lt;b&gt; c</p><p>d</p>',
    license: 'Ours',
    tags: ['trade'],
    originalUrl: 'https://other.example/1',
  });
  expect(records['urn:2']).toMatchObject({ headline: 'Two', standfirst: 'Short.', body: '<p>Long.</p>' });
  expect(records['urn:3']).toMatchObject({ body: '<p>Hi <b>x</b> &amp; y</p>' });
});

it('JSON Feed is read with its text where it has no HTML', async () => {
  const [item] = await articles(
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'The Other',
      feed_url: 'https://other.example/feed.json',
      language: 'de',
      items: [
        {
          id: '1',
          title: 'a < b',
          content_text: 'x & y',
          date_published: '2026-06-15T14:00:00+02:00',
          authors: [{ name: 'A' }],
        },
      ],
    }),
  );
  expect(item?.origin).toEqual({ system: 'feed:https://other.example/feed.json', id: '1' });
  expect(item?.record).toMatchObject({
    headline: 'a < b',
    body: '<p>x &amp; y</p>',
    language: 'de',
    publishedAt: '2026-06-15T12:00:00.000Z',
  });
});

it('its tags keep their names, and its items come oldest first', async () => {
  const reading = await readingOf(
    rss(
      '<item><guid>2</guid><title>New</title><category>East Asia</category></item><item><guid>1</guid><title>Old</title></item>',
    ),
  );
  expect(recordsOf(reading.references)).toEqual([{ kind: 'tag', slug: 'east-asia', name: 'East Asia' }]);
  expect(recordsOf(reading.articles).map((record) => 'headline' in record && record.headline)).toEqual(['Old', 'New']);
});

it('an item that cannot be known again, or says nothing, is refused', async () => {
  const { articles: items } = await readingOf(rss('<item><title>Who</title></item><item><guid>1</guid></item>'));
  expect(items.map((item) => item.outcome === 'refused' && item.reason)).toEqual([
    'has neither a title nor words',
    'has neither an id nor an address, so that it could not be known again',
  ]);
});

async function open(content: Iterable<string>) {
  const source = await openSource('-', { stdin: Readable.from(content) });
  try {
    await openReader(source);
  } finally {
    await source.close();
  }
}

it('a feed that declares entities is refused before it is parsed', async () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>`;
  await expect(open([bomb + rss('<item><title>&b;</title></item>').replace(/<\?xml.*\?>/, '')])).rejects.toThrow(
    'declares entities',
  );
});

it('a feed of 50 MB is refused', async () => {
  function* endless() {
    yield '<rss version="2.0"><channel><title>T</title>';
    for (let count = 0; count < 51; count += 1) yield ' '.repeat(2 ** 20);
  }
  await expect(open(endless())).rejects.toThrow('is longer than 50 MB');
});

it.each(['<rss version="2.0"><channel', '{"version": "https://jsonfeed.org/version/1.1", "items": ['])(
  'a feed that breaks off is refused: %s',
  async (content) => {
    await expect(open([content])).rejects.toBeInstanceOf(UnreadableSource);
  },
);

describe('addresses are whole', () => {
  const relative =
    '<p><a href="../map">A</a> <a href="#fn">1</a> <a href="mailto:a@b.example">m</a> <img src="/p.jpg" alt=""></p>';
  const whole = (link: string, picture: string) =>
    `<p><a href="${link}">A</a> <a href="#fn">1</a> <a href="mailto:a@b.example">m</a> <img src="${picture}" alt=""></p>`;
  const fromItem = whole('https://other.example/2026/map', 'https://other.example/p.jpg');

  it('as seen from the page of the piece', async () => {
    const [item] = await articles(
      rss(`<item><title>T</title><link>https://other.example/2026/06/boats</link>
        <description><![CDATA[${relative}]]></description></item>`),
    );
    expect(item?.record).toMatchObject({ body: fromItem });
    const [json] = await articles(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'The Other',
        items: [{ id: '1', title: 'T', url: 'https://other.example/2026/06/boats', content_html: relative }],
      }),
    );
    expect(json?.record).toMatchObject({ body: fromItem });
  });

  it('as xml:base has them, each within the one around it', async () => {
    const [item] = await articles(
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://static.example/a/"><id>urn:x</id><title>T</title>
        <updated>2026-06-15T12:00:00Z</updated><entry xml:base="b/"><id>urn:1</id><title>T</title>
        <updated>2026-06-15T12:00:00Z</updated><link href="boats"/><link rel="enclosure" type="image/jpeg" href="lead.jpg"/>
        <content type="html" xml:base="c/d/"><![CDATA[${relative}]]></content></entry></feed>`,
    );
    expect(item?.record).toMatchObject({
      originalUrl: 'https://static.example/a/b/boats',
      leadImage: { url: 'https://static.example/a/b/lead.jpg' },
      body: whole('https://static.example/a/b/c/map', 'https://static.example/p.jpg'),
    });
  });

  it('and words without any stay letter for letter', async () => {
    const words = '<p>Fish&nbsp;and <b>chips<i></b></i> <a href="https://other.example/x">x</a>';
    const [item] = await articles(
      rss(
        `<item><title>T</title><link>https://other.example/1</link><description><![CDATA[${words}]]></description></item>`,
      ),
    );
    expect(item?.record).toMatchObject({ body: words });
  });
});
