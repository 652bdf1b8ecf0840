import { z } from 'zod';
import { placeOfUser, type TokenRow, userCount, type UserRow, usersNewestFirst } from '../../access/read.js';
import { type Action, mayDo } from '../../access/rules.js';
import { createUser, issueToken, revokeToken, updateUser } from '../../access/store.js';
import type { Loaded } from '../../database/batching.js';
import type { Role } from '../../generated/prisma/enums.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Builder, idOf } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { about } from '../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../graphql/refusals.js';
import { expectedRevisionDescription } from '../../graphql/success.js';
import { ConflictError, NotFoundError, ValidationError } from '../../refusals.js';
import { checked, words } from '../checking.js';
import { defineViewer, type ViewerRole } from './viewer-fields.js';

type Maybe<Value> = Value | null | undefined;

function roleOfUser(role: ViewerRole): Role {
  if (role !== 'PARTNER') return role;
  throw new ValidationError([
    { path: 'role', message: 'must be CONTRIBUTOR, EDITOR or ADMIN; a partner reads by a key: see issueApiKey' },
  ]);
}

declare module '../../graphql/builder.js' {
  interface Objects {
    User: UserRow;
    UserConnection: Connection<UserRow>;
    Token: TokenRow;
    CreateUserSuccess: { user: UserRow };
    UpdateUserSuccess: { user: UserRow };
    IssueTokenSuccess: { token: string; issued: TokenRow };
    RevokeTokenSuccess: { token: TokenRow };
  }
  interface Inputs {
    CreateUserInput: { name: string; role: ViewerRole };
    UpdateUserInput: {
      id: string;
      expectedRevision: number;
      name?: Maybe<string>;
      role?: Maybe<ViewerRole>;
      disabled?: Maybe<boolean>;
    };
    IssueTokenInput: { user: string; name: string; expiresAt?: Maybe<Date> };
    RevokeTokenInput: { id: string };
  }
  interface Enums {
    Role: { Input: ViewerRole; Output: ViewerRole };
  }
}

const manage: Action = 'manage users';

const Name = z.object({ name: words(200) });
const NewName = z.object({ name: words(200).nullish() });

/** A user as they stand after a write, read anew. */
async function userNow(id: string, { loaders }: Context): Promise<UserRow> {
  const user = await loaders.user.byId.clear(id).load(id);
  if (!user) throw new Error(`user ${id} is gone after a write to it`);
  return user;
}

async function tokenNow(id: string, { loaders }: Context): Promise<TokenRow> {
  const token = await loaders.user.tokenById.clear(id).load(id);
  if (!token) throw new Error(`token ${id} is gone after a write to it`);
  return token;
}

export function defineUser(builder: Builder): void {
  builder.enumType('Role', {
    description: 'What a member of the newsroom may do, or a partner.',
    values: {
      PARTNER: { description: 'A key of a partner: reads what its entitlement grants. No user can be given it.' },
      CONTRIBUTOR: { description: 'Writes drafts of their own, and hands them in.' },
      EDITOR: { description: 'Reads everything; edits, publishes, moderates.' },
      ADMIN: { description: 'Whatever an editor may; and users, tokens and the audit log.' },
    },
  });

  defineViewer(builder);

  builder.node('User', {
    description: 'A member of the newsroom. Only administrators see one.',
    id: { resolve: ({ id }) => id, description: 'Names this user for ever.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, manage) ? loaders.user.byId.load(id) : null)),
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What they are called.' }),
      role: t.expose('role', { type: 'Role', description: 'Their role.' }),
      subject: t.exposeString('subject', {
        nullable: true,
        description:
          'Their subject at the OIDC issuer; null for those who sign in with a token alone. The issuer sets their name and role.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were added.' }),
      disabledAt: t.expose('disabledAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when they are locked out; null when they are not.',
      }),
      revision: t.exposeInt('revision', { description: 'Counts the saves: what an update is written against.' }),
      tokens: t.field({
        type: ['Token'],
        complexity: about(3),
        description: 'Their tokens, newest first, ended ones too.',
        resolve: ({ id }, _args, { loaders }) => loaders.user.tokens.load(id),
      }),
    }),
  });
  defineConnection<UserRow>(builder, 'User', 'User', 'user');

  builder.node('Token', {
    description: 'A bearer token, without the token itself, which is shown once and kept nowhere.',
    id: { resolve: ({ id }) => id, description: 'Names this token for ever; not what is sent.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, manage) ? loaders.user.tokenById.load(id) : null)),
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What it is for.' }),
      prefix: t.exposeString('prefix', { description: 'Its first characters, to tell tokens apart.' }),
      user: t.field({
        type: 'User',
        description: 'Whose it is.',
        resolve: ({ userId }, _args, context) => context.loaders.user.byId.load(userId) as Loaded<UserRow>,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was issued.' }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'From when it is no longer good; null for never.',
      }),
      revokedAt: t.expose('revokedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was ended before its time; null when it was not.',
      }),
      lastUsedAt: t.expose('lastUsedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last used, to the minute; null for never.',
      }),
    }),
  });

  builder.queryFields((t) => ({
    viewer: t.field({
      type: 'Viewer',
      nullable: true,
      description: 'Who your token says you are; null without one.',
      resolve: (_root, _args, { viewer }) => (viewer.role === 'anyone' ? null : viewer),
    }),
    users: t.field({
      type: 'UserConnection',
      description: 'The newsroom, newest first. For administrators.',
      authScopes: { may: manage },
      args: pageArguments(t.arg),
      resolve: async (_root, args, { db }) => {
        const page = pageOf('users', args);
        return connectionFrom(await usersNewestFirst(db, page), page, 'users', placeOfUser, () => userCount(db));
      },
    }),
  }));

  defineUserMutations(builder);
}

