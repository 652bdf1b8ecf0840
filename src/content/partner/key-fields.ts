import { z } from 'zod';
import { issueApiKey, type KeyRow, revokeApiKey } from '../../access/keys.js';
import type { Usage } from '../../access/usage.js';
import { mayDo } from '../../access/rules.js';
import type { Loaded } from '../../database/batching.js';
import { numberUpTo } from '../../graphql/arguments.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import type { Context } from '../../graphql/context.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { NotFoundError } from '../../refusals.js';
import { checked, words } from '../checking.js';
import { loadNamed } from '../slug-or-id.js';
import { usualLimits } from './rules.js';
import type { PartnerRow } from './read.js';

type Maybe<Value> = Value | null | undefined;

declare module '../../graphql/builder.js' {
  interface Objects {
    ApiKey: KeyRow;
    ApiKeyUsage: Usage;
    IssueApiKeySuccess: { key: string; issued: KeyRow };
    RevokeApiKeySuccess: { key: KeyRow };
  }
  interface Inputs {
    IssueApiKeyInput: {
      partner: string;
      name: string;
      expiresAt?: Maybe<Date>;
      requestsPerMinute?: Maybe<number>;
      requestsPerDay?: Maybe<number>;
    };
    RevokeApiKeyInput: { id: string };
  }
}

const NewKey = z.object({
  name: words(200),
  requestsPerMinute: z.int().min(1, 'must be at least 1').max(100_000, 'must be at most 100000'),
  requestsPerDay: z.int().min(1, 'must be at least 1').max(100_000_000, 'must be at most 100000000'),
});

async function keyNow(id: string | null, { loaders }: Context): Promise<KeyRow> {
  const key = await loaders.partner.keyById.clear(id ?? '').load(id ?? '');
  if (!key) throw new Error(`key ${id} is gone after a write to it`);
  return key;
}

const usualDays = 30;
const mostDays = 366;

export function defineApiKey(builder: Builder): void {
  builder.objectType('ApiKeyUsage', {
    description: 'How often a key asked on one day.',
    fields: (t) => ({
      day: t.exposeString('day', { description: 'The day of UTC, as `2026-01-31`.' }),
      requests: t.exposeInt('requests', { description: 'All its requests; may be a second behind.' }),
      refused: t.exposeInt('refused', { description: 'How many of them were refused because they were too many.' }),
    }),
  });
  builder.node('ApiKey', {
    description: 'A key of a partner, without the key itself, which is shown once and kept nowhere.',
    id: { resolve: ({ id }) => id, description: 'Names this key for ever; not what is sent.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, 'keep partners') ? loaders.partner.keyById.load(id) : null)),
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What it is for.' }),
      prefix: t.exposeString('prefix', { description: 'Its first characters, to tell keys apart.' }),
      partner: t.field({
        type: 'Partner',
        description: 'Whose it is.',
        resolve: ({ partnerId }, _args, { loaders }) => loaders.partner.byId.load(partnerId) as Loaded<PartnerRow>,
      }),
      requestsPerMinute: t.exposeInt('requestsPerMinute', { description: 'How often it may ask in a minute.' }),
      requestsPerDay: t.exposeInt('requestsPerDay', { description: 'How often it may ask in a day of UTC.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was issued.' }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'From when it is no longer good; null for never.',
      }),
      revokedAt: t.expose('revokedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was ended before its time; null when it was not.',
      }),
      usage: t.field({
        type: ['ApiKeyUsage'],
        complexity: ({ days }) => about(Math.min(Math.max(days ?? usualDays, 1), mostDays)),
        description: 'How often it asked, day by day, the latest first; days without a request are left out.',
        args: {
          days: t.arg.int({
            defaultValue: usualDays,
            description: `Of this many days, today included: 1 to ${mostDays}.`,
          }),
        },
        resolve: ({ id }, { days }, { loaders, now }) =>
          loaders.partner.keyUsage({ days: numberUpTo(mostDays, 'days', days, usualDays), today: now }).load(id),
      }),
      lastUsedAt: t.expose('lastUsedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last used, to the minute; null for never.',
      }),
    }),
  });

  builder.inputType('IssueApiKeyInput', {
    description: 'Whose key, and for what.',
    fields: (t) => ({
      partner: t.id({ required: true, description: 'The partner it is for, by id or slug.' }),
      name: t.string({ required: true, description: 'What it is for, as in “their site”.' }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'From when it is no longer good; it is good until revoked when absent.',
      }),
      requestsPerMinute: t.int({
        defaultValue: usualLimits.requestsPerMinute,
        description: 'How often it may ask in a minute.',
      }),
      requestsPerDay: t.int({
        defaultValue: usualLimits.requestsPerDay,
        description: 'How often it may ask in a day of UTC.',
      }),
    }),
  });
  builder.inputType('RevokeApiKeyInput', {
    description: 'Which key.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The key, by the id it has in lists.' }) }),
  });
  builder.objectType('IssueApiKeySuccess', {
    description: 'It is done. This answer is the only one that has the key.',
    fields: (t) => ({
      key: t.exposeString('key', {
        description: 'What the partner sends as `Authorization: Bearer …`. It is not shown again.',
      }),
      issued: t.expose('issued', { type: 'ApiKey', description: 'What is kept of it.' }),
    }),
  });
  builder.objectType('RevokeApiKeySuccess', {
    description: 'It is done: the next request with the key is refused.',
    fields: (t) => ({ key: t.expose('key', { type: 'ApiKey', description: 'The key as it stands now.' }) }),
  });

  builder.mutationFields((t) => ({
    issueApiKey: t.field({
      type: 'IssueApiKeySuccess',
      description: 'Gives a partner a key, which reads what its entitlement grants: see `setEntitlement`.',
      authScopes: { may: 'keep partners' },
      errors: refusing('IssueApiKey', NotFoundError),
      args: { input: t.arg({ type: 'IssueApiKeyInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const values = {
          partnerId: (await loadNamed('Partner', input.partner, context.loaders.partner))?.id ?? null,
          expiresAt: input.expiresAt ?? null,
          ...checked(NewKey, {
            name: input.name,
            requestsPerMinute: input.requestsPerMinute ?? usualLimits.requestsPerMinute,
            requestsPerDay: input.requestsPerDay ?? usualLimits.requestsPerDay,
          }),
        };
        const { id, key } = await context.db.transaction((tx) => issueApiKey(tx, context, values));
        return { key, issued: await keyNow(id, context) };
      },
    }),
    revokeApiKey: t.field({
      type: 'RevokeApiKeySuccess',
      description: 'Ends a key at once, everywhere. Doing it again changes nothing.',
      authScopes: { may: 'keep partners' },
      errors: refusing('RevokeApiKey', NotFoundError),
      args: { input: t.arg({ type: 'RevokeApiKeyInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('ApiKey', input.id);
        await context.db.transaction((tx) => revokeApiKey(tx, context, id));
        return { key: await keyNow(id, context) };
      },
    }),
  }));
}
