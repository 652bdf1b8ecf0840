import { type Builder, idOf } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import type { Context } from '../../graphql/context.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy } from '../slug-or-id.js';
import { addPartner, editPartner, type PartnerChanges } from './editing.js';
import { defineApiKey } from './key-fields.js';
import type { PartnerRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Partner: PartnerRow;
  }
  interface Inputs {
    CreatePartnerInput: PartnerChanges & { name: string };
    UpdatePartnerInput: PartnerChanges & { id: string; expectedRevision: number };
  }
}

export function definePartner(builder: Builder): void {
  builder.node('Partner', {
    description: 'Another publisher whose pieces run here, or that runs ours.',
    id: { resolve: ({ id }) => id, description: 'Names this partner for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.partner.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses.' }),
      name: t.exposeString('name', { description: 'Its name as printed.' }),
      url: t.field({ type: 'URL', nullable: true, description: 'Its own site.', resolve: ({ url }) => url }),
      attribution: t.exposeString('attribution', { description: 'The line printed under its pieces.' }),
      license: t.exposeString('license', { nullable: true, description: 'On what terms its pieces run here.' }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'The pieces that came from it, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context, info) => articlesOf('partner', id, args, context, info),
      }),
      entitlement: t.field({
        type: 'Entitlement',
        nullable: true,
        description: 'What its keys may read; null while nothing is granted. For editors.',
        authScopes: { may: 'see what partners see' },
        resolve: ({ id }, _args, { loaders }) => loaders.partner.entitlement.load(id),
      }),
      keys: t.field({
        type: ['ApiKey'],
        complexity: about(3),
        description: 'Its keys, newest first, ended ones too. For administrators.',
        authScopes: { may: 'keep partners' },
        resolve: ({ id }, _args, { loaders }) => loaders.partner.keys.load(id),
      }),
    }),
  });

  builder.queryField('partner', (t) =>
    t.field({
      type: 'Partner',
      nullable: true,
      description: 'The public face of a source; null when there is none.',
      args: { by: t.arg({ type: 'SlugOrId', required: true, description: 'Which partner is meant.' }) },
      resolve: (_root, { by }, { loaders }) => loadBy('Partner', by, loaders.partner),
    }),
  );
  definePartnerMutations(builder);
  defineApiKey(builder);
}

/** A partner as it stands after a write, read anew. */
async function partnerNow(id: string | null, { loaders }: Context): Promise<PartnerRow> {
  const partner = await loaders.partner.byId.clear(id ?? '').load(id ?? '');
  if (!partner) throw new Error(`partner ${id} is gone after a write to it`);
  return partner;
}

function definePartnerMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<PartnerRow>(builder, mutation, 'partner', 'Partner', 'The partner as it stands now.');

  builder.inputType('CreatePartnerInput', {
    description: 'A new partner.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in filters; made from the name when absent.' }),
      url: t.field({ type: 'URL', description: 'Its own site, `https://` or `http://`.' }),
      attribution: t.string({ description: 'The line printed under its pieces; “From our partner …” when absent.' }),
      license: t.string({ description: 'On what terms its pieces run here.' }),
    }),
  });
  builder.inputType('UpdatePartnerInput', {
    description: 'What is to change of a partner; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The partner.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      name: t.string({ description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in filters.' }),
      url: t.field({ type: 'URL', description: 'Its own site, `https://` or `http://`; null for none.' }),
      attribution: t.string({
        description: 'The line printed under its pieces, but for those that have one of their own.',
      }),
      license: t.string({ description: 'On what terms its pieces run here; null for none said.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createPartner: t.field({
      type: done('CreatePartner'),
      description: 'Adds a partner.',
      authScopes: { may: 'keep partners' },
      errors: refusing('CreatePartner'),
      args: { input: t.arg({ type: 'CreatePartnerInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => partnerNow(await addPartner(context.db, context, input), context),
    }),
    updatePartner: t.field({
      type: done('UpdatePartner'),
      description:
        'Changes a partner. Pieces that have a line of attribution of their own keep it; the others print the new one.',
      authScopes: { may: 'keep partners' },
      errors: refusing('UpdatePartner', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdatePartnerInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Partner', input.id);
        await editPartner(context.db, context, { ...input, id });
        return partnerNow(id, context);
      },
    }),
  }));
}
