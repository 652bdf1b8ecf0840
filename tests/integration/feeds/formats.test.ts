import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { startService, type TestService } from '../../support/service.js';
import { all, only, parsedXml, textsOf, type XmlElement } from '../../support/xml.js';
import { hard, idOf, paper } from './paper.js';
import { brokenAtomRules, brokenRssRules } from './rules.js';

let service: TestService;
let rich: string;
let gone: string;

beforeAll(async () => {
  service = await startService();
  await service.load(paper);
  [rich, gone] = [await idOf(service, 'rich'), await idOf(service, 'gone')];
}, 120_000);
afterAll(() => service.close());

const textAt = async (path: string): Promise<string> => {
  const response = await service.request(path);
  expect(response.status).toBe(200);
  return response.text();
};
const schema = (file: string): object =>
  JSON.parse(readFileSync(new URL(`schemas/${file}`, import.meta.url), 'utf8')) as object;

function validatorOf(file: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'https://geojson.org/schema/GeoJSON.json', type: 'object' });
  return ajv.compile(schema(file));
}

const feeds = [
  'latest',
  'sections/world',
  'sections/east-asia',
  'authors/anna-kolotova',
  'tags/trade',
  'tags/ports',
  'authors/pia-lens',
];
const options = ['', '?content=teaser', '?limit=1', '?limit=1&content=teaser'];
const addresses = (extension: string) =>
  feeds.flatMap((feed) => options.map((option) => `/feeds/${feed}.${extension}${option}`));

describe('RSS', () => {
  it.each(addresses('rss'))('%s breaks no rule of RSS or the validator', async (path) => {
    expect(brokenRssRules(parsedXml(await textAt(path)))).toEqual([]);
  });

  it.each([
    ['<guid isPermaLink="false">', '<guid>', 'an item has a guid that says it is no link'],
    [/urn:uuid:[^<]+/g, 'urn:uuid:same', 'no two items share a guid'],
    [/ GMT<\/pubDate>/g, ' UTC</pubDate>', 'dates are RFC 822 with four digits of year'],
    ['rel="self"', 'rel="via"', 'Best Practices: a channel links to itself, once'],
    ['<dc:creator>', '<author>a</author><dc:creator>', 'validator: nothing is said twice in two vocabularies'],
  ])('the rules notice when %s is %s', async (from, to, rule) => {
    const broken = (await textAt('/feeds/latest.rss')).replace(from, to);
    expect(brokenRssRules(parsedXml(broken))).toContain(rule);
  });

  it('tells of a piece all it knows', async () => {
    const item = await itemOf('/feeds/latest.rss');
    expect(only(item, 'title').text).toBe(hard);
    expect(only(item, 'link').text).toBe(`https://news.example${await pathOf('rich')}`);
    expect(only(item, 'pubDate').text).toBe('Mon, 15 Jun 2026 11:00:00 GMT');
    expect(only(item, 'atom:updated').text).toBe('2026-06-15T11:55:00.000Z');
    expect(textsOf(item, 'dc:creator')).toEqual(['Anna Kolotova', 'Zhao Wenbin']);
    expect(textsOf(item, 'dc:contributor')).toEqual(['Pia Lens']);
    expect(textsOf(item, 'category')).toEqual(['East Asia', 'Trade', 'Ports & Ships']);
    expect(only(item, 'description').text).toBe('One plain paragraph with &lt;angle&gt; &amp; ampersand.');
    expect(only(item, 'source')).toMatchObject({ text: 'RIAC', attributes: { url: 'https://riac.example/' } });
    expect(only(item, 'dc:rights').text).toBe('From our partner RIAC. CC BY 4.0');
    const picture = only(item, 'media:content');
    expect(picture.attributes).toEqual({
      url: 'https://img.example/a.jpg?w=1&h=2',
      medium: 'image',
      type: 'image/jpeg',
      width: '800',
      height: '600',
    });
    expect(picture.children.map(({ text }) => text)).toEqual(['A port', 'The port at dawn', 'kremlin.ru']);
  });

  it('gives the words with whole addresses, and a link where a player was', async () => {
    const html = only(await itemOf('/feeds/latest.rss'), 'content:encoded').text;
    const url = `https://news.example${await pathOf('rich')}`;
    expect(html).toContain('<a href="https://news.example/2020/01/01/old/">');
    expect(html).toContain(`<a href="${url}#user-content-note">`);
    expect(html).toContain('<a href="https://other.example/x?a=1&amp;b=2">');
    expect(html).not.toContain('<iframe');
    expect(html).toMatch(/<p><a href="https:\/\/www\.youtube[^"]+">The film<\/a><\/p>/);
  });

  it('has no words when only a teaser is asked for', async () => {
    const item = await itemOf('/feeds/latest.rss?content=teaser');
    expect(all(item, 'content:encoded')).toEqual([]);
    expect(only(item, 'description').text).toContain('One plain paragraph');
  });

  it('is read by another program as it was meant', async () => {
    const { title, items = [] } = parseRssFeed(await textAt('/feeds/latest.rss'));
    expect(title).toBe('The Test');
    const item = items.find(({ guid }) => guid?.value === `urn:uuid:${rich}`);
    expect(item).toMatchObject({ title: hard, dc: { creators: ['Anna Kolotova', 'Zhao Wenbin'] } });
    expect(item?.content?.encoded).toContain('the old piece');
  });

  const itemOf = async (path: string): Promise<XmlElement> => {
    const items = all(only(parsedXml(await textAt(path)), 'channel'), 'item');
    const item = items.find((one) => only(one, 'guid').text === `urn:uuid:${rich}`);
    if (!item) throw new Error('the piece is not in the feed');
    return item;
  };
});

