import type { Builder } from '../../graphql/builder.js';
import { globalId } from '../../graphql/builder.js';
import type { Context } from '../../graphql/context.js';
import { badCursor } from '../../graphql/errors.js';
import { partnersPlaceAt, placeAt } from './cursors.js';
import type { Follower, LiveChange } from './follower.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    LatestFeedEvent: LiveChange;
  }
}

interface Asked {
  sections?: readonly string[] | null | undefined;
  after?: string | null | undefined;
}

async function followed({ sections, after }: Asked, { live, viewer, lastEventId }: Context): Promise<Follower> {
  // A browser that comes again by itself says where it was, and everything else as it did the first time.
  const since = lastEventId ?? after ?? null;
  const wanted = (change: LiveChange) => !sections || change.sections.some((slug) => sections.includes(slug));
  if (viewer.role === 'partner') {
    return live.changes.followAs(viewer, since === null ? null : partnersPlaceAt(viewer.partnerId, since), wanted);
  }
  const follower = await live.changes.follow(since === null ? null : placeAt(since), wanted);
  if (!follower) throw badCursor();
  return follower;
}

export function defineLatestFeedSubscription(builder: Builder): void {
  builder.objectType('LatestFeedEvent', {
    description: 'Something that a reader of “Latest” sees happen: a piece appears, changes or goes.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'Its place in the log, the same as in `changes`: give the last you were told of as `after`, or as `Last-Event-ID`.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      kind: t.expose('kind', { type: 'ChangeKind', description: 'What happened.' }),
      articleId: t.id({
        description: 'The piece, by the `id` it has for ever.',
        resolve: ({ articleId }) => globalId('Article', articleId),
      }),
      path: t.exposeString('path', { description: 'Its address on this site after this change, from the root.' }),
      reason: t.exposeString('reason', {
        nullable: true,
        description: 'Why, in words for readers, where it was corrected, withdrawn or retracted.',
      }),
      entry: t.field({
        type: 'LatestFeedEntry',
        nullable: true,
        description: 'Its line in “Latest” as it stands when you are told; null when it is not there now: take it off.',
        resolve: ({ articleId }, _args, { loaders }) => loaders.article.byId.load(articleId),
      }),
      article: t.field({
        type: 'Article',
        nullable: true,
        description: 'The piece as it stands when you are told; null when it is not there now.',
        resolve: ({ articleId }, _args, { loaders }) => loaders.article.byId.load(articleId),
      }),
    }),
  });

  builder.subscriptionType({ description: 'What can be followed, by server-sent events.' });
  builder.subscriptionField('latestFeed', (t) =>
    t.field({
      type: 'LatestFeedEvent',
      description:
        'Each publication, change, correction, withdrawal and retraction, within a second of it, on whichever instance it was ' +
        'made. Without `after` from now on; with the `cursor` of `LatestFeed`, or of the last event, from there: nothing is ' +
        'missed and nothing told twice. Server-sent events carry the cursor as their `id`, and `Last-Event-ID` counts before ' +
        '`after`. Whoever does not read is cut off, and comes again with the last cursor. With a partner’s key it follows that ' +
        'partner’s own log.',
      args: {
        sections: t.arg.stringList({
          description:
            'Only pieces that stand in these sections or their descendants, by slug, when they are told of; all when absent.',
        }),
        after: t.arg.string({ description: 'Only what comes after this cursor; what comes from now on when absent.' }),
      },
      subscribe: (_root, args, context) => followed(args, context),
      resolve: (event) => event.content,
    }),
  );
}
