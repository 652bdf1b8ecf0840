import { type GraphQLResolveInfo, Kind } from 'graphql';
import { anyone, type Sight } from '../../access/viewer.js';
import { numberUpTo, pageArguments } from '../../graphql/arguments.js';
import type { Builder } from '../../graphql/builder.js';
import {
  type Connection,
  connectionFrom,
  defineConnection,
  keyOfCursor,
  pageArgumentDescriptions,
  pageOf,
} from '../../graphql/connection.js';
import { excerptOf } from '../article/body/text.js';
import { type ArticleFilter, countNewerThan, countOfAll, pageOfAll, placeOf } from '../article/lists.js';
import { filterFrom } from '../article/filter.js';
import type { ArticleRow } from '../article/row.js';
import { ageOf } from './rules.js';

interface LatestFeed {
  filter: ArticleFilter;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    LatestFeed: LatestFeed;
    LatestFeedEntry: ArticleRow;
    LatestFeedEntryConnection: Connection<ArticleRow>;
  }
}

const order = 'PUBLISHED_AT_DESC';
const place = placeOf(order);
/** Cursors of the feed stay good when the reader narrows it to other sections. */
const list = 'latestFeed';
const mostNewer = 100;
const longestTeaser = 1000;

/** Latest is what is on the site: the newsroom's drafts and schedules are in its lists, not here. */
const asReaders = (now: Date): Sight => ({ viewer: anyone, now });

export function defineFeed(builder: Builder): void {
  builder.objectType('LatestFeedEntry', {
    description: 'One line of “Latest”: what is needed to show a piece without opening it.',
    fields: (t) => ({
      article: t.field({ type: 'Article', description: 'The piece itself.', resolve: (row) => row }),
      section: t.field({
        type: 'Section',
        description: 'The section it stands in.',
        resolve: async ({ sectionId }, _args, { loaders }) => {
          const section = await loaders.section.byId.load(sectionId);
          if (!section) throw new Error(`section ${sectionId} of an article is missing`);
          return section;
        },
      }),
      headline: t.exposeString('headline', { description: 'Its headline.' }),
      teaser: t.string({
        description: 'The standfirst, or the beginning of the body, cut at a word and ended with … when cut.',
        args: {
          maxLength: t.arg.int({
            defaultValue: 120,
            description: `At most this many characters, the … included: 1 to ${longestTeaser}.`,
          }),
        },
        resolve: async ({ id, standfirst }, { maxLength }, { loaders }) => {
          const length = numberUpTo(longestTeaser, 'maxLength', maxLength, 120);
          return excerptOf(standfirst ?? (await loaders.article.opening.load(id))?.opening ?? '', length);
        },
      }),
      publishedAt: t.field({
        type: 'DateTime',
        description: 'When it was published.',
        resolve: ({ orderedAt }) => orderedAt,
      }),
      age: t.string({
        description: 'How long ago that was, in the publication’s language: “2 hours ago”.',
        resolve: ({ orderedAt }, _args, { now, site }) => ageOf(orderedAt, now, site.language),
      }),
    }),
  });
  defineConnection<ArticleRow>(builder, 'LatestFeedEntry', 'LatestFeedEntry', 'entry');

  builder.objectType('LatestFeed', {
    description: 'What has just been published, newest first: the same for the newsroom as for its readers.',
    fields: (t) => ({
      updatedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the piece that changed last among the newest 20 changed; null when the feed is empty.',
        resolve: async ({ filter }, _args, { db, now }) => {
          const rows = await pageOfAll(db, asReaders(now), filter, order, { size: 19, backward: false });
          const moments = rows.map(({ updatedAt, orderedAt }) => Math.max(updatedAt.getTime(), orderedAt.getTime()));
          return moments.length > 0 ? new Date(Math.max(...moments)) : null;
        },
      }),
      entries: t.field({
        type: 'LatestFeedEntryConnection',
        description: 'The pieces, newest first.',
        args: {
          ...pageArguments(t.arg),
          first: t.arg.int({ defaultValue: 20, description: pageArgumentDescriptions.first }),
        },
        resolve: async ({ filter }, args, { db, now }, info) => {
          // The default of `first` must not stand against a `last` that the client asked for.
          const page = pageOf(list, isGiven('first', info) ? args : { ...args, first: null });
          const rows = await pageOfAll(db, asReaders(now), filter, order, page);
          return connectionFrom(rows, page, list, place, () => countOfAll(db, asReaders(now), filter));
        },
      }),
      newerThan: t.int({
        description: `How many pieces are newer than the one with this cursor, for “5 new stories”; at most ${mostNewer}.`,
        args: { cursor: t.arg.string({ required: true, description: 'A cursor of `entries`.' }) },
        resolve: ({ filter }, { cursor }, { db, now }) =>
          countNewerThan(db, asReaders(now), filter, keyOfCursor(list, cursor), mostNewer),
      }),
    }),
  });

  builder.queryField('latestFeed', (t) =>
    t.field({
      type: 'LatestFeed',
      description: 'What has just been published in the whole paper, or in some sections or one language of it.',
      args: {
        sections: t.arg.stringList({
          description: 'Slugs of sections, each with its descendants; the whole paper when absent.',
        }),
        language: t.arg.string({ description: 'Only pieces in this language (BCP 47).' }),
      },
      resolve: (_root, { sections, language }, { viewer }) => ({ filter: filterFrom({ sections, language }, viewer) }),
    }),
  );
}

/** Whether the client itself gave an argument a value, in the document or by a variable that it sent. */
const isGiven = (argument: string, { fieldNodes, variableValues }: GraphQLResolveInfo): boolean =>
  fieldNodes.some((field) =>
    field.arguments?.some(
      ({ name, value }) =>
        name.value === argument && (value.kind !== Kind.VARIABLE || value.name.value in variableValues),
    ),
  );
