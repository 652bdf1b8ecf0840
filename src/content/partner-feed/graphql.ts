import type { Action } from '../../access/rules.js';
import { mayDo } from '../../access/rules.js';
import type { OriginConflict } from '../../generated/prisma/enums.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Builder, globalId, idOf } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { referenceTo } from '../slug-or-id.js';
import { addPartnerFeed, editPartnerFeed, removePartnerFeed } from './editing.js';
import {
  type FeedConflictRow,
  partnerFeedCount,
  type PartnerFeedRow,
  partnerFeedsNewestFirst,
  placeOfFeed,
} from './read.js';

type Maybe<Value> = Value | null | undefined;
type Arrival = 'DRAFT' | 'PUBLISHED';

declare module '../../graphql/builder.js' {
  interface Objects {
    PartnerFeed: PartnerFeedRow;
    PartnerFeedConnection: Connection<PartnerFeedRow>;
    PartnerFeedConflict: FeedConflictRow;
    DeletePartnerFeedSuccess: { id: string };
  }
  interface Inputs {
    CreatePartnerFeedInput: {
      partner: string;
      url: URL;
      section: string;
      status?: Maybe<Arrival>;
      everyMinutes?: Maybe<number>;
    };
    UpdatePartnerFeedInput: {
      id: string;
      expectedRevision: number;
      url?: Maybe<URL>;
      section?: Maybe<string>;
      status?: Maybe<Arrival>;
      everyMinutes?: Maybe<number>;
      disabled?: Maybe<boolean>;
    };
    DeletePartnerFeedInput: { id: string };
  }
  interface Enums {
    ArrivalStatus: { Input: Arrival; Output: Arrival };
    SourceConflict: { Input: OriginConflict; Output: OriginConflict };
  }
}

const keep: Action = 'keep partners';

export function definePartnerFeed(builder: Builder): void {
  builder.enumType('ArrivalStatus', {
    description: 'What the pieces of a feed are when they arrive.',
    values: {
      DRAFT: { description: 'Drafts, for an editor to look at.' },
      PUBLISHED: { description: 'On the site at once.' },
    },
  });
  builder.enumType('SourceConflict', {
    description: 'What a source did to a piece that an editor has changed here.',
    values: {
      CHANGED: { description: 'It says something else there now.' },
      REMOVED: { description: 'It is not there any more.' },
    },
  });

  builder.node('PartnerFeed', {
    description:
      'A feed of a partner whose pieces are taken over as they appear, change and go. Only administrators see one.',
    id: { resolve: ({ id }) => id, description: 'Names this feed for ever.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, keep) ? loaders.partnerFeed.byId.load(id) : null)),
    fields: (t) => ({
      url: t.field({
        type: 'URL',
        description: 'Where it is: RSS 2.0, Atom or JSON Feed. It follows redirects that are for ever.',
        resolve: ({ url }) => url,
      }),
      partner: t.field({
        type: 'Partner',
        nullable: true,
        description: 'Whose it is: what its pieces name as their source.',
        resolve: ({ partnerId }, _args, { loaders }) => loaders.partner.byId.load(partnerId),
      }),
      section: t.field({
        type: 'Section',
        nullable: true,
        description: 'Where its pieces stand when they arrive.',
        resolve: ({ sectionId }, _args, { loaders }) => loaders.section.byId.load(sectionId),
      }),
      status: t.field({
        type: 'ArrivalStatus',
        description: 'What its pieces are when they arrive. What an editor makes of one then, it stays.',
        resolve: ({ status }) => (status === 'PUBLISHED' ? 'PUBLISHED' : 'DRAFT'),
      }),
      everyMinutes: t.exposeInt('everyMinutes', { description: 'How often it is looked at, in minutes.' }),
      polledAt: t.expose('polledAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last looked at; null for never.',
      }),
      nextPollAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it is looked at next; null when it is not.',
        resolve: ({ dueAt, disabledAt }) => (disabledAt === null ? dueAt : null),
      }),
      answered: t.exposeInt('answered', {
        nullable: true,
        description: 'HTTP status of its last answer; 304 where nothing had changed, null where none came.',
      }),
      problem: t.exposeString('problem', {
        nullable: true,
        description: 'Why the last look at it came to nothing; null when it did not.',
      }),
      created: t.exposeInt('created', { description: 'How many pieces have come from it.' }),
      updated: t.exposeInt('updated', { description: 'How often a piece was changed because it was changed there.' }),
      withdrawn: t.exposeInt('withdrawn', {
        description: 'How many pieces were unpublished because they are gone there.',
      }),
      disabledAt: t.expose('disabledAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when it is not looked at any more; null when it is.',
      }),
      disabledReason: t.exposeString('disabledReason', { nullable: true, description: 'Why it is not looked at.' }),
      conflicts: t.field({
        type: ['PartnerFeedConflict'],
        complexity: about(10),
        description: 'Pieces that were changed both here and there, so that an editor must decide. The latest 100.',
        resolve: ({ id }, _args, { loaders }) => loaders.partnerFeed.conflicts.load(id),
      }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
    }),
  });
  defineConnection<PartnerFeedRow>(builder, 'PartnerFeed', 'PartnerFeed', 'feed');

  builder.objectType('PartnerFeedConflict', {
    description: 'A piece that is left as an editor made it, though its source has changed or withdrawn it since.',
    fields: (t) => ({
      articleId: t.id({ description: 'The piece.', resolve: ({ articleId }) => globalId('Article', articleId) }),
      article: t.field({
        type: 'Article',
        nullable: true,
        description: 'The piece as it stands here.',
        resolve: ({ articleId }, _args, { loaders }) => loaders.article.byId.load(articleId),
      }),
      conflict: t.expose('conflict', { type: 'SourceConflict', description: 'What the source did.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When that was seen.' }),
    }),
  });

  builder.queryField('partnerFeeds', (t) =>
    t.field({
      type: 'PartnerFeedConnection',
      description: 'The feeds whose pieces are taken over, the newest first. For administrators.',
      authScopes: { may: keep },
      args: pageArguments(t.arg),
      resolve: async (_root, args, { db }) => {
        const page = pageOf('partnerFeeds', args);
        return connectionFrom(await partnerFeedsNewestFirst(db, page), page, 'partnerFeeds', placeOfFeed, () =>
          partnerFeedCount(db),
        );
      },
    }),
  );
  definePartnerFeedMutations(builder);
}

