import type { Action } from '../../access/rules.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import type { Context } from '../../graphql/context.js';
import { badInput } from '../../graphql/errors.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { loadNamed } from '../slug-or-id.js';
import { addWebhook, editWebhook, redeliver, removeWebhook, rotateSecret, type WebhookChanges } from './editing.js';
import type { WebhookRow } from './read.js';

type Maybe<Value> = Value | null | undefined;

interface WithSecret {
  webhook: WebhookRow;
  secret: string;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    CreateWebhookSuccess: WithSecret;
    RotateWebhookSecretSuccess: WithSecret;
    DeleteWebhookSuccess: { id: string };
    RedeliverSuccess: { webhook: WebhookRow; count: number };
  }
  interface Inputs {
    CreateWebhookInput: WebhookChanges & { url: URL; partner?: Maybe<string> };
    UpdateWebhookInput: WebhookChanges & { id: string; expectedRevision: number; disabled?: Maybe<boolean> };
    RotateWebhookSecretInput: { id: string; expectedRevision: number; overlapHours?: Maybe<number> };
    DeleteWebhookInput: { id: string };
    RedeliverInput: { delivery?: Maybe<string>; webhook?: Maybe<string>; since?: Maybe<Date> };
  }
}

const keep: Action = 'keep webhooks';
const usualOverlapHours = 24;

/** A webhook as it stands after a write, read anew. */
async function webhookNow(id: string | null, { loaders }: Context): Promise<WebhookRow> {
  const webhook = await loaders.webhook.byId.clear(id ?? '').load(id ?? '');
  if (!webhook) throw new Error(`webhook ${id} is gone after a write to it`);
  return webhook;
}

