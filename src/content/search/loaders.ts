import DataLoader from 'dataloader';
import { perArguments } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import { meantWords } from './read.js';

declare module '../../graphql/context.js' {
  interface Loaders {
    search: ReturnType<typeof searchLoaders>;
  }
}

export const searchLoaders = (db: Database) => ({
  /** Of words of one text in one language, those that are forms of what is looked for: one statement for all texts. */
  meant: perArguments(
    (wanted: readonly string[]) =>
      new DataLoader<{ language: string; words: readonly string[] }, ReadonlySet<string>>(async (texts) => {
        const keyOf = (language: string, word: string) => `${language} ${word}`;
        const asked = new Map(
          texts.flatMap(({ language, words }) => words.map((word) => [keyOf(language, word), { language, word }])),
        );
        const meant = asked.size === 0 ? [] : await meantWords(db, [...asked.values()], wanted);
        const known = new Set(meant.map(({ language, word }) => keyOf(language, word)));
        return texts.map(({ language, words }) => new Set(words.filter((word) => known.has(keyOf(language, word)))));
      }),
  ),
});
