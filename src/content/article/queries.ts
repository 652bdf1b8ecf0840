import type { Builder } from '../../graphql/builder.js';
import { idOf } from '../../graphql/builder.js';
import { connectionFrom, pageOf } from '../../graphql/connection.js';
import { pageArguments } from '../../graphql/arguments.js';
import type { SlugOrId } from '../slug-or-id.js';
import { previewed } from './editing/preview.js';
import { countOfAll } from './counts.js';
import { filterFrom } from './filter.js';
import { extentAsked } from './list-fields.js';
import { pageOfAll, placeOf } from './lists.js';
import type { ArticleRow } from './row.js';

type ArticleBy = SlugOrId & { path?: string | null | undefined };

declare module '../../graphql/builder.js' {
  interface Inputs {
    ArticleBy: ArticleBy;
  }
}

const isMeant = ({ id, slug, path }: ArticleBy, row: ArticleRow): boolean =>
  typeof id === 'string'
    ? idOf('Article', id) === row.id
    : typeof path === 'string'
      ? path === row.path
      : slug === row.slug;

export function defineArticleQueries(builder: Builder): void {
  builder.inputType('ArticleBy', {
    isOneOf: true,
    description: 'Which article is meant: by exactly one of these.',
    fields: (t) => ({
      id: t.id({ description: 'Its id.' }),
      slug: t.string({ description: 'Its slug.' }),
      path: t.string({
        description: 'Its present address on this site, from the root. For former addresses see `resolvePath`.',
      }),
    }),
  });

  builder.queryFields((t) => ({
    article: t.field({
      type: 'Article',
      nullable: true,
      description: 'One article; null when it does not exist or the viewer may not see it, which cannot be told apart.',
      args: {
        by: t.arg({ type: 'ArticleBy', required: true, description: 'Which article is meant.' }),
        preview: t.arg.string({
          description: 'A token of `createPreviewLink`: shows that one revision, if it is of the article meant.',
        }),
      },
      resolve: async (_root, { by, preview }, { loaders, db, now }) => {
        if (typeof preview === 'string') {
          const shown = await previewed(db, now, preview);
          return isMeant(by, shown) ? shown : null;
        }
        if (typeof by.id === 'string') {
          const id = idOf('Article', by.id);
          return id ? loaders.article.byId.load(id) : null;
        }
        return typeof by.path === 'string'
          ? loaders.article.byPath.load(by.path)
          : loaders.article.bySlug.load(by.slug ?? '');
      },
    }),
    articles: t.field({
      type: 'ArticleConnection',
      description: 'All articles the viewer may see, or those that a filter lets through.',
      args: {
        filter: t.arg({ type: 'ArticleFilter', description: 'Which articles; all when absent.' }),
        orderBy: t.arg({ type: 'ArticleOrder', defaultValue: 'PUBLISHED_AT_DESC', description: 'In which order.' }),
        ...pageArguments(t.arg),
      },
      resolve: async (_root, { filter: input, orderBy, ...args }, { db, viewer, now }, info) => {
        const filter = filterFrom(input, viewer);
        const order = orderBy ?? 'PUBLISHED_AT_DESC';
        const list = `articles:${order}`;
        const page = pageOf(list, args);
        const extent = order === 'UPDATED_AT_DESC' ? 'WHOLE' : extentAsked(info);
        const rows = await pageOfAll(db, { viewer, now }, filter, order, page, extent);
        return connectionFrom(rows, page, list, placeOf(order), () => countOfAll(db, { viewer, now }, filter));
      },
    }),
  }));
}
