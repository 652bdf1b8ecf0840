import { GraphQLScalarType } from 'graphql';
import { JSONResolver } from 'graphql-scalars';
import { type Action, mayDo } from '../../access/rules.js';
import { pageArguments } from '../../graphql/arguments.js';
import { type Builder, globalId, idOf, partsOfGlobalId } from '../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../graphql/connection.js';
import { auditCount, auditEntries, type AuditFilter, type AuditRow, placeOfEntry } from './read.js';

type Maybe<Value> = Value | null | undefined;

interface AuditFilterInput {
  actor?: Maybe<string>;
  subject?: Maybe<string>;
  action?: Maybe<string>;
  since?: Maybe<Date>;
  until?: Maybe<Date>;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    AuditEntry: AuditRow;
    AuditEntryConnection: Connection<AuditRow>;
  }
  interface Inputs {
    AuditFilter: AuditFilterInput;
  }
  interface Enums {
    JSON: { Input: unknown; Output: unknown };
  }
}

const readLog: Action = 'read the audit log';

/** An actor of another type than User never wrote anything: the id of nobody finds nothing. */
const nobody = '00000000-0000-0000-0000-000000000000';

const filterFrom = ({ actor, subject, action, since, until }: AuditFilterInput): AuditFilter => ({
  actorId: actor == null ? null : (idOf('User', actor) ?? nobody),
  subjectId: subject == null ? null : partsOfGlobalId(subject).id,
  action: action ?? null,
  since: since ?? null,
  until: until ?? null,
});

export function defineAudit(builder: Builder): void {
  builder.addScalarType(
    'JSON',
    new GraphQLScalarType({
      ...JSONResolver.toConfig(),
      name: 'JSON',
      description: 'Any value of JSON: an object, a list, a text, a number, true, false or null.',
    }),
  );

  builder.node('AuditEntry', {
    description: 'One write: who did what, when, to what. Never changed, and never taken back.',
    id: { resolve: ({ id }) => id, description: 'Names this entry for ever.' },
    loadMany: (ids, { loaders, viewer }) =>
      ids.map((id) => (mayDo(viewer, readLog) ? loaders.audit.byId.load(id) : null)),
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      actor: t.field({
        type: 'User',
        nullable: true,
        description: 'Who; null for the command line and for the public.',
        resolve: ({ actorId }, _args, { loaders }) => (actorId === null ? null : loaders.user.byId.load(actorId)),
      }),
      actorName: t.exposeString('actorName', { description: 'Who, as they were called then.' }),
      action: t.exposeString('action', {
        description: 'What: the name of the mutation or command, such as publishArticle.',
      }),
      subjectKind: t.exposeString('subjectKind', {
        description: 'What kind of thing it was done to: a type of this graph.',
      }),
      subjectId: t.id({
        description: 'What it was done to: an id for `node`, though the thing may be gone.',
        resolve: ({ subjectKind, subjectId }) => globalId(subjectKind, subjectId),
      }),
      before: t.expose('before', {
        type: 'JSON',
        nullable: true,
        description: 'What was there before, as far as it was changed.',
      }),
      after: t.expose('after', {
        type: 'JSON',
        nullable: true,
        description: 'What is there since, as far as it was changed.',
      }),
      requestId: t.exposeString('requestId', {
        nullable: true,
        description: 'The request it came by, as in `X-Request-Id` and the log.',
      }),
    }),
  });
  defineConnection<AuditRow>(builder, 'AuditEntry', 'AuditEntry', 'entry of the log');

  builder.inputType('AuditFilter', {
    description: 'Which entries: those that fit all that is given.',
    fields: (t) => ({
      actor: t.id({ description: 'What this user did.' }),
      subject: t.id({ description: 'What was done to the thing of this id.' }),
      action: t.string({ description: 'What was done by this mutation or command, such as publishArticle.' }),
      since: t.field({ type: 'DateTime', description: 'Not earlier than this.' }),
      until: t.field({ type: 'DateTime', description: 'Earlier than this.' }),
    }),
  });

  builder.queryField('auditLog', (t) =>
    t.field({
      type: 'AuditEntryConnection',
      description: 'Everything that was written, newest first. For administrators.',
      authScopes: { may: readLog },
      args: {
        filter: t.arg({ type: 'AuditFilter', description: 'Only these.' }),
        ...pageArguments(t.arg),
      },
      resolve: async (_root, { filter, ...args }, { db }) => {
        const page = pageOf('auditLog', args);
        const which = filterFrom(filter ?? {});
        const rows = await auditEntries(db, which, page);
        return connectionFrom(rows, page, 'auditLog', placeOfEntry, () => auditCount(db, which));
      },
    }),
  );
}
