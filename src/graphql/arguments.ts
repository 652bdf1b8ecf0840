import type { ArgBuilder } from '@pothos/core';
import type { SchemaTypes } from './builder.js';
import { pageArgumentDescriptions } from './connection.js';

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
