import { asReader } from '../../access/viewer.js';
import { numberUpTo } from '../../graphql/arguments.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import { badInput } from '../../graphql/errors.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { NotFoundError } from '../../refusals.js';
import { mostRead, type TrendingRow } from './read.js';
import { leastReaders, mostOfSpan, rankingEnds, type TrendingWindow } from './rules.js';

interface Recorded {
  counted: boolean;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    TrendingEntry: TrendingRow & { rank: number };
    RecordViewSuccess: Recorded;
  }
  interface Inputs {
    RecordViewInput: { article: string };
  }
  interface Enums {
    TrendingWindow: { Input: TrendingWindow; Output: TrendingWindow };
  }
}

const most = 100;
const longestSlug = 300;

export function defineTrending(builder: Builder): void {
  builder.enumType('TrendingWindow', {
    description:
      'How far back is looked, and after how long a view weighs half. Half hours and quarters of a day are those of UTC.',
    values: {
      HOUR: { description: 'The half hour under way and the one before it; a view weighs half after 30 minutes.' },
      DAY: { description: 'The half hour under way and the 47 before it; a view weighs half after 6 hours.' },
      WEEK: { description: 'The quarter of a day under way and the 27 before it; a view weighs half after 2 days.' },
    },
  });
  builder.objectType('TrendingEntry', {
    description: 'A piece among those read most, and the figures that put it there.',
    fields: (t) => ({
      article: t.field({ type: 'Article', description: 'The piece itself.', resolve: (row) => row }),
      rank: t.exposeInt('rank', { description: 'Its place in this list, from 1.' }),
      views: t.exposeInt('views', {
        description: 'How often it was read in the window: once by each reader in each half hour.',
      }),
      score: t.exposeFloat('score', {
        description:
          'What it is ranked by: the sum over the window’s spans of views × 2^(−age ÷ half-life), a span’s age being how long before the one under way it began.',
      }),
    }),
  });

  builder.queryField('trending', (t) =>
    t.field({
      type: ['TrendingEntry'],
      description:
        `What is read most, by \`score\`; of equals the one published later. Only pieces with at least ${leastReaders} readers on the days ` +
        `that the window touches, and of each span the ${mostOfSpan} most read. At most five seconds old; the same views give the same ranking, in ` +
        'whatever order they came.',
      args: {
        window: t.arg({ type: 'TrendingWindow', defaultValue: 'DAY', description: 'How far back to look.' }),
        section: t.arg.string({
          description: 'Slug of a section: only what stands in it or below it. The whole paper when absent.',
        }),
        first: t.arg.int({ defaultValue: 10, description: `How many at most: 1 to ${most}.` }),
      },
      resolve: async (_root, { window, section, first }, { db, viewer, now, reads }) => {
        if (section && section.length > longestSlug) {
          throw badInput(`\`section\` has ${section.length} characters; a slug has at most ${longestSlug}.`);
        }
        reads?.expireAt(rankingEnds(now.getTime()));
        const rows = await mostRead(
          db,
          { viewer: asReader(viewer), now },
          { window: window ?? 'DAY', section: section ?? null, first: numberUpTo(most, 'first', first, 10) },
        );
        return rows.map((row, index) => ({ ...row, rank: index + 1 }));
      },
    }),
  );

  builder.inputType('RecordViewInput', {
    description: 'What is being read.',
    fields: (t) => ({ article: t.id({ required: true, description: 'The article’s id.' }) }),
  });
  builder.objectType('RecordViewSuccess', {
    description: 'The view was taken in.',
    fields: (t) => ({
      counted: t.exposeBoolean('counted', {
        description:
          'False where it does not count: from a program (by `User-Agent`), from the newsroom, or when more come in than can be counted.',
      }),
    }),
  });
  builder.mutationField('recordView', (t) =>
    t.field({
      type: 'RecordViewSuccess',
      description:
        'Notes that a reader has opened an article, for `trending`. Send it once a page, and wait for nothing: a reader counts once for an ' +
        'article in a half hour, however often it is sent. Readers are told apart by a hash of address and agent, with a salt that is made anew ' +
        'each day of UTC and then deleted; neither is kept. A view of what is not public counts nowhere, and the answer does not tell.',
      errors: refusing('RecordView', NotFoundError),
      extensions: { writesLater: true },
      args: { input: t.arg({ type: 'RecordViewInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, { counters, viewer, client, now }) => {
        const articleId = idOf('Article', input.article);
        if (articleId === null) throw new NotFoundError('such article');
        return { counted: await counters.views.record(articleId, { viewer, client, now }) };
      },
    }),
  );
}
