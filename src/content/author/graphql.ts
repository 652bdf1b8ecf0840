import type { Builder } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy } from '../slug-or-id.js';
import { authorCount, type AuthorRow, authorsByName, placeOfAuthor } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Author: AuthorRow;
    AuthorConnection: Connection<AuthorRow>;
  }
}

export function defineAuthor(builder: Builder): void {
  builder.node('Author', {
    description: 'Somebody who writes, pictures or edits, as known today. What stood on a piece is its `Byline`.',
    id: { resolve: ({ id }) => id, description: 'Names this author for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.author.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Their short name in addresses.' }),
      name: t.exposeString('name', { description: 'Their name as printed.' }),
      affiliation: t.exposeString('affiliation', { nullable: true, description: 'Where they work or teach now.' }),
      bio: t.exposeString('bio', { nullable: true, description: 'A few plain sentences about them.' }),
      links: t.field({
        type: ['URL'],
        description: 'Their pages elsewhere.',
        resolve: ({ links }) => links,
      }),
      image: t.field({
        type: 'Image',
        nullable: true,
        description: 'Their portrait.',
        resolve: ({ imageId }, _args, { loaders }) => (imageId ? loaders.image.byId.load(imageId) : null),
      }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'The pieces that carry their byline, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context) => articlesOf('author', id, args, context),
      }),
      articleCount: t.int({
        description: 'How many pieces of theirs this viewer may see.',
        resolve: ({ id }, _args, { loaders }) => loaders.article.countOf('author').load(id),
      }),
    }),
  });
  defineConnection<AuthorRow>(builder, 'Author', 'Author', 'author');

  builder.queryFields((t) => ({
    author: t.field({
      type: 'Author',
      nullable: true,
      description: 'One author; null when there is none.',
      args: { by: t.arg({ type: 'SlugOrId', required: true, description: 'Which author is meant.' }) },
      resolve: (_root, { by }, { loaders }) => loadBy('Author', by, loaders.author),
    }),
    authors: t.field({
      type: 'AuthorConnection',
      description: 'All authors by name, marks and case aside.',
      args: pageArguments(t.arg),
      resolve: async (_root, args, { db }) => {
        const page = pageOf('authors', args, 'text');
        return connectionFrom(await authorsByName(db, page), page, 'authors', placeOfAuthor, () => authorCount(db));
      },
    }),
  }));
}
