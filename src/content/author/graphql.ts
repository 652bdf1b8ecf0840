import { type Builder, idOf } from '../../graphql/builder.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { defineSuccess, expectedRevisionDescription, revisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError } from '../../refusals.js';
import { articlesOf } from '../article/list-fields.js';
import { loadBy, referenceTo } from '../slug-or-id.js';
import { addAuthor, type AuthorChanges, editAuthor, mergeAuthors } from './editing.js';
import { authorCount, type AuthorRow, authorsByName, placeOfAuthor } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Author: AuthorRow;
    AuthorConnection: Connection<AuthorRow>;
  }
  interface Inputs {
    CreateAuthorInput: AuthorChanges & { name: string };
    UpdateAuthorInput: AuthorChanges & { id: string; expectedRevision: number };
    MergeAuthorsInput: { id: string; expectedRevision: number; into: string };
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
        resolve: ({ id }, args, context, info) => articlesOf('author', id, args, context, info),
      }),
      revision: t.exposeInt('revision', { description: revisionDescription }),
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
  defineAuthorMutations(builder);
}

/** A author as it stands after a write, read anew. */
async function authorNow(id: string | null, { loaders }: Context): Promise<AuthorRow> {
  const author = await loaders.author.byId.clear(id ?? '').load(id ?? '');
  if (!author) throw new Error(`author ${id} is gone after a write to it`);
  return author;
}

function defineAuthorMutations(builder: Builder): void {
  const done = (mutation: string) =>
    defineSuccess<AuthorRow>(builder, mutation, 'author', 'Author', 'The author as they stand now.');

  builder.inputType('CreateAuthorInput', {
    description: 'A new author.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Their name as printed.' }),
      slug: t.string({ description: 'Their short name in addresses; made from the name when absent.' }),
      affiliation: t.string({ description: 'Where they work or teach.' }),
      bio: t.string({ description: 'A few plain sentences about them.' }),
      links: t.field({ type: ['URL'], description: 'Their pages elsewhere, `https://` or `http://`.' }),
      image: t.field({ type: 'ImageInput', description: 'Their portrait, with its credit.' }),
    }),
  });
  builder.inputType('UpdateAuthorInput', {
    description: 'What is to change of an author; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The author.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      name: t.string({ description: 'Their name from now on. What is printed on pieces already stays.' }),
      slug: t.string({ description: 'Their short name in addresses. A former address goes on leading to them.' }),
      affiliation: t.string({ description: 'Where they work or teach now; null for nowhere.' }),
      bio: t.string({ description: 'A few plain sentences about them; null for none.' }),
      links: t.field({ type: ['URL'], description: 'Their pages elsewhere: all of them.' }),
      image: t.field({ type: 'ImageInput', description: 'Their portrait, with its credit; null for none.' }),
    }),
  });
  builder.inputType('MergeAuthorsInput', {
    description: 'Two authors who are one.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The one that goes. Their address will lead to the one that stays.' }),
      expectedRevision: t.int({ required: true, description: 'Of the one that goes: its `revision` as you read it.' }),
      into: t.id({ required: true, description: 'The one that stays, by id or slug.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createAuthor: t.field({
      type: done('CreateAuthor'),
      description: 'Adds an author.',
      authScopes: { may: 'keep authors' },
      errors: refusing('CreateAuthor'),
      args: { input: t.arg({ type: 'CreateAuthorInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => authorNow(await addAuthor(context.db, context, input), context),
    }),
    updateAuthor: t.field({
      type: done('UpdateAuthor'),
      description: 'Changes an author as known from now on. No printed byline changes, no old address breaks.',
      authScopes: { may: 'keep authors' },
      errors: refusing('UpdateAuthor', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateAuthorInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Author', input.id);
        await editAuthor(context.db, context, { ...input, id });
        return authorNow(id, context);
      },
    }),
    mergeAuthors: t.field({
      type: done('MergeAuthors'),
      description:
        'Makes one author of two: bylines of the one point to the other, with the names that were printed. ' +
        'A piece that carries both keeps the byline of the one that stays.',
      authScopes: { may: 'keep authors' },
      errors: refusing('MergeAuthors', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'MergeAuthorsInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { id, expectedRevision, into } }, context) => {
        const merge = { id: idOf('Author', id), expectedRevision, into: referenceTo('Author', into) };
        return authorNow(await mergeAuthors(context.db, context, merge), context);
      },
    }),
  }));
}
