import type { ArgBuilder } from '@pothos/core';
import type { SchemaTypes } from './builder.js';
import { pageArgumentDescriptions } from './connection.js';
import { badInput } from './errors.js';

type Args = ArgBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>;

/** `first`, `after`, `last` and `before` of a list that is paged both ways. */
export const pageArguments = (arg: Args) => ({
  first: arg.int({ description: pageArgumentDescriptions.first }),
  after: arg.string({ description: pageArgumentDescriptions.after }),
  last: arg.int({ description: pageArgumentDescriptions.last }),
  before: arg.string({ description: pageArgumentDescriptions.before }),
});

/** `first` and `after` of a list that is only paged onwards. */
export const forwardArguments = (arg: Args) => ({
  first: arg.int({ description: pageArgumentDescriptions.first }),
  after: arg.string({ description: pageArgumentDescriptions.after }),
});

/** The number a client gave as `name`, or `otherwise` for null. Throws BAD_USER_INPUT outside 1 to `most`. */
export function numberUpTo(most: number, name: string, value: number | null | undefined, otherwise: number): number {
  const number = value ?? otherwise;
  if (number < 1 || number > most) throw badInput(`\`${name}\` is ${number}; it must be from 1 to ${most}.`);
  return number;
}
