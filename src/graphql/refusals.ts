import {
  CommentsClosedError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  type Refusal,
  TooOftenError,
  TransitionError,
  ValidationError,
} from '../refusals.js';
import type { Builder } from './builder.js';
import { about } from './limits/prices.js';

declare module './builder.js' {
  interface Interfaces {
    Error: Refusal;
  }
  interface Objects {
    FieldProblem: { path: string; message: string };
  }
}

type RefusalClass = new (...args: never[]) => Refusal;

/** The refusals a mutation can give, as the union `<Name>Result`. Forbidden and invalid any mutation can find. */
export const refusing = (name: string, ...others: RefusalClass[]) => ({
  types: [ValidationError, ForbiddenError, ...others],
  directResult: true as const,
  union: {
    name: `${name}Result`,
    description: `What became of \`${name[0]?.toLowerCase() ?? ''}${name.slice(1)}\`: done, or why not.`,
  },
});

/** What `input` of each mutation is, said once. */
export const inputDescription = 'What to do, and to what.';

export function defineRefusals(builder: Builder): void {
  const message = 'What was refused, why, and what would have worked.';
  builder.interfaceType('Error', {
    description: 'Why a mutation was not done. Nothing was changed.',
    fields: (t) => ({ message: t.exposeString('message', { description: message }) }),
  });
  builder.objectType('FieldProblem', {
    description: 'What is wrong with one field of an input.',
    fields: (t) => ({
      path: t.exposeString('path', { description: 'The field, as in `bylines.0.name`.' }),
      message: t.exposeString('message', { description: 'What is wrong with it, and what would be right.' }),
    }),
  });
  builder.objectType(ValidationError, {
    name: 'ValidationError',
    description: 'What was given cannot be stored as it is.',
    interfaces: ['Error'],
    fields: (t) => ({
      fields: t.field({
        type: ['FieldProblem'],
        complexity: about(1),
        description: 'Every field that is wrong, at once.',
        resolve: ({ fields }) => [...fields],
      }),
    }),
  });
  builder.objectType(NotFoundError, {
    name: 'NotFoundError',
    description: 'What was named does not exist, or you may not see it.',
    interfaces: ['Error'],
  });
  builder.objectType(ForbiddenError, {
    name: 'ForbiddenError',
    description: 'You may not do this.',
    interfaces: ['Error'],
  });
  builder.objectType(ConflictError, {
    name: 'ConflictError',
    description: 'Somebody else has saved since you read it.',
    interfaces: ['Error'],
    fields: (t) => ({
      currentRevision: t.exposeInt('currentRevision', { description: 'The newest revision now.' }),
    }),
  });
  builder.objectType(CommentsClosedError, {
    name: 'CommentsClosedError',
    description: 'The piece takes no comments, or no longer.',
    interfaces: ['Error'],
    fields: (t) => ({
      closedAt: t.expose('closedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when, by the time that has gone by; null where an editor closed them.',
      }),
    }),
  });
  builder.objectType(TooOftenError, {
    name: 'TooOftenError',
    description: 'You have done so too often; later you may again.',
    interfaces: ['Error'],
    fields: (t) => ({
      retryAfter: t.exposeInt('retryAfterSeconds', { description: 'In how many seconds.' }),
    }),
  });
  builder.objectType(TransitionError, {
    name: 'TransitionError',
    description: 'The workflow does not lead there from where the piece stands.',
    interfaces: ['Error'],
    fields: (t) => ({
      from: t.expose('from', { type: 'ArticleStatus', description: 'Where the piece stands.' }),
      allowed: t.exposeStringList('allowed', { description: 'The actions that are possible from there.' }),
    }),
  });
}
