import type { OutputType } from '@pothos/core';
import type { Builder, SchemaTypes } from './builder.js';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/** What `expectedRevision` of each update is, said once. */
export const expectedRevisionDescription = '`revision` as you read it; refused when there is a newer one.';

/** What `revision` of each type is, said once. */
export const revisionDescription = 'Counts the saves: what an update is written against.';

/** Defines `<Mutation>Success` with the one field that shows the thing as it stands after the mutation. */
export function defineSuccess<Row extends object>(
  builder: Builder,
  mutation: string,
  field: string,
  type: OutputType<Types>,
  description: string,
) {
  return builder.objectRef<Row>(`${mutation}Success`).implement({
    description: 'It is done.',
    fields: (t) => ({ [field]: t.field({ type, nullable: false, description, resolve: (row) => row as never }) }),
  });
}
