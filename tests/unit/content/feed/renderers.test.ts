import fc from 'fast-check';
import { withLinkedFrames } from '../../../../src/content/feed/body.js';
import type { FeedDocument } from '../../../../src/content/feed/document.js';
import { renderAtom } from '../../../../src/content/feed/formats/atom.js';
import { renderJsonFeed } from '../../../../src/content/feed/formats/json-feed.js';
import { renderNinjs } from '../../../../src/content/feed/formats/ninjs.js';
import { renderRss } from '../../../../src/content/feed/formats/rss.js';
import { absolute } from '../../../../src/content/feed/body.js';
import { element, text } from '../../../../src/content/article/body/tree.js';
import { htmlOf } from '../../../../src/content/article/body/serialise.js';
import { parsedXml } from '../../../support/xml.js';

const at = new Date('2026-06-15T12:00:00.000Z');

function feedOf(words: string): FeedDocument {
  const topic = { name: words, slug: 'a', url: 'https://news.example/tag/a/' };
  const person = { name: words, role: 'WRITER', url: null, affiliation: words, note: words } as const;
  return {
    id: 'https://news.example/feeds/latest',
    title: words,
    description: words,
    language: 'en',
    homeUrl: 'https://news.example/',
    publisher: { name: words, url: 'https://news.example/' },
    pages: {
      self: 'https://news.example/feeds/latest.rss',
      first: 'https://news.example/feeds/latest.rss',
      previous: null,
      next: null,
      hub: 'https://news.example/hub',
    },
    updated: at,
    entries: [
      {
        id: 'urn:uuid:1',
        url: 'https://news.example/a/',
        slug: 'a',
        version: 1,
        headline: words,
        summary: words,
        body: { tree: { type: 'root', children: [element('p', { title: words }, [text(words)])] }, wordCount: 1 },
        language: 'en',
        published: at,
        firstPublished: at,
        updated: at,
        byline: words,
        authors: [person],
        contributors: [{ ...person, role: 'EDITOR' }],
        section: topic,
        tags: [topic],
        image: {
          id: 'urn:uuid:2',
          url: 'https://img.example/a',
          mediaType: null,
          alt: words,
          caption: words,
          credit: words,
          width: null,
          height: null,
        },
        source: { name: words, url: null, attribution: words, originalUrl: null, license: words },
        corrections: [{ text: words, at }],
      },
    ],
    withdrawals: [{ id: 'urn:uuid:3', at, reason: words, isFinal: true }],
  };
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))).map((units) => units.join('')),
  fc.constantFrom(']]>', '</content>', '&nbsp;', '\0', '\ud83d', '🚢', '\ufffe'),
);

it.each([
  ['RSS', renderRss, 'rss'],
  ['Atom', renderAtom, 'atom:feed'],
] as const)('%s is well-formed whatever the words are', (_name, render, root) => {
  fc.assert(fc.property(anyText, (words) => expect(parsedXml(render(feedOf(words))).name).toBe(root)));
});

it.each([
  ['JSON Feed', renderJsonFeed],
  ['ninjs', renderNinjs],
] as const)('%s says whatever the words are', (_name, render) => {
  fc.assert(fc.property(anyText, (words) => expect(JSON.parse(render(feedOf(words)))).toMatchObject({ title: words })));
});

it.each([
  ['/a/b/', 'https://news.example/a/b/'],
  ['c', 'https://news.example/2026/x/c'],
  ['#note', 'https://news.example/2026/x/#note'],
  ['//cdn.example/y', 'https://cdn.example/y'],
  ['mailto:desk@news.example', 'mailto:desk@news.example'],
  ['https://other.example/%zz', 'https://other.example/%zz'],
])('a link to %s is one to %s, read from afar', (href, whole) => {
  const tree = { type: 'root' as const, children: [element('p', {}, [element('a', { href }, [text('there')])])] };
  expect(htmlOf(absolute(tree, 'https://news.example/2026/x/'))).toBe(`<p><a href="${whole}">there</a></p>`);
  expect(htmlOf(tree)).toBe(`<p><a href="${href}">there</a></p>`);
});

it('a player is a link to it, under its title where it has one', () => {
  const frame = (properties: Record<string, string>) => element('figure', {}, [element('iframe', properties)]);
  const tree = {
    type: 'root' as const,
    children: [frame({ src: 'https://v.example/1', title: 'A film' }), frame({ src: 'https://v.example/2' })],
  };
  expect(htmlOf(withLinkedFrames(tree))).toBe(
    '<figure><p><a href="https://v.example/1">A film</a></p></figure><figure><p><a href="https://v.example/2">https://v.example/2</a></p></figure>',
  );
});
