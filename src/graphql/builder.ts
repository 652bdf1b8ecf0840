import SchemaBuilder, { brandWithType } from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin, { type AuthFailure, AuthScopeFailureType } from '@pothos/plugin-scope-auth';
import { type Action, mayDo, whyNot } from '../access/rules.js';
import { ForbiddenError } from '../refusals.js';
import { type GraphQLSchema, isInterfaceType } from 'graphql';
import type { Context } from './context.js';
import { badInput } from './errors.js';
import { about, usualPrice } from './limits/prices.js';

/** Each noun names its types here, with the row behind each, from its own folder. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Objects {}

/** Likewise its interfaces. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Interfaces {}

/** Likewise its input types. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Inputs {}

/** Likewise its enums, each as `{ Input; Output }` of the union of its values. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Enums {}

/** The same members as a plain type, which Pothos can index. */
type Members<Declared> = { [Name in keyof Declared]: Declared[Name] };

export interface SchemaTypes {
  Context: Context;
  Objects: Members<Objects>;
  Interfaces: Members<Interfaces>;
  Inputs: Members<Inputs>;
  Scalars: Members<Enums> & {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    URL: { Input: URL; Output: string };
  };
  DefaultFieldNullability: false;
  AuthScopes: { may: Action };
}

export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>;

const mostNodes = 100;

/** No id is longer; of one that is, nothing is read. */
const longestId = 200;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id as clients hold it: which type, and which of that type. */
export const globalId = (typename: string, id: string): string =>
  Buffer.from(`${typename}:${id}`).toString('base64url');

/** The parts of an id this service gave out; null for any other text. */
export function partsIn(text: string): { typename: string; id: string } | null {
  if (text.length > longestId) return null;
  const [typename = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(':');
  if (!/^[A-Za-z]+$/.test(typename) || !uuid.test(id) || globalId(typename, id) !== text.replace(/=+$/, '')) {
    return null;
  }
  return { typename, id };
}

/** The parts of an id this service gave out. Throws BAD_USER_INPUT for any other text. */
export function partsOfGlobalId(text: string): { typename: string; id: string } {
  const parts = partsIn(text);
  if (!parts) throw notAnId(text);
  return parts;
}

const notAnId = (text: string): Error =>
  badInput(`“${text.slice(0, 80)}” is not an id of this service; ids come from the \`id\` field of an object.`);

/** An id that looks like one of ours but names a type that has none, or no type at all. */
function refuseOtherThanNodes({ typename, id }: { typename: string; id: string }, schema: GraphQLSchema): void {
  const node = schema.getType('Node');
  const nodes = isInterfaceType(node) ? schema.getImplementations(node).objects : [];
  if (!nodes.some(({ name }) => name === typename)) throw notAnId(globalId(typename, id));
}

/**
 * Marks a thing with the type its id names. Pothos does so too, but late: a thing that one request asks for twice by its id
 * comes the second time before it is marked.
 */
async function marked(thing: unknown, { typename }: { typename: string }): Promise<unknown> {
  const found = await thing;
  brandWithType(found, typename as never);
  return found;
}

/** The uuid in an id of `typename`, or null when the id is of another type. Throws like {@link partsOfGlobalId}. */
export function idOf(typename: string, text: string): string | null {
  const parts = partsOfGlobalId(text);
  return parts.typename === typename ? parts.id : null;
}

/** Which actions a viewer would have to be allowed. */
function actionsRefused(failure: AuthFailure): Action[] {
  switch (failure.kind) {
    case AuthScopeFailureType.AuthScope:
      return [failure.parameter as Action];
    case AuthScopeFailureType.AnyAuthScopes:
    case AuthScopeFailureType.AllAuthScopes:
      return failure.failures.flatMap(actionsRefused);
    default:
      return [];
  }
}

export const makeBuilder = (): Builder =>
  new SchemaBuilder<SchemaTypes>({
    // Errors before authorisation, so that a refusal of the one is a member of the union of the other.
    plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
    defaultFieldNullability: false,
    // It says here what each field costs; src/graphql/limits adds it up, once for each document and what it is given.
    complexity: { disabled: true, fieldComplexity: usualPrice },
    errors: { directResult: true, defaultTypes: [] },
    scopeAuth: {
      authScopes: ({ viewer }) => ({ may: (action: Action) => mayDo(viewer, action) }),
      unauthorizedError: (_parent, { viewer }, _info, { failure }) =>
        new ForbiddenError(
          actionsRefused(failure)
            .map((action) => whyNot(viewer, action))
            .join(' ') || 'Not allowed.',
        ),
    },
    relay: {
      encodeGlobalID: (typename, id) => globalId(typename, String(id)),
      decodeGlobalID: partsOfGlobalId,
      cursorType: 'String',
      nodeTypeOptions: { description: 'Anything that has an id of its own and can be asked for again by it.' },
      nodeQueryOptions: {
        description: 'One thing by its id; null when it does not exist or the viewer may not see it.',
        nullable: true,
        args: { id: { description: 'An `id` that this service gave out.' } },
        resolve: (_root, { id }, _context, { schema }, resolveNode) => {
          refuseOtherThanNodes(id, schema);
          return marked(resolveNode(id), id);
        },
      },
      nodesQueryOptions: {
        description: 'Several things by their ids, in the order asked, with null for each that is absent. At most 100.',
        nullable: { list: false, items: true },
        args: { ids: { description: 'Ids that this service gave out.' } },
        complexity: ({ ids }) => about(Math.min(ids.length, mostNodes)),
        resolve: async (_root, { ids }, _context, { schema }, resolveNodes) => {
          if (ids.length > mostNodes)
            throw badInput(`${ids.length} ids are given; at most ${mostNodes} can be asked for at once.`);
          for (const id of ids) refuseOtherThanNodes(id, schema);
          const found = await resolveNodes(ids);
          return ids.map((id, index) => marked(found[index], id));
        },
      },
      idFieldOptions: {
        description: 'Names this thing among all things of the service; opaque, and the same for ever.',
      },
      pageInfoTypeOptions: { description: 'Where a page of a list begins and ends (Relay Cursor Connections).' },
      hasNextPageFieldOptions: { description: 'Whether more comes after this page. Exact when paging with `first`.' },
      hasPreviousPageFieldOptions: {
        description: 'Whether more comes before this page. Exact when paging with `last`.',
      },
      startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
      endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
    },
  });
