import type { CollectionKind } from '../../generated/prisma/enums.js';
import type { Builder } from '../../graphql/builder.js';
import { forwardArguments } from '../../graphql/arguments.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { loadBy } from '../slug-or-id.js';
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
}
