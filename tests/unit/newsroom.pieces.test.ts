import type { ArticleRecord } from '../../src/importing/records.js';
import { bylines, SampleNewsroom, slugs } from '../support/newsroom.js';

let paper: SampleNewsroom;
beforeAll(async () => {
  paper = await SampleNewsroom.loadedAt(new Date('2031-03-10T12:34:56.789Z'));
});

const plain = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ');
const words = ({ body }: ArticleRecord) => plain(body).split(/\s+/).filter(Boolean).length;

describe('the pieces of the sample newsroom', () => {
  it('stand everywhere a piece can stand', () => {
    const count = new Map<string, number>();
    for (const { status } of paper.articles()) count.set(status, (count.get(status) ?? 0) + 1);
    expect(Object.fromEntries(count)).toEqual({
      PUBLISHED: 36,
      SCHEDULED: 2,
      DRAFT: 3,
      IN_REVIEW: 1,
      UNPUBLISHED: 1,
      RETRACTED: 1,
    });
  });

  it('say why and when they were withdrawn', () => {
    const withdrawn = [...paper.articles('RETRACTED'), ...paper.articles('UNPUBLISHED')];
    expect(withdrawn.filter(({ reason, withdrawnAt }) => !reason || !withdrawnAt)).toEqual([]);
  });

  it('are real pieces of different lengths', () => {
    const lengths = paper.articles('PUBLISHED').map(words);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(180);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(750);
    expect(lengths.filter((length) => length > 450).length).toBeGreaterThanOrEqual(4);
    for (const { body } of paper.articles('PUBLISHED')) {
      expect(body.match(/<p>/g)?.length).toBeGreaterThanOrEqual(4);
      expect(body.match(/<p>/g)?.length).toBeLessThanOrEqual(14);
    }
  });

  it.each([
    'h2',
    'blockquote',
    'ul',
    'ol',
    'table',
    'figure',
    'figcaption',
    'iframe',
    'sup',
    'sub',
    'a',
    'em',
    'code',
    'hr',
  ])('use <%s>', (tag) => {
    expect(paper.articles('PUBLISHED').some(({ body }) => new RegExp(`<${tag}[ >]`).test(body))).toBe(true);
  });

  it('use no element that sanitising would take away, and close what they open', () => {
    const allowed = new Set(
      'p h2 h3 h4 blockquote ul ol li figure img figcaption table thead tbody tr th td a em strong sub sup br hr code iframe'.split(
        ' ',
      ),
    );
    const empty = new Set(['img', 'br', 'hr']);
    for (const { slug, body } of paper.articles()) {
      const open: string[] = [];
      for (const [, end, tag = ''] of body.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
        expect([slug, tag, allowed.has(tag)]).toEqual([slug, tag, true]);
        if (empty.has(tag)) continue;
        if (end === '/') expect([slug, open.pop()]).toEqual([slug, tag]);
        else open.push(tag);
      }
      expect([slug, open]).toEqual([slug, []]);
    }
  });

  it('mostly have a standfirst and a picture, and not all', () => {
    const published = paper.articles('PUBLISHED');
    const standfirsts = published.filter(({ standfirst }) => standfirst).length;
    const pictures = published.filter(({ leadImage }) => leadImage);
    expect(standfirsts).toBeGreaterThan(30);
    expect(standfirsts).toBeLessThan(36);
    expect(pictures.length).toBeGreaterThan(30);
    expect(pictures.length).toBeLessThan(36);
    for (const { leadImage } of pictures) {
      expect(leadImage?.url).toMatch(/^https:\/\/images\.example\.org\/[a-z0-9-]+\.jpg$/);
      expect([leadImage?.alt, leadImage?.caption, leadImage?.credit].every(Boolean)).toBe(true);
    }
  });

  it('come in three languages and more scripts', () => {
    const inLanguage = (language: string) =>
      slugs(paper.articles('PUBLISHED').filter((one) => one.language === language));
    expect(inLanguage('de')).toEqual(['elbe-niedrigwasser']);
    expect(inLanguage('fr')).toEqual(['marseille-compter-les-bateaux']);
    expect(inLanguage('en').length).toBe(34);
    for (const script of ['Han', 'Hangul', 'Arabic', 'Tamil']) {
      expect(paper.articles('PUBLISHED').some(({ body }) => new RegExp(`\\p{Script=${script}}`, 'u').test(body))).toBe(
        true,
      );
    }
  });

  it('are signed in every way', () => {
    const shared = paper.articles('PUBLISHED').filter((one) => bylines(one).length > 1);
    expect(shared.length).toBeGreaterThanOrEqual(8);
    expect(shared.some((one) => bylines(one).length === 3)).toBe(true);
    const signed = paper.articles().flatMap(bylines);
    expect(signed.some(({ role }) => role === 'TRANSLATOR')).toBe(true);
    expect(signed.some(({ role }) => role === 'PHOTOGRAPHER')).toBe(true);
    expect(signed.filter(({ author }) => !author).every(({ name }) => name)).toBe(true);
    expect(signed.some(({ author }) => !author)).toBe(true);
    for (const one of paper.articles()) {
      const named = bylines(one).flatMap(({ author }) => (author ? [author] : []));
      expect(new Set(named).size).toBe(named.length);
    }
  });

  it('keep the affiliation their author has since left', () => {
    const present = paper.all('author').find(({ slug }) => slug === 'hakon-sorlie')?.affiliation;
    const then = bylines(paper.article('arctic-pilot-shortage'))[0];
    expect(then?.note).toContain('until this winter');
    expect(then?.affiliation).not.toBe(present);
  });

  it('are corrected once and twice', () => {
    const corrected = paper.articles().filter(({ corrections }) => corrections);
    expect(corrected.map(({ slug, corrections }) => [slug, corrections?.length])).toEqual([
      ['atacama-brine-court', 1],
      ['methane-satellite-small-print', 2],
    ]);
  });

  it('are lent by partners, with the address where they first stood', () => {
    const lent = paper.articles('PUBLISHED').filter(({ partner }) => partner);
    expect(lent.length).toBe(6);
    for (const { originalUrl } of lent) expect(originalUrl).toMatch(/^https:\/\/[a-z-]+\.example\.(org|com)\//);
  });

  it('stood under other addresses before', () => {
    const moved = paper.articles().filter(({ oldPaths }) => oldPaths);
    expect(moved.length).toBe(3);
    expect(moved.flatMap(({ oldPaths = [] }) => oldPaths).some((path) => path.startsWith('https://'))).toBe(true);
  });
});
