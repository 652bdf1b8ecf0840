import { type Action, mayDo } from '../../access/rules.js';
import type { WebhookContent, WebhookDeliveryStatus } from '../../generated/prisma/enums.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Builder, globalId } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { about } from '../../graphql/limits/prices.js';
import { revisionDescription } from '../../graphql/success.js';
import { messageIdOf } from './message.js';
import {
  type AttemptRow,
  deliveriesNewestFirst,
  deliveryCount,
  type DeliveryRow,
  placeByCreation,
  webhookCount,
  type WebhookRow,
  webhooksNewestFirst,
} from './read.js';
import { typeOf } from './rules.js';
import { defineWebhookMutations } from './mutation-fields.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Webhook: WebhookRow;
    WebhookConnection: Connection<WebhookRow>;
    WebhookDelivery: DeliveryRow;
    WebhookDeliveryConnection: Connection<DeliveryRow>;
    WebhookAttempt: AttemptRow;
  }
  interface Enums {
    WebhookContent: { Input: WebhookContent; Output: WebhookContent };
    WebhookDeliveryStatus: { Input: WebhookDeliveryStatus; Output: WebhookDeliveryStatus };
  }
}

const keep: Action = 'keep webhooks';

export function defineWebhook(builder: Builder): void {
  builder.enumType('WebhookContent', {
    description: 'How much of a piece a webhook is sent.',
    values: {
      NOTHING: { description: 'That something happened, to which piece, and its address.' },
      TEASER: { description: 'The piece as a list shows it, besides.' },
      FULL: { description: 'The whole piece, besides.' },
    },
  });
  builder.enumType('WebhookDeliveryStatus', {
    description: 'What has become of a message.',
    values: {
      PENDING: { description: 'It is still to be sent, for the first time or again.' },
      DELIVERED: { description: 'The receiver has taken it.' },
      FAILED: { description: 'It was tried for three days and given up; `redeliver` sends it again.' },
    },
  });

  builder.node('Webhook', {
    description:
      'An address that is told of changes as they happen, with messages signed as Standard Webhooks says. Only administrators see one.',
    id: { resolve: ({ id }) => id, description: 'Names this webhook for ever.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, keep) ? loaders.webhook.byId.load(id) : null)),
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What it is for.' }),
      url: t.field({ type: 'URL', description: 'Where its messages are sent.', resolve: ({ url }) => url }),
      partner: t.field({
        type: 'Partner',
        nullable: true,
        description: 'Whose entitlement it sees with, and whose log of changes it is told; the public’s when null.',
        resolve: ({ partnerId }, _args, { loaders }) =>
          partnerId === null ? null : loaders.partner.byId.load(partnerId),
      }),
      kinds: t.field({
        type: ['ChangeKind'],
        description: 'Of which changes it is told.',
        resolve: ({ kinds }) => kinds,
      }),
      content: t.expose('content', { type: 'WebhookContent', description: 'How much of a piece it is sent.' }),
      previousSecretUntil: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Until when messages are signed with the secret before this one as well; null when they are not.',
        resolve: ({ previousSecretUntil }, _args, { now }) =>
          previousSecretUntil !== null && previousSecretUntil > now ? previousSecretUntil : null,
      }),
      failingSince: t.expose('failingSince', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when it has taken nothing; null when it took the last message it was sent.',
      }),
      pausedUntil: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'Until when nothing is sent to it, because it keeps failing or asked for it; null when it is not so.',
        resolve: ({ pausedUntil }, _args, { now }) => (pausedUntil !== null && pausedUntil > now ? pausedUntil : null),
      }),
      disabledAt: t.expose('disabledAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when nothing is sent to it. What happens meanwhile waits until it is enabled again.',
      }),
      disabledReason: t.exposeString('disabledReason', { nullable: true, description: 'Why nothing is sent to it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
      deliveries: t.field({
        type: 'WebhookDeliveryConnection',
        description:
          'Its messages, newest first: those of the last 30 days, unless the service is told to show them for longer or shorter, and all that are still to be sent.',
        args: {
          status: t.arg({ type: 'WebhookDeliveryStatus', description: 'Only these.' }),
          ...pageArguments(t.arg),
        },
        resolve: async ({ id }, { status, ...args }, { db }) => {
          const list = `deliveries:${id}`;
          const page = pageOf(list, args);
          const filter = { webhookId: id, status: status ?? null };
          const rows = await deliveriesNewestFirst(db, filter, page);
          return connectionFrom(rows, page, list, placeByCreation, () => deliveryCount(db, filter));
        },
      }),
    }),
  });
  defineConnection<WebhookRow>(builder, 'Webhook', 'Webhook', 'webhook');

  builder.node('WebhookDelivery', {
    description: 'One message to one webhook, and what has become of it.',
    id: { resolve: ({ id }) => id, description: 'Names this message for ever.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, keep) ? loaders.webhook.deliveryById.load(id) : null)),
    fields: (t) => ({
      messageId: t.string({
        description: 'What the receiver gets as `webhook-id`: the same however often it is sent.',
        resolve: ({ id }) => messageIdOf(id),
      }),
      type: t.string({
        description: 'What it tells of, as the receiver reads it: `article.published`.',
        resolve: ({ kind }) => typeOf(kind),
      }),
      kind: t.expose('kind', { type: 'ChangeKind', description: 'What happened.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      articleId: t.id({
        description: 'The piece it happened to.',
        resolve: ({ articleId }) => globalId('Article', articleId),
      }),
      status: t.expose('status', { type: 'WebhookDeliveryStatus', description: 'What has become of it.' }),
      nextAttemptAt: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'When it is tried next, at the earliest: it also waits for earlier messages on the same piece. Null when it is not tried again.',
        resolve: ({ status, dueAt }) => (status === 'PENDING' ? dueAt : null),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written down to be sent.' }),
      endedAt: t.expose('endedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was taken or given up; null while it is pending.',
      }),
      attempts: t.field({
        type: ['WebhookAttempt'],
        complexity: about(3),
        description: 'Each time it was sent, the first one first.',
        resolve: ({ id }, _args, { loaders }) => loaders.webhook.attempts.load(id),
      }),
    }),
  });
  defineConnection<DeliveryRow>(builder, 'WebhookDelivery', 'WebhookDelivery', 'message');

  builder.objectType('WebhookAttempt', {
    description: 'One time a message was sent.',
    fields: (t) => ({
      number: t.exposeInt('number', { description: 'Which attempt, from 1.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it ended.' }),
      tookMs: t.exposeInt('tookMs', { description: 'How long the answer took, in milliseconds.' }),
      status: t.exposeInt('status', { nullable: true, description: 'HTTP status of the answer; null when none came.' }),
      problem: t.exposeString('problem', { nullable: true, description: 'Why it did not do; null when it did.' }),
    }),
  });

  builder.queryField('webhooks', (t) =>
    t.field({
      type: 'WebhookConnection',
      description: 'Who is told of changes, the newest first. For administrators.',
      authScopes: { may: keep },
      args: pageArguments(t.arg),
      resolve: async (_root, args, { db }) => {
        const page = pageOf('webhooks', args);
        return connectionFrom(await webhooksNewestFirst(db, page), page, 'webhooks', placeByCreation, () =>
          webhookCount(db),
        );
      },
    }),
  );
  defineWebhookMutations(builder);
}