const pathOf = async (slug: string): Promise<string> => {
  const { data } = await service.query('query ($slug: String!) { article(by: { slug: $slug }) { path } }', { slug });
  return (data as { article: { path: string } }).article.path;
};

describe('Atom', () => {
  it.each(addresses('atom'))('%s breaks no rule of RFC 4287, 5005 or 6721', async (path) => {
    expect(brokenAtomRules(parsedXml(await textAt(path)))).toEqual([]);
  });

  it.each([
    [/<id>urn:uuid:[^<]+/g, '<id>urn:uuid:same', '4.1.1: no two entries share an id'],
    ['<entry><id>', '<entry><title>x</title><id>', '4.1.2: an entry has one id, title and updated'],
    [/\.000Z<\/updated>/g, '</updated>', '3.3: dates are RFC 3339'],
    ['rel="self"', 'rel="via"', '4.1.1: a feed links to itself, once'],
    [/<author>.*?<\/author>/g, '', '4.1.1, 4.1.2: an entry or its feed has an author'],
    [/(<link rel="alternate"[^>]*>)/, '$1$1', '4.1.1, 4.1.2: at most one alternate for a type and language'],
    ['</feed>', '<subtitle>late</subtitle></feed>', 'validator: what is said of the feed stands before its entries'],
    [/ when="[^"]+"/, '', 'RFC 6721 3: a tombstone says of what and since when, once'],
  ])('the rules notice when %s is %s', async (from, to, rule) => {
    const broken = (await textAt('/feeds/latest.atom')).replace(from, to);
    expect(brokenAtomRules(parsedXml(broken))).toContain(rule);
  });

  it('tells of a piece all it knows', async () => {
    const entry = all(parsedXml(await textAt('/feeds/latest.atom')), 'atom:entry').find(
      (one) => only(one, 'atom:id').text === `urn:uuid:${rich}`,
    );
    if (!entry) throw new Error('the piece is not in the feed');
    const people = (kind: string) =>
      all(entry, `atom:${kind}`).map((person) => person.children.map(({ text }) => text));
    expect(only(entry, 'atom:title').text).toBe(hard);
    expect(people('author')).toEqual([
      ['Anna Kolotova', 'https://news.example/author/anna-kolotova/'],
      ['Zhao Wenbin', 'https://news.example/author/zhao-wenbin/'],
    ]);
    expect(people('contributor')).toEqual([['Pia Lens', 'https://news.example/author/pia-lens/']]);
    expect(all(entry, 'atom:category').map(({ attributes }) => attributes)).toEqual([
      { term: 'east-asia', label: 'East Asia', scheme: 'https://news.example/section/' },
      { term: 'trade', label: 'Trade', scheme: 'https://news.example/tag/' },
      { term: 'ports', label: 'Ports & Ships', scheme: 'https://news.example/tag/' },
    ]);
    expect(all(entry, 'atom:link').map(({ attributes }) => [attributes['rel'], attributes['href']])).toEqual([
      ['alternate', `https://news.example${await pathOf('rich')}`],
      ['via', 'https://riac.example/piece'],
    ]);
    expect(only(entry, 'atom:updated').text).toBe('2026-06-15T11:55:00.000Z');
    expect(only(entry, 'atom:summary').text).toBe('One plain paragraph with <angle> & ampersand.');
    expect(only(entry, 'atom:rights').text).toBe('From our partner RIAC. CC BY 4.0');
    expect(only(entry, 'atom:content').text).toContain('A ]]&gt; and a 🚢.');
    expect(only(only(entry, 'media:content'), 'media:credit').text).toBe('kremlin.ru');
  });

  it('buries what was withdrawn, with the reason and without a word of it', async () => {
    const text = await textAt('/feeds/latest.atom');
    const [grave] = all(parsedXml(text), 'at:deleted-entry');
    expect(grave?.attributes).toEqual({ ref: `urn:uuid:${gone}`, when: '2026-06-15T11:50:00.000Z' });
    expect(grave && textsOf(grave, 'at:comment')).toEqual(['It was <wrong> & unfounded.']);
    expect(text).not.toContain('Secret');
  });

  it('is read by another program as it was meant', async () => {
    const feed = parseAtomFeed(await textAt('/feeds/latest.atom'));
    expect(feed).toMatchObject({
      id: 'https://news.example/feeds/latest',
      subtitle: { value: 'News of the sea.' },
      updated: '2026-06-15T11:55:00.000Z',
    });
    const entry = feed.entries?.find(({ id }) => id === `urn:uuid:${rich}`);
    expect(entry?.authors?.map(({ name }) => name)).toEqual(['Anna Kolotova', 'Zhao Wenbin']);
  });
});