function defineUserMutations(builder: Builder): void {
  builder.inputType('CreateUserInput', {
    description: 'A new member of the newsroom.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'What they are called: a person, or a program.' }),
      role: t.field({ type: 'Role', required: true, description: 'What they may do.' }),
    }),
  });
  builder.inputType('UpdateUserInput', {
    description: 'What is to change of a user; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The user.' }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      name: t.string({ description: 'What they are called.' }),
      role: t.field({ type: 'Role', description: 'What they may do.' }),
      disabled: t.boolean({
        description: 'True locks them out from the next request on, with every token; false lets them in again.',
      }),
    }),
  });
  builder.inputType('IssueTokenInput', {
    description: 'Whose token, and for what.',
    fields: (t) => ({
      user: t.id({ required: true, description: 'The user it is for.' }),
      name: t.string({ required: true, description: 'What it is for, as in “laptop”.' }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'From when it is no longer good; it is good until revoked when absent.',
      }),
    }),
  });
  builder.inputType('RevokeTokenInput', {
    description: 'Which token.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The token, by the id it has in lists.' }) }),
  });
  for (const name of ['CreateUser', 'UpdateUser'] as const) {
    builder.objectType(`${name}Success`, {
      description: 'It is done.',
      fields: (t) => ({
        user: t.field({
          type: 'User',
          description: 'The user as they stand now.',
          resolve: (done: { user: UserRow }) => done.user,
        }),
      }),
    });
  }
  builder.objectType('IssueTokenSuccess', {
    description: 'It is done. This answer is the only one that has the token.',
    fields: (t) => ({
      token: t.exposeString('token', {
        description: 'What to send as `Authorization: Bearer …`. It is not shown again.',
      }),
      issued: t.expose('issued', { type: 'Token', description: 'What is kept of it.' }),
    }),
  });
  builder.objectType('RevokeTokenSuccess', {
    description: 'It is done: the next request with the token is refused.',
    fields: (t) => ({ token: t.expose('token', { type: 'Token', description: 'The token as it stands now.' }) }),
  });

  builder.mutationFields((t) => ({
    createUser: t.field({
      type: 'CreateUserSuccess',
      description: 'Adds a member of the newsroom. They sign in with a token: see `issueToken`.',
      authScopes: { may: manage },
      errors: refusing('CreateUser'),
      args: { input: t.arg({ type: 'CreateUserInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const { name } = checked(Name, input);
        const id = await context.db.transaction((tx) =>
          createUser(tx, context, { name, role: roleOfUser(input.role) }),
        );
        return { user: await userNow(id, context) };
      },
    }),
    updateUser: t.field({
      type: 'UpdateUserSuccess',
      description: 'Renames, ranks, locks out or lets in a member of the newsroom. The last administrator stays one.',
      authScopes: { may: manage },
      errors: refusing('UpdateUser', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'UpdateUserInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('User', input.id);
        const role = input.role && roleOfUser(input.role);
        const changes = { ...input, ...checked(NewName, input), id, role };
        await context.db.transaction((tx) => updateUser(tx, context, changes));
        return { user: await userNow(id ?? '', context) };
      },
    }),
    issueToken: t.field({
      type: 'IssueTokenSuccess',
      description: 'Gives a user a token. Whoever has it is that user, until it expires or is revoked.',
      authScopes: { may: manage },
      errors: refusing('IssueToken', NotFoundError),
      args: { input: t.arg({ type: 'IssueTokenInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const values = {
          userId: idOf('User', input.user),
          ...checked(Name, input),
          expiresAt: input.expiresAt ?? null,
        };
        const { id, token } = await context.db.transaction((tx) => issueToken(tx, context, values));
        return { token, issued: await tokenNow(id, context) };
      },
    }),
    revokeToken: t.field({
      type: 'RevokeTokenSuccess',
      description: 'Ends a token at once, everywhere. Doing it again changes nothing.',
      authScopes: { may: manage },
      errors: refusing('RevokeToken', NotFoundError),
      args: { input: t.arg({ type: 'RevokeTokenInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const id = idOf('Token', input.id);
        await context.db.transaction((tx) => revokeToken(tx, context, id));
        return { token: await tokenNow(id ?? '', context) };
      },
    }),
  }));
}
