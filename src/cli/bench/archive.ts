import type { ContentRecord } from '../../importing/records.js';

/** An archive for measuring with: the same for the same size, one record a line as `export` would write it. */
export interface ArchiveOptions {
  articles: number;
  /** Characters of each body, about. */
  bodyLength: number;
}

const sections = ['world', 'politics', 'business', 'science', 'culture', 'sport', 'opinion', 'health'];
const authors = 500;
const tags = 200;
const firstDay = Date.UTC(2016, 0, 1);
const days = 3650;

/** Numbers that look random and are the same every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What words are made of. */
export const syllables = [
  'ra',
  'ten',
  'mo',
  'sil',
  'ka',
  'ver',
  'do',
  'lun',
  'pe',
  'gar',
  'ti',
  'nos',
  'fe',
  'bru',
  'wal',
  'in',
];

function sentence(next: () => number, words: number): string {
  const word = () =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => syllables[Math.floor(next() * syllables.length)]).join('');
  const text = Array.from({ length: words }, word).join(' ');
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}

export function* archive({ articles, bodyLength }: ArchiveOptions): Generator<ContentRecord> {
  for (const slug of sections) yield { kind: 'section', slug, name: slug };
  for (let index = 0; index < authors; index += 1) {
    yield { kind: 'author', slug: `author-${index}`, name: `Author ${index}`, affiliation: 'The Measured Review' };
  }
  for (let index = 0; index < tags; index += 1) yield { kind: 'tag', slug: `tag-${index}`, name: `Tag ${index}` };
  for (let index = 0; index < articles; index += 1) {
    const next = numbers(index + 1);
    const paragraphs: string[] = [];
    for (let length = 0; length < bodyLength; length += paragraphs.at(-1)?.length ?? 0) {
      const words = sentence(next, 60);
      paragraphs.push(
        `<p>${words} <em>${sentence(next, 4)}</em> “${sentence(next, 8)}” <a href="https://example.org/${index}">more</a></p>`,
      );
    }
    yield {
      kind: 'article',
      slug: `piece-${index}`,
      headline: sentence(next, 7),
      standfirst: sentence(next, 15),
      body: paragraphs.join('\n'),
      section: sections[Math.floor(next() * next() * sections.length)] ?? 'world',
      authors: [...new Set([next(), next()].map((random) => `author-${Math.floor(random * random * authors)}`))],
      tags: [...new Set([next(), next(), next()].map((random) => `tag-${Math.floor(random * tags)}`))],
      status: next() < 0.92 ? 'PUBLISHED' : 'DRAFT',
      publishedAt: new Date(firstDay + Math.floor(((index + next()) / articles) * days * 86_400) * 1000).toISOString(),
      language: 'en',
    };
  }
}
