import type { Builder } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy } from '../slug-or-id.js';
import type { TagRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Tag: TagRow;
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
      articles: t.field({
        type: 'ArticleConnection',
        description: 'The pieces that carry it, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context) => articlesOf('tag', id, args, context),
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
}
