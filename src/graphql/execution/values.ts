import type { GraphQLLeafType } from 'graphql';

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

export const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** GraphQL section 3.5, result coercion. Throws where nothing comes of it. */
export function serialized(value: unknown, leaf: GraphQLLeafType): unknown {
  const written: unknown = leaf.serialize(value);
  if (written === null || written === undefined) {
    throw new Error(`Expected \`${leaf.name}.serialize\` to return non-nullable value, returned: ${String(written)}`);
  }
  return written;
}
