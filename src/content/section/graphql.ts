import type { Builder } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy } from '../slug-or-id.js';
import { type SectionRow, topSections } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Section: SectionRow;
  }
}

export function defineSection(builder: Builder): void {
  builder.node('Section', {
    description: 'A part of the paper, such as “East Asia”. Sections form a tree.',
    id: { resolve: ({ id }) => id, description: 'Names this section for ever.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.section.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses.' }),
      name: t.exposeString('name', { description: 'Its name as printed.' }),
      description: t.exposeString('description', { nullable: true, description: 'What it covers.' }),
      parent: t.field({
        type: 'Section',
        nullable: true,
        description: 'The section it is part of; null at the top.',
        resolve: ({ parentId }, _args, { loaders }) => (parentId ? loaders.section.byId.load(parentId) : null),
      }),
      children: t.field({
        type: ['Section'],
        description: 'Its parts, in the editor’s order.',
        resolve: ({ id }, _args, { loaders }) => loaders.section.children.load(id),
      }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'Its articles and those of its descendants, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context) => articlesOf('section', id, args, context),
      }),
      articleCount: t.int({
        description: 'How many articles it and its descendants hold for this viewer.',
        resolve: ({ id }, _args, { loaders }) => loaders.article.countOf('section').load(id),
      }),
    }),
  });

  builder.queryFields((t) => ({
    section: t.field({
      type: 'Section',
      nullable: true,
      description: 'One section; null when there is none.',
      args: { by: t.arg({ type: 'SlugOrId', required: true, description: 'Which section is meant.' }) },
      resolve: (_root, { by }, { loaders }) => loadBy('Section', by, loaders.section),
    }),
    sections: t.field({
      type: ['Section'],
      description: 'The sections at the top of the tree, in the editor’s order.',
      resolve: (_root, _args, { db }) => topSections(db),
    }),
  }));
}
