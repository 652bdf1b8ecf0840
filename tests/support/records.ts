import type { ArticleRecord, AuthorRecord, SectionRecord } from '../../src/importing/records.js';
import { aMoment } from './service.js';

let count = 0;

/** So many minutes before the moment at which tests happen. */
export const minutesAgo = (minutes: number): string => new Date(aMoment.getTime() - minutes * 60_000).toISOString();

/** A valid section; a test names only what it is about. */
export const aSection = (values: Partial<SectionRecord> = {}): SectionRecord => ({
  kind: 'section',
  slug: 'world',
  name: 'World',
  ...values,
});

export const anAuthor = (values: Partial<AuthorRecord> = {}): AuthorRecord => ({
  kind: 'author',
  slug: 'ann-lee',
  name: 'Ann Lee',
  ...values,
});

/** A valid published piece with a slug of its own. */
export function anArticle(values: Partial<ArticleRecord> = {}): ArticleRecord {
  count += 1;
  return {
    kind: 'article',
    slug: `piece-${count}`,
    headline: `Piece ${count}`,
    body: '<p>Something happened.</p>',
    section: 'world',
    status: 'PUBLISHED',
    publishedAt: minutesAgo(count),
    ...values,
  };
}