export function defineWebhookMutations(builder: Builder): void {
  const url =
    'Where its messages are sent: on the public internet, with the port 80, 443 or one from 1024 up. It must not redirect.';
  const kinds = 'Of which changes it is told.';
  const content = 'How much of a piece it is sent. A piece that is gone is never sent, whatever this says.';

  builder.inputType('CreateWebhookInput', {
    description: 'A new webhook.',
    fields: (t) => ({
      url: t.field({ type: 'URL', required: true, description: url }),
      name: t.string({ description: 'What it is for; the host of its address when absent.' }),
      kinds: t.field({ type: ['ChangeKind'], description: `${kinds} All when absent.` }),
      content: t.field({ type: 'WebhookContent', description: `${content} TEASER when absent.` }),
      partner: t.id({
        description:
          'Whose entitlement it sees with, and whose log of changes it is told: a partner by id or slug; the public’s when absent. It cannot be changed.',
      }),
    }),
  });
  builder.inputType('UpdateWebhookInput', {
    description: 'What is to change of a webhook; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The webhook.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      url: t.field({ type: 'URL', description: url }),
      name: t.string({ description: 'What it is for.' }),
      kinds: t.field({ type: ['ChangeKind'], description: kinds }),
      content: t.field({ type: 'WebhookContent', description: content }),
      disabled: t.boolean({
        description: 'True stops sending to it; false sends it what has happened since it was disabled, and goes on.',
      }),
    }),
  });
  builder.inputType('RotateWebhookSecretInput', {
    description: 'Which webhook gets another secret.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The webhook.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      overlapHours: t.int({
        description: `For how long messages are signed with the old secret as well: 0 to 168 hours, ${usualOverlapHours} when absent.`,
      }),
    }),
  });
  builder.inputType('DeleteWebhookInput', {
    description: 'Which webhook.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The webhook.' }) }),
  });
  builder.inputType('RedeliverInput', {
    description: 'Which messages: one `delivery`, or those of a `webhook`.',
    fields: (t) => ({
      delivery: t.id({ description: 'This message alone, taken or not.' }),
      webhook: t.id({
        description: 'The messages of this webhook that were given up; with `since` all of them since then.',
      }),
      since: t.field({
        type: 'DateTime',
        description: 'With `webhook`: all that was written down from this moment on.',
      }),
    }),
  });

  for (const mutation of ['CreateWebhook', 'RotateWebhookSecret'] as const) {
    builder.objectType(`${mutation}Success`, {
      description: 'It is done. This answer is the only one that has the secret.',
      fields: (t) => ({
        webhook: t.field({
          type: 'Webhook',
          description: 'The webhook as it stands now.',
          resolve: (done: WithSecret) => done.webhook,
        }),
        secret: t.string({
          description:
            'What messages are signed with, for the receiver’s Standard Webhooks library. It is not shown again.',
          resolve: (done: WithSecret) => done.secret,
        }),
      }),
    });
  }
  builder.objectType('DeleteWebhookSuccess', {
    description: 'It is done: it is sent nothing more, and its log is gone.',
    fields: (t) => ({ id: t.id({ description: 'What it was called.', resolve: ({ id }) => id }) }),
  });
  builder.objectType('RedeliverSuccess', {
    description: 'It is done: they are on their way.',
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'How many messages are sent.' }),
      webhook: t.expose('webhook', { type: 'Webhook', description: 'The webhook they are sent to.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createWebhook: t.field({
      type: 'CreateWebhookSuccess',
      description: 'Has an address told of what happens from now on, within seconds, in messages that it can check.',
      authScopes: { may: keep },
      errors: refusing('CreateWebhook', NotFoundError),
      args: { input: t.arg({ type: 'CreateWebhookInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { partner, ...given } }, context) => {
        const whose = partner == null ? null : await loadNamed('Partner', partner, context.loaders.partner);
        if (partner != null && !whose) throw new NotFoundError('such partner');
        const partnerId = whose?.id ?? null;
        const { id, secret } = await addWebhook(context.db, context, context.outgoing, { ...given, partnerId });
        return { webhook: await webhookNow(id, context), secret };
      },
    }),
    updateWebhook: t.field({
      type: defineSuccess<WebhookRow>(builder, 'UpdateWebhook', 'webhook', 'Webhook', 'The webhook as it stands now.'),
      description: 'Changes a webhook, stops sending to it, or begins again where it was stopped.',
      authScopes: { may: keep },
      errors: refusing('UpdateWebhook', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateWebhookInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Webhook', input.id);
        await editWebhook(context.db, context, context.outgoing, { ...input, id });
        return webhookNow(id, context);
      },
    }),
    rotateWebhookSecret: t.field({
      type: 'RotateWebhookSecretSuccess',
      description: 'Gives a webhook another secret. For a while its messages are signed with both.',
      authScopes: { may: keep },
      errors: refusing('RotateWebhookSecret', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'RotateWebhookSecretInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Webhook', input.id);
        const overlapHours = input.overlapHours ?? usualOverlapHours;
        const secret = await rotateSecret(context.db, context, { ...input, id, overlapHours });
        return { webhook: await webhookNow(id, context), secret };
      },
    }),
    deleteWebhook: t.field({
      type: 'DeleteWebhookSuccess',
      description: 'Removes a webhook. What was still to be sent to it is not sent.',
      authScopes: { may: keep },
      errors: refusing('DeleteWebhook', NotFoundError),
      args: { input: t.arg({ type: 'DeleteWebhookInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, { db, ...hand }) => {
        await removeWebhook(db, hand, idOf('Webhook', input.id));
        return { id: input.id };
      },
    }),
    redeliver: t.field({
      type: 'RedeliverSuccess',
      description: 'Sends messages again, each under the id it has, so that a receiver knows those it had already.',
      authScopes: { may: keep },
      errors: refusing('Redeliver', NotFoundError),
      args: { input: t.arg({ type: 'RedeliverInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { delivery, webhook, since } }, context) => {
        if ((delivery == null) === (webhook == null))
          throw badInput('Give `delivery` or `webhook`, and one of them only.');
        if (delivery != null && since != null) throw badInput('`since` goes with `webhook`, not with `delivery`.');
        const { count, webhookId } = await redeliver(
          context.db,
          context,
          delivery != null
            ? { deliveryId: idOf('WebhookDelivery', delivery) }
            : { webhookId: idOf('Webhook', webhook ?? ''), since: since ?? null },
        );
        return { count, webhook: await webhookNow(webhookId, context) };
      },
    }),
  }));
}