/** A feed as it stands after a write, read anew. */
async function feedNow(id: string | null, { loaders }: Context): Promise<PartnerFeedRow> {
  const feed = await loaders.partnerFeed.byId.clear(id ?? '').load(id ?? '');
  if (!feed) throw new Error(`feed ${id} is gone after a write to it`);
  return feed;
}

function definePartnerFeedMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<PartnerFeedRow>(builder, mutation, 'partnerFeed', 'PartnerFeed', 'The feed as it stands now.');
  const url = 'Where it is: an address on the public internet, of RSS 2.0, Atom or JSON Feed.';
  const section = 'Where its pieces stand when they arrive: a section by id or slug.';
  const everyMinutes = 'How often it is looked at, in minutes: 5 to 1440.';

  builder.inputType('CreatePartnerFeedInput', {
    description: 'A feed to follow.',
    fields: (t) => ({
      partner: t.string({ required: true, description: 'Whose it is: a partner by id or slug.' }),
      url: t.field({ type: 'URL', required: true, description: url }),
      section: t.string({ required: true, description: section }),
      status: t.field({
        type: 'ArrivalStatus',
        description: 'What its pieces are when they arrive; DRAFT when absent.',
      }),
      everyMinutes: t.int({ description: `${everyMinutes} 15 when absent.` }),
    }),
  });
  builder.inputType('UpdatePartnerFeedInput', {
    description: 'What is to change of a feed; what is absent stays. It is looked at at once.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The feed.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      url: t.field({ type: 'URL', description: url }),
      section: t.string({ description: section }),
      status: t.field({ type: 'ArrivalStatus', description: 'What its pieces are when they arrive.' }),
      everyMinutes: t.int({ description: everyMinutes }),
      disabled: t.boolean({ description: 'True follows it no longer; false again.' }),
    }),
  });
  builder.inputType('DeletePartnerFeedInput', {
    description: 'Which feed.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The feed.' }) }),
  });
  builder.objectType('DeletePartnerFeedSuccess', {
    description: 'It is done: the feed is not followed any more.',
    fields: (t) => ({ id: t.id({ description: 'What it was called.', resolve: ({ id }) => id }) }),
  });

  builder.mutationFields((t) => ({
    createPartnerFeed: t.field({
      type: done('CreatePartnerFeed'),
      description:
        'Takes over the pieces of a partner’s feed, with their source, terms and address, and what becomes of them there. ' +
        'A piece that an editor has changed here is left alone, and listed as a conflict.',
      authScopes: { may: keep },
      errors: refusing('CreatePartnerFeed'),
      args: { input: t.arg({ type: 'CreatePartnerFeedInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const partner = referenceTo('Partner', input.partner);
        const into = referenceTo('Section', input.section);
        const given = { ...input, partner, section: into };
        return feedNow(await addPartnerFeed(context.db, context, context.outgoing, given), context);
      },
    }),
    updatePartnerFeed: t.field({
      type: done('UpdatePartnerFeed'),
      description: 'Changes how a partner’s feed is followed.',
      authScopes: { may: keep },
      errors: refusing('UpdatePartnerFeed', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdatePartnerFeedInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('PartnerFeed', input.id);
        const into = input.section == null ? null : referenceTo('Section', input.section);
        await editPartnerFeed(context.db, context, context.outgoing, { ...input, id, section: into });
        return feedNow(id, context);
      },
    }),
    deletePartnerFeed: t.field({
      type: 'DeletePartnerFeedSuccess',
      description: 'Follows a feed no longer. The pieces that came from it stay.',
      authScopes: { may: keep },
      errors: refusing('DeletePartnerFeed', NotFoundError),
      args: { input: t.arg({ type: 'DeletePartnerFeedInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        await removePartnerFeed(context.db, context, idOf('PartnerFeed', input.id));
        return { id: input.id };
      },
    }),
  }));
}
