import { type Builder, idOf } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';

import type { Context } from '../../graphql/context.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy, referenceTo } from '../slug-or-id.js';
import { addSection, editSection, moveSection, type SectionChanges } from './editing.js';
import type { SectionRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Section: SectionRow;
  }
  interface Inputs {
    CreateSectionInput: SectionChanges & { name: string; parent?: string | null | undefined };
    UpdateSectionInput: SectionChanges & { id: string; expectedRevision: number };
    MoveSectionInput: {
      id: string;
      expectedRevision: number;
      parent?: string | null | undefined;
      position?: number | null | undefined;
    };
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
        complexity: about(10),
        description: 'Its parts, in the editor’s order.',
        resolve: ({ id }, _args, { loaders }) => loaders.section.children.load(id),
      }),
      articles: t.field({
        type: 'ArticleConnection',
        description: 'Its articles and those of its descendants, newest first.',
        args: pageArguments(t.arg),
        resolve: ({ id }, args, context, info) => articlesOf('section', id, args, context, info),
      }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
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
      complexity: about(10),
      description: 'The sections at the top of the tree, in the editor’s order.',
      resolve: (_root, _args, { loaders }) => loaders.section.top.load(''),
    }),
  }));
  defineSectionMutations(builder);
}

/** A section as it stands after a write, read anew. */
async function sectionNow(id: string | null, { loaders }: Context): Promise<SectionRow> {
  const section = await loaders.section.byId.clear(id ?? '').load(id ?? '');
  if (!section) throw new Error(`section ${id} is gone after a write to it`);
  return section;
}

function defineSectionMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<SectionRow>(builder, mutation, 'section', 'Section', 'The section as it stands now.');

  builder.inputType('CreateSectionInput', {
    description: 'A new section.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in addresses; made from the name when absent.' }),
      description: t.string({ description: 'What it covers, in plain words.' }),
      parent: t.id({ description: 'The section it is part of, by id or slug; it stands at the top when absent.' }),
    }),
  });
  builder.inputType('UpdateSectionInput', {
    description: 'What is to change of a section; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The section.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      name: t.string({ description: 'Its name as printed.' }),
      slug: t.string({ description: 'Its short name in addresses. A former address goes on leading to it.' }),
      description: t.string({ description: 'What it covers, in plain words; null for nothing.' }),
    }),
  });
  builder.inputType('MoveSectionInput', {
    description: 'Which section, and where it is to stand.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The section.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      parent: t.id({
        description:
          'The section it is to be part of, by id or slug; null for the top; the one it is part of now when absent.',
      }),
      position: t.int({ description: 'Which it is to be among its siblings, from 1; the last when absent.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createSection: t.field({
      type: done('CreateSection'),
      description: 'Adds a section, after those beside it.',
      authScopes: { may: 'arrange sections' },
      errors: refusing('CreateSection'),
      args: { input: t.arg({ type: 'CreateSectionInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { parent, ...input } }, context) => {
        const below = parent == null ? null : referenceTo('Section', parent);
        return sectionNow(await addSection(context.db, context, { ...input, parent: below }), context);
      },
    }),
    updateSection: t.field({
      type: done('UpdateSection'),
      description: 'Renames a section, or describes it anew. No old address breaks.',
      authScopes: { may: 'arrange sections' },
      errors: refusing('UpdateSection', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateSectionInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Section', input.id);
        await editSection(context.db, context, { ...input, id });
        return sectionNow(id, context);
      },
    }),
    moveSection: t.field({
      type: done('MoveSection'),
      description: 'Moves a section, with all below it, elsewhere in the tree or among its siblings.',
      authScopes: { may: 'arrange sections' },
      errors: refusing('MoveSection', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'MoveSectionInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { id: text, expectedRevision, parent, position } }, context) => {
        const id = idOf('Section', text);
        const below = parent == null ? parent : referenceTo('Section', parent);
        await moveSection(context.db, context, { id, expectedRevision, parent: below, position });
        return sectionNow(id, context);
      },
    }),
  }));
}
