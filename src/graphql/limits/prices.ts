import {
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { defaultSize, largestSize } from '../paging.js';

/** What one operation may cost where nothing else is configured. */
export const usualCostLimit = 10_000;

/** What a field costs itself, and how often what is asked for inside it is. */
export interface Price {
  readonly field: number;
  readonly multiplier: number;
}

/** The price of a list without `first`: about so many things are in it. */
export const about = (count: number): Price => ({ field: count, multiplier: count });

/** What finding costs, beside what is shown of it: words are looked for in the whole paper. */
export const searching = 10;

/** What the words of a piece cost in each form that is asked for: as much as ten things. */
export const words: Price = { field: 10, multiplier: 1 };

/** What some of its words cost, where a client says how many. */
export const someWords: Price = { field: 1, multiplier: 1 };

/** What a mutation costs, beside what is read of it. */
export const writing = 10;

/** What the schema costs, where it is asked for in the graph. */
export const introspecting = 100;

/** The arguments that prices depend on. */
export const pricedBy: ReadonlySet<string> = new Set(['first', 'last', 'days', 'ids']);

const sizeIn = ({ first, last }: { first?: unknown; last?: unknown }): number => {
  const size = Number(first ?? last ?? defaultSize);
  // Any other is refused by the field itself, in its own words.
  return Math.min(Math.max(size, 1), largestSize);
};

/** The price of a list of things by `first` or `last`; `extra` is what it costs besides. */
export const paged = (args: { first?: unknown; last?: unknown }, extra = 1): Price => ({
  field: extra,
  multiplier: sizeIn(args),
});

/** The same where the things stand in it without `nodes` or `edges`. */
export const listed = (args: { first?: unknown }, extra = 1): Price => {
  const { multiplier } = paged(args);
  return { field: extra + multiplier, multiplier };
};

const isList = (type: unknown): boolean => isListType(isNonNullType(type) ? type.ofType : type);

const isPaged = ({ args }: Pick<GraphQLField<unknown, unknown>, 'args'>): boolean =>
  args.some(({ name }) => name === 'first');

/**
 * What a field costs that says nothing else: a value nothing, a thing one, a page what is in it as often as it is asked for.
 * A list of things that is not paged has to say how long it is.
 */
export function usualPrice(
  args: Record<string, unknown>,
  _context: unknown,
  field: Pick<GraphQLField<unknown, unknown>, 'name' | 'type' | 'args'>,
): Price {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return { field: 0, multiplier: 1 };
  if (isPaged(field)) return isList(field.type) ? listed(args) : paged(args);
  if (isList(field.type)) throw new Error(`The list ${field.name} has no price: say \`complexity: about(…)\`.`);
  return { field: 1, multiplier: 1 };
}

/**
 * `schema` with the price of each field settled: constant where no argument has a say. Arguments are weighed as they are sent,
 * since one that its field refuses is refused there, in its place in the answer.
 */
export function priced(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { complexity } = field.extensions as { complexity?: unknown };
      if (complexity === undefined) continue;
      const isUsual = complexity === usualPrice && !isPaged(field);
      const settled = isUsual ? usualPrice({}, {}, field) : complexity;
      field.extensions = { ...field.extensions, complexity: settled, pothosArgMappers: [] };
    }
  }
  return schema;
}