describe('JSON Feed', () => {
  it.each(addresses('json'))('%s is valid', async (path) => {
    const valid = validatorOf('json-feed-1.1.schema.json');
    valid(JSON.parse(await textAt(path)));
    expect(valid.errors ?? []).toEqual([]);
  });

  it('would not be valid without an id, or with words of no extension', async () => {
    const valid = validatorOf('json-feed-1.1.schema.json');
    const feed = JSON.parse(await textAt('/feeds/latest.json')) as { items: { id?: string }[] };
    expect(valid({ ...feed, dateline: {} })).toBe(false);
    delete feed.items[0]?.id;
    expect(valid(feed)).toBe(false);
  });

  it('tells of a piece all it knows', async () => {
    const { items = [] } = parseJsonFeed(await textAt('/feeds/latest.json'));
    const { content_html: html, ...item } = items.find(({ id }) => id === `urn:uuid:${rich}`) ?? {};
    expect(html).toContain('<iframe');
    expect(item).toMatchObject({
      url: `https://news.example${await pathOf('rich')}`,
      external_url: 'https://riac.example/piece',
      title: hard,
      image: 'https://img.example/a.jpg?w=1&h=2',
      authors: [
        { name: 'Anna Kolotova', url: 'https://news.example/author/anna-kolotova/' },
        { name: 'Zhao Wenbin', url: 'https://news.example/author/zhao-wenbin/' },
      ],
      tags: ['East Asia', 'Trade', 'Ports & Ships'],
      language: 'en',
    });
  });

  it('names in its extension what was withdrawn, and credits', async () => {
    const feed = JSON.parse(await textAt('/feeds/latest.json')) as {
      _dateline: object;
      items: { id: string; _dateline: object }[];
    };
    expect(feed._dateline).toMatchObject({
      deleted: [
        { id: `urn:uuid:${gone}`, date_deleted: '2026-06-15T11:50:00.000Z', reason: 'It was <wrong> & unfounded.' },
      ],
    });
    expect(feed.items.find(({ id }) => id === `urn:uuid:${rich}`)?._dateline).toMatchObject({
      byline: 'Anna Kolotova and Zhao Wenbin',
      bylines: [
        { role: 'WRITER', affiliation: 'Qufu Normal University' },
        { role: 'WRITER' },
        { role: 'PHOTOGRAPHER' },
      ],
      image: { credit: 'kremlin.ru', caption: 'The port at dawn' },
      source: { name: 'RIAC', attribution: 'From our partner RIAC', license: 'CC BY 4.0' },
      corrections: [{ text: 'The port is in Qingdao.', date: '2026-06-15T11:55:00.000Z' }],
    });
  });
});

describe('ninjs', () => {
  it.each(addresses('ninjs'))('%s is valid by the schema of the IPTC', async (path) => {
    const valid = validatorOf('ninjs-schema_3.1.json');
    valid(JSON.parse(await textAt(path)));
    expect(valid.errors ?? []).toEqual([]);
  });

  it('would not be valid with a word of our own, at the top or in a piece', async () => {
    const valid = validatorOf('ninjs-schema_3.1.json');
    const feed = JSON.parse(await textAt('/feeds/latest.ninjs')) as { associations: object[] };
    expect(valid({ ...feed, dateline: {} })).toBe(false);
    expect(valid({ ...feed, associations: [{ ...feed.associations[0], dateline: {} }] })).toBe(false);
  });

  it('tells of a piece all it knows', async () => {
    const { associations } = JSON.parse(await textAt('/feeds/latest.ninjs')) as { associations: { uri: string }[] };
    expect(associations.find(({ uri }) => uri === `urn:uuid:${rich}`)).toMatchObject({
      type: 'text',
      pubStatus: 'usable',
      firstCreated: '2026-06-15T10:00:00.000Z',
      versionCreated: '2026-06-15T11:55:00.000Z',
      headlines: [{ value: hard }],
      by: 'Anna Kolotova and Zhao Wenbin',
      people: [
        { name: 'Anna Kolotova', rel: 'writer' },
        { name: 'Zhao Wenbin' },
        { name: 'Pia Lens', rel: 'photographer' },
      ],
      organisations: [{ name: 'Qufu Normal University' }],
      infoSources: [{ name: 'RIAC', role: 'partner', uri: 'https://riac.example/' }],
      usageTerms: 'CC BY 4.0',
      bodies: [{ contentType: 'text/html' }],
      associations: [
        { type: 'picture', by: 'kremlin.ru', renditions: [{ href: 'https://img.example/a.jpg?w=1&h=2' }] },
      ],
    });
  });

  it('cancels what was withdrawn, without a word of it', async () => {
    const text = await textAt('/feeds/latest.ninjs');
    const { associations } = JSON.parse(text) as { associations: { uri: string }[] };
    expect(associations.find(({ uri }) => uri === `urn:uuid:${gone}`)).toMatchObject({
      pubStatus: 'canceled',
      edNote: 'It was <wrong> & unfounded.',
    });
    expect(text).not.toContain('Secret');
  });
});
