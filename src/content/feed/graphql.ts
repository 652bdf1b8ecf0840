import { type GraphQLResolveInfo, Kind } from 'graphql';
import { asReader, type Sight } from '../../access/viewer.js';
import { numberUpTo, pageArguments } from '../../graphql/arguments.js';
import { asksFor } from '../../graphql/asks-for.js';
import type { Builder } from '../../graphql/builder.js';
import { someWords } from '../../graphql/limits/prices.js';
import {
  type Connection,
  connectionFrom,
  defineConnection,
  keyOfCursor,
  pageArgumentDescriptions,
  pageOf,
} from '../../graphql/connection.js';
import { excerptOf } from '../article/body/text.js';
import { countOfAll } from '../article/counts.js';
import { type ArticleFilter, countNewerThan, pageOfAll, placeOf } from '../article/lists.js';
import { filterFrom } from '../article/filter.js';
import type { ArticleRow } from '../article/row.js';
import { endOfLog } from '../change/cursors.js';
import { ageChangesAt, ageOf } from './rules.js';

interface LatestFeed {
  filter: ArticleFilter;
  /** Read before anything else, and only where it is asked for. */
  cursor: string | null;
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
/** An answer that shows where the log ends is made anew after this long. */
const cursorLastsMs = 60_000;
const longestTeaser = 1000;

/** Latest is what is on the site: the newsroom's drafts and schedules are in its lists, not here. */
const asReaders = ({ viewer, now }: Sight): Sight => ({ viewer: asReader(viewer), now });

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
        complexity: someWords,
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
        resolve: ({ orderedAt }, _args, { now, site, reads }) => {
          reads?.expireAt(ageChangesAt(orderedAt, now));
          return ageOf(orderedAt, now, site.language);
        },
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
        resolve: async ({ filter }, _args, { db, ...sight }) => {
          const rows = await pageOfAll(db, asReaders(sight), filter, order, { size: 19, backward: false });
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
        resolve: async ({ filter }, args, { db, ...sight }, info) => {
          // The default of `first` must not stand against a `last` that the client asked for.
          const page = pageOf(list, isGiven('first', info) ? args : { ...args, first: null });
          const rows = await pageOfAll(db, asReaders(sight), filter, order, page);
          return connectionFrom(rows, page, list, place, () => countOfAll(db, asReaders(sight), filter));
        },
      }),
      cursor: t.string({
        description:
          'Where the log of changes stands: `subscription latestFeed(after:)` tells of all that is not in this answer yet. It ' +
          'may tell again of something that is.',
        resolve: ({ cursor }) => {
          if (cursor === null) throw new Error('the cursor of a feed was not read');
          return cursor;
        },
      }),
      newerThan: t.int({
        description: `How many pieces are newer than the one with this cursor, for “5 new stories”; at most ${mostNewer}.`,
        args: { cursor: t.arg.string({ required: true, description: 'A cursor of `entries`.' }) },
        resolve: ({ filter }, { cursor }, { db, ...sight }) =>
          countNewerThan(db, asReaders(sight), filter, keyOfCursor(list, cursor), mostNewer),
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
      resolve: async (_root, { sections, language }, context, info) => {
        const { viewer, now, reads } = context;
        const filter = filterFrom({ sections, language }, viewer);
        if (!asksFor('cursor', info)) return { filter, cursor: null };
        // The older it is, the more would be told again to whoever goes on from there.
        reads?.expireAt(now.getTime() + cursorLastsMs);
        return { filter, cursor: await endOfLog(context) };
      },
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
