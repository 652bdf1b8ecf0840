import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
} from 'graphql';
import { pathTo, type Place } from './place.js';
import type { PlannedField, RunOptions } from './plan.js';

export const nameOf = ({ parent, field }: PlannedField): string => `${parent.name}.${field.name}`;

/** What a resolver can look at, of a field in its place. */
export function infoOf(
  { field, parent, nodes, key }: PlannedField,
  place: Place,
  { schema, plan, rootValue, variables }: RunOptions,
): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType: parent,
    path: { prev: pathTo(place), key, typename: parent.name },
    schema,
    fragments: plan.fragments,
    rootValue,
    operation: plan.operation,
    variableValues: variables,
  };
}

/** The type of that name, if it is one of `abstract`. */
export function objectNamed(
  name: unknown,
  field: PlannedField,
  abstract: GraphQLAbstractType,
  { schema }: RunOptions,
): GraphQLObjectType {
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(type) && schema.isSubType(abstract, type)) return type;
  throw new GraphQLError(
    `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${nameOf(field)}", and does to ${String(name)}.`,
  );
}
