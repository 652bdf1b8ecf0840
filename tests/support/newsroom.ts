import { fileURLToPath } from 'node:url';
import { readNewsroom } from '../../src/importing/newsroom.js';
import type { ArticleRecord, BylineRecord, ContentRecord } from '../../src/importing/records.js';

/** Where the paper lies that Dateline ships with. */
export const sampleFolder = fileURLToPath(new URL('../../prisma/newsroom/', import.meta.url));

type Of<K extends ContentRecord['kind']> = Extract<ContentRecord, { kind: K }>;

/** The sample newsroom as it is when loaded at `now`, with the questions its tests ask of it. */
export class SampleNewsroom {
  private constructor(private readonly records: ContentRecord[]) {}

  static async loadedAt(now: Date): Promise<SampleNewsroom> {
    const records: ContentRecord[] = [];
    for await (const line of readNewsroom(sampleFolder, now)) records.push(JSON.parse(line) as ContentRecord);
    return new SampleNewsroom(records);
  }

  all<K extends ContentRecord['kind']>(kind: K): Of<K>[] {
    return this.records.filter((record): record is Of<K> => record.kind === kind);
  }

  articles(status?: ArticleRecord['status']): ArticleRecord[] {
    return this.all('article').filter((article) => status === undefined || article.status === status);
  }

  article(slug: string): ArticleRecord {
    const found = this.articles().find((one) => one.slug === slug);
    if (!found) throw new Error(`The sample newsroom has no article ${slug}.`);
    return found;
  }
}

export const slugs = (items: { slug: string }[]): string[] => items.map(({ slug }) => slug);

/** Who signed a piece, each as a byline, whichever way the file has it. */
export const bylines = ({ authors = [] }: ArticleRecord): BylineRecord[] =>
  authors.map((one) => (typeof one === 'string' ? { author: one } : one));
