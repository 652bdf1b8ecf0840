import type { CollectionKind } from '../../generated/prisma/enums.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import { forwardArguments } from '../../graphql/arguments.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { loadBy, referenceTo } from '../slug-or-id.js';
import { addCollection, type CollectionChanges, editCollection, setCollectionArticles } from './editing.js';
import {
  collectionCount,
  type CollectionRow,
  collectionsByTitle,
  placeInCollection,
  placeOfCollection,
} from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Collection: CollectionRow;
    CollectionConnection: Connection<CollectionRow>;
  }
  interface Inputs {
    CreateCollectionInput: CollectionChanges & { title: string; kind: CollectionKind };
    UpdateCollectionInput: CollectionChanges & { id: string; expectedRevision: number };
    SetCollectionArticlesInput: { id: string; expectedRevision: number; articles: string[] };
  }
  interface Enums {
    CollectionKind: { Input: CollectionKind; Output: CollectionKind };
  }
}

export function defineCollection(builder: Builder): void {
  builder.enumType('CollectionKind', {
    description: 'What holds a collection together.',
    values: {
      PUBLICATION: { description: 'A report or book, shown under “Publications”.' },
      SERIES: { description: 'Pieces that follow one another.' },
      PACKAGE: { description: 'Pieces on one event.' },
    },
  });

  builder.node('Collection', {
    description: 'Articles that an editor has put together, in an order of their own.',
    id: { resolve: ({ id }) => id, description: 'Names this collection for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.collection.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses.' }),
      kind: t.expose('kind', { type: 'CollectionKind', description: 'What holds it together.' }),
      title: t.exposeString('title', { description: 'Its title as printed.' }),
      description: t.exposeString('description', { nullable: true, description: 'A few plain sentences about it.' }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'Its articles in the editor’s order.',
        args: forwardArguments(t.arg),
        resolve: async ({ id }, args, { loaders }) => {
          const list = `collection:${id}`;
          const page = pageOf(list, args, 'integer');
          const rows = await loaders.collection.articles(page).load(id);
          return connectionFrom(rows, page, list, placeInCollection, () => loaders.collection.articleCount.load(id));
        },
      }),
    }),
  });
  defineConnection<CollectionRow>(builder, 'Collection', 'Collection', 'collection');

  builder.queryFields((t) => ({
    collection: t.field({
      type: 'Collection',
      nullable: true,
      description: 'One collection; null when there is none.',
      args: { by: t.arg({ type: 'SlugOrId', required: true, description: 'Which collection is meant.' }) },
      resolve: (_root, { by }, { loaders }) => loadBy('Collection', by, loaders.collection),
    }),
    collections: t.field({
      type: 'CollectionConnection',
      description: 'All collections by title, or those of one kind.',
      args: {
        kind: t.arg({ type: 'CollectionKind', description: 'Only this kind.' }),
        ...forwardArguments(t.arg),
      },
      resolve: async (_root, { kind, ...args }, { db }) => {
        const list = `collections:${kind ?? ''}`;
        const page = pageOf(list, args, 'text');
        const rows = await collectionsByTitle(db, kind ?? null, page);
        return connectionFrom(rows, page, list, placeOfCollection, () => collectionCount(db, kind ?? null));
      },
    }),
  }));
  defineCollectionMutations(builder);
}

/** A collection as it stands after a write, read anew. */
async function collectionNow(id: string | null, { loaders }: Context): Promise<CollectionRow> {
  const collection = await loaders.collection.byId.clear(id ?? '').load(id ?? '');
  if (!collection) throw new Error(`collection ${id} is gone after a write to it`);
  return collection;
}

function defineCollectionMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<CollectionRow>(builder, mutation, 'collection', 'Collection', 'The collection as it stands now.');

  builder.inputType('CreateCollectionInput', {
    description: 'A new collection, empty at first.',
    fields: (t) => ({
      title: t.string({ required: true, description: 'Its title as printed.' }),
      kind: t.field({ type: 'CollectionKind', required: true, description: 'What holds it together.' }),
      slug: t.string({ description: 'Its short name in addresses; made from the title when absent.' }),
      description: t.string({ description: 'A few plain sentences about it.' }),
    }),
  });
  builder.inputType('UpdateCollectionInput', {
    description: 'What is to change of a collection; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The collection.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      title: t.string({ description: 'Its title as printed.' }),
      kind: t.field({ type: 'CollectionKind', description: 'What holds it together.' }),
      slug: t.string({ description: 'Its short name in addresses.' }),
      description: t.string({ description: 'A few plain sentences about it; null for none.' }),
    }),
  });
  builder.inputType('SetCollectionArticlesInput', {
    description: 'Which collection, and what it is to hold.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The collection.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      articles: t.idList({
        required: true,
        description: 'Its articles in order, each by id or slug: all of them, at most 1000, none twice.',
      }),
    }),
  });

  builder.mutationFields((t) => ({
    createCollection: t.field({
      type: done('CreateCollection'),
      description: 'Adds an empty collection.',
      authScopes: { may: 'keep collections' },
      errors: refusing('CreateCollection'),
      args: { input: t.arg({ type: 'CreateCollectionInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) =>
        collectionNow(await addCollection(context.db, context, input), context),
    }),
    updateCollection: t.field({
      type: done('UpdateCollection'),
      description: 'Changes what is said of a collection, not what it holds.',
      authScopes: { may: 'keep collections' },
      errors: refusing('UpdateCollection', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateCollectionInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Collection', input.id);
        await editCollection(context.db, context, { ...input, id });
        return collectionNow(id, context);
      },
    }),
    setCollectionArticles: t.field({
      type: done('SetCollectionArticles'),
      description: 'Puts these articles, in this order, in the place of what the collection held.',
      authScopes: { may: 'keep collections' },
      errors: refusing('SetCollectionArticles', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'SetCollectionArticlesInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Collection', input.id);
        const articles = input.articles.map((text) => referenceTo('Article', text));
        await setCollectionArticles(context.db, context, { id, expectedRevision: input.expectedRevision, articles });
        return collectionNow(id, context);
      },
    }),
  }));
}
