import { readdir, readFile } from 'node:fs/promises';
import type { ArticleRecord } from '../../src/importing/records.js';
import { bylines, SampleNewsroom, sampleFolder as folder, slugs } from '../support/newsroom.js';

const queries = new URL('../integration/search/queries.json', import.meta.url);
const now = new Date('2031-03-10T12:34:56.789Z');
const hour = 3_600_000;

let paper: SampleNewsroom;
beforeAll(async () => {
  paper = await SampleNewsroom.loadedAt(now);
});

const isPresent = (one: unknown) => one !== null && one !== undefined;

describe('the sample newsroom', () => {
  it('is a whole paper', () => {
    const count = Object.fromEntries(
      (['publication', 'section', 'author', 'tag', 'partner', 'article', 'collection'] as const).map((kind) => [
        kind,
        paper.all(kind).length,
      ]),
    );
    expect(count).toEqual({ publication: 1, section: 14, author: 18, tag: 32, partner: 2, article: 44, collection: 4 });
  });

  it('has each slug once, of its kind', () => {
    for (const kind of ['section', 'author', 'tag', 'partner', 'article', 'collection'] as const) {
      const found = slugs(paper.all(kind));
      expect(new Set(found).size).toBe(found.length);
      for (const slug of found) expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }
  });

  it('names nothing that it lacks', () => {
    const known = (kind: 'section' | 'author' | 'tag' | 'partner' | 'article') => new Set(slugs(paper.all(kind)));
    const missing = (named: (string | null | undefined)[], kind: Parameters<typeof known>[0]) =>
      named.filter((slug): slug is string => isPresent(slug)).filter((slug) => !known(kind).has(slug));
    const pieces = paper.articles();
    expect(
      missing(
        paper.all('section').map(({ parent }) => parent),
        'section',
      ),
    ).toEqual([]);
    expect(
      missing(
        pieces.map(({ section }) => section),
        'section',
      ),
    ).toEqual([]);
    expect(
      missing(
        pieces.flatMap(bylines).map(({ author }) => author),
        'author',
      ),
    ).toEqual([]);
    expect(
      missing(
        pieces.flatMap(({ tags = [] }) => tags),
        'tag',
      ),
    ).toEqual([]);
    expect(
      missing(
        pieces.map(({ partner }) => partner),
        'partner',
      ),
    ).toEqual([]);
    expect(
      missing(
        paper.all('collection').flatMap((one) => one.articles),
        'article',
      ),
    ).toEqual([]);
  });

  it('uses every section, author, tag and partner', () => {
    const pieces = paper.articles();
    const used = new Set([
      ...pieces.map(({ section }) => section),
      ...pieces.flatMap(bylines).map(({ author }) => author),
      ...pieces.flatMap(({ tags = [] }) => tags),
      ...pieces.map(({ partner }) => partner),
    ]);
    const idle = [...paper.all('section'), ...paper.all('author'), ...paper.all('tag'), ...paper.all('partner')].filter(
      ({ slug }) => !used.has(slug),
    );
    expect(slugs(idle)).toEqual([]);
  });

  it('keeps each piece in the file of its section, and its README true about their number', async () => {
    for (const file of await readdir(`${folder}articles`)) {
      const lines = (await readFile(`${folder}articles/${file}`, 'utf8')).trim().split('\n');
      const sections = lines.map((line) => (JSON.parse(line) as ArticleRecord).section);
      expect(new Set(sections)).toEqual(new Set([file.replace('.ndjson', '')]));
    }
    const readme = await readFile(`${folder}README.md`, 'utf8');
    expect(readme).toMatch(/44 articles, 14 sections, 18 authors, 2 partners, 32 tags,\s4 collections/);
    const named = [...readme.matchAll(/`([a-z]+(?:-[a-z]+){2,})`/g)].map((match) => match[1] ?? '');
    expect(named.filter((slug) => !slugs(paper.articles()).includes(slug))).toEqual([]);
  });

  it('nests sections', () => {
    const children = paper.all('section').filter(({ parent }) => parent === 'asia');
    expect(slugs(children)).toEqual(['east-asia', 'south-asia', 'central-asia']);
  });

  it('says of every author where they belong and who they are', () => {
    expect(paper.all('author').filter(({ affiliation, bio }) => !affiliation || !bio)).toEqual([]);
  });
});

