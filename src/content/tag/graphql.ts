import { type Builder, idOf } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import type { Context } from '../../graphql/context.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy, referenceTo } from '../slug-or-id.js';
import { addTag, deleteTag, editTag, mergeTags, type TagChanges } from './editing.js';
import type { TagRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Tag: TagRow;
    DeleteTagSuccess: { id: string };
  }
  interface Inputs {
    CreateTagInput: TagChanges & { name: string };
    UpdateTagInput: TagChanges & { id: string; expectedRevision: number };
    MergeTagsInput: { id: string; expectedRevision: number; into: string };
    DeleteTagInput: { id: string; expectedRevision: number };
  }
}

export function defineTag(builder: Builder): void {
  builder.node('Tag', {
    description: 'What pieces are about, across sections.',
    id: { resolve: ({ id }) => id, description: 'Names this tag for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.tag.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses.' }),
      name: t.exposeString('name', { description: 'Its name as printed.' }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'The pieces that carry it, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context, info) => articlesOf('tag', id, args, context, info),
      }),
    }),
  });

  builder.queryField('tag', (t) =>
    t.field({
      type: 'Tag',
      nullable: true,
      description: 'One tag; null when there is none.',
      args: { by: t.arg({ type: 'SlugOrId', required: true, description: 'Which tag is meant.' }) },
      resolve: (_root, { by }, { loaders }) => loadBy('Tag', by, loaders.tag),
    }),
  );
  defineTagMutations(builder);
}

/** A tag as it stands after a write, read anew. */
async function tagNow(id: string | null, { loaders }: Context): Promise<TagRow> {
  const tag = await loaders.tag.byId.clear(id ?? '').load(id ?? '');
  if (!tag) throw new Error(`tag ${id} is gone after a write to it`);
  return tag;
}

function defineTagMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<TagRow>(builder, mutation, 'tag', 'Tag', 'The tag as it stands now.');

  builder.inputType('CreateTagInput', {
    description: 'A new tag.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in addresses; made from the name when absent.' }),
    }),
  });
  builder.inputType('UpdateTagInput', {
    description: 'What is to change of a tag; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The tag.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      name: t.string({ description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in addresses. A former address goes on leading to it.' }),
    }),
  });
  builder.inputType('MergeTagsInput', {
    description: 'Two tags that are one.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The one that goes. Its address will lead to the one that stays.' }),
      expectedRevision: t.int({ required: true, description: 'Of the one that goes: its `revision` as you read it.' }),
      into: t.id({ required: true, description: 'The one that stays, by id or slug.' }),
    }),
  });
  builder.inputType('DeleteTagInput', {
    description: 'Which tag.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The tag.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
    }),
  });
  builder.objectType('DeleteTagSuccess', {
    description: 'It is done.',
    fields: (t) => ({ id: t.exposeID('id', { description: 'The id the tag had.' }) }),
  });

  builder.mutationFields((t) => ({
    createTag: t.field({
      type: done('CreateTag'),
      description: 'Adds a tag.',
      authScopes: { may: 'keep tags' },
      errors: refusing('CreateTag'),
      args: { input: t.arg({ type: 'CreateTagInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => tagNow(await addTag(context.db, context, input), context),
    }),
    updateTag: t.field({
      type: done('UpdateTag'),
      description: 'Renames a tag. No old address breaks.',
      authScopes: { may: 'keep tags' },
      errors: refusing('UpdateTag', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateTagInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Tag', input.id);
        await editTag(context.db, context, { ...input, id });
        return tagNow(id, context);
      },
    }),
    mergeTags: t.field({
      type: done('MergeTags'),
      description: 'Makes one tag of two: what carries the one carries the other, once.',
      authScopes: { may: 'keep tags' },
      errors: refusing('MergeTags', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'MergeTagsInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { id, expectedRevision, into } }, context) => {
        const merge = { id: idOf('Tag', id), expectedRevision, into: referenceTo('Tag', into) };
        return tagNow(await mergeTags(context.db, context, merge), context);
      },
    }),
    deleteTag: t.field({
      type: 'DeleteTagSuccess',
      description: 'Takes a tag away, and off whatever carries it. Its address leads nowhere from then on.',
      authScopes: { may: 'keep tags' },
      errors: refusing('DeleteTag', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'DeleteTagInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { id, expectedRevision } }, context) => {
        await deleteTag(context.db, context, { id: idOf('Tag', id), expectedRevision });
        return { id };
      },
    }),
  }));
}
