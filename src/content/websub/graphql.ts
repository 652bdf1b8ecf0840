import type { Action } from '../../access/rules.js';
import { pageArguments } from '../../graphql/arguments.js';
import type { Builder } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { placeByLease, subscriptionCount, type SubscriptionRow, subscriptionsByLease } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    HubSubscription: SubscriptionRow;
    HubSubscriptionConnection: Connection<SubscriptionRow>;
  }
}

const keep: Action = 'keep webhooks';

export function defineHub(builder: Builder): void {
  builder.objectType('HubSubscription', {
    description: 'Somebody who is sent a feed by the hub at `/hub` (WebSub) whenever it changes.',
    fields: (t) => ({
      topic: t.field({ type: 'URL', description: 'The feed.', resolve: ({ topic }) => topic }),
      callback: t.field({ type: 'URL', description: 'Where it is sent.', resolve: ({ callback }) => callback }),
      isSigned: t.exposeBoolean('isSigned', {
        description: 'Whether it is signed with a secret that the subscriber gave.',
      }),
      leaseUntil: t.expose('leaseUntil', {
        type: 'DateTime',
        description: 'Until when, unless the subscriber asks again before that.',
      }),
      failedAttempts: t.int({
        description: 'How often the latest change was sent in vain; after three days of that the subscription ends.',
        resolve: ({ isBehind, tries }) => (isBehind ? tries : 0),
      }),
      nextAttemptAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it is sent what it does not have yet, at the earliest; null when it has everything.',
        resolve: ({ isBehind, dueAt }) => (isBehind ? dueAt : null),
      }),
    }),
  });
  defineConnection<SubscriptionRow>(builder, 'HubSubscription', 'HubSubscription', 'subscription');

  builder.queryField('hubSubscriptions', (t) =>
    t.field({
      type: 'HubSubscriptionConnection',
      description:
        'Who is sent feeds by the hub, the subscription that lasts longest first. Those not confirmed by their callback are none. For administrators.',
      authScopes: { may: keep },
      args: pageArguments(t.arg),
      resolve: async (_root, args, { db, now }) => {
        const page = pageOf('hubSubscriptions', args);
        const rows = await subscriptionsByLease(db, now, page);
        return connectionFrom(rows, page, 'hubSubscriptions', placeByLease, () => subscriptionCount(db, now));
      },
    }),
  );
}