describe('its times', () => {
  it('are all written from the day of loading', async () => {
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ndjson'));
    for (const file of files) {
      expect(await readFile(`${folder}${file}`, 'utf8')).not.toMatch(/"[A-Za-z]*[aA]t":"(?!\{\{)/);
    }
  });

  it('make the paper alive: twelve pieces of the last day, two dozen of two weeks, the rest of six months', () => {
    const ages = paper
      .articles('PUBLISHED')
      .map(({ publishedAt }) => (now.getTime() - Date.parse(publishedAt ?? '')) / hour);
    expect(ages.length).toBe(36);
    expect(ages.filter((age) => age <= 24).length).toBe(12);
    expect(ages.filter((age) => age <= 14 * 24).length).toBe(24);
    expect(Math.min(...ages)).toBeLessThan(1);
    expect(Math.max(...ages)).toBeGreaterThan(150 * 24);
    expect(Math.max(...ages)).toBeLessThan(184 * 24);
    expect(new Set(ages).size).toBe(36);
  });

  it('follow one another on every piece', () => {
    for (const one of paper.articles()) {
      const first = Date.parse(one.firstPublishedAt ?? one.publishedAt ?? one.createdAt ?? '');
      expect(first).not.toBeNaN();
      const later = [
        one.publishedAt,
        one.updatedAt,
        one.withdrawnAt,
        ...(one.corrections ?? []).map(({ at }) => at),
        ...(one.comments ?? []).map(({ at }) => at),
      ];
      for (const at of later.filter((time): time is string => isPresent(time))) {
        if (one.status !== 'SCHEDULED') expect(Date.parse(at)).toBeGreaterThanOrEqual(first);
        if (at !== one.publishedAt || one.status !== 'SCHEDULED') expect(Date.parse(at)).toBeLessThan(now.getTime());
      }
    }
  });

  it('bring one piece an hour after loading and one after two days', () => {
    const ahead = paper.articles('SCHEDULED').map(({ publishedAt }) => publishedAt);
    expect(ahead.sort()).toEqual(['2031-03-10T13:34:00.000Z', '2031-03-12T12:34:00.000Z']);
  });
});

describe('its comments', () => {
  it('answer a comment on the same piece that came before', () => {
    for (const { comments = [] } of paper.articles()) {
      const seen = new Map<string, string>();
      for (const { id, parent, at } of comments) {
        expect(seen.has(id)).toBe(false);
        if (parent) expect(Date.parse(at)).toBeGreaterThan(Date.parse(seen.get(parent) ?? ''));
        seen.set(id, at);
      }
    }
  });

  it('go two deep, and stand in every way', () => {
    const threads = paper.articles().map(({ comments = [] }) => comments);
    const parentOf = (thread: (typeof threads)[number], id: string) => thread.find((one) => one.id === id)?.parent;
    expect(threads.some((thread) => thread.some(({ parent }) => parent && parentOf(thread, parent)))).toBe(true);
    const statuses = new Set(threads.flat().map(({ status }) => status));
    expect([...statuses].sort()).toEqual(['APPROVED', 'PENDING', 'REJECTED', 'SPAM']);
  });
});

describe('its collections', () => {
  it('are two publications, a series and a package, each in an order of its own', () => {
    expect(paper.all('collection').map(({ collectionKind }) => collectionKind)).toEqual([
      'PUBLICATION',
      'PUBLICATION',
      'SERIES',
      'PACKAGE',
    ]);
    for (const one of paper.all('collection')) {
      expect(one.articles.length).toBeGreaterThanOrEqual(6);
      expect(new Set(one.articles).size).toBe(one.articles.length);
      const times = one.articles.map((slug) => paper.article(slug).publishedAt ?? '');
      expect(times).not.toEqual([...times].sort().reverse());
    }
  });
});

describe('the forty queries of its search', () => {
  it('each name a published piece, and together most of them', async () => {
    const asked = JSON.parse(await readFile(queries, 'utf8')) as { query: string; first: string }[];
    const published = new Set(slugs(paper.articles('PUBLISHED')));
    expect(asked.length).toBe(40);
    expect(asked.filter(({ first }) => !published.has(first))).toEqual([]);
    expect(new Set(asked.map(({ query }) => query)).size).toBe(40);
    expect(new Set(asked.map(({ first }) => first)).size).toBeGreaterThanOrEqual(30);
  });
});
