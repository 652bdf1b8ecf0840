import type { Builder } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy } from '../slug-or-id.js';
import type { PartnerRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Partner: PartnerRow;
  }
}

export function definePartner(builder: Builder): void {
  builder.node('Partner', {
    description: 'Another publisher whose pieces run here.',
    id: { resolve: ({ id }) => id, description: 'Names this partner for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.partner.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses.' }),
      name: t.exposeString('name', { description: 'Its name as printed.' }),
      url: t.field({ type: 'URL', nullable: true, description: 'Its own site.', resolve: ({ url }) => url }),
      attribution: t.exposeString('attribution', { description: 'The line printed under its pieces.' }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'The pieces that came from it, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context) => articlesOf('partner', id, args, context),
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
}
