import { isLeafType, isObjectType, getNamedType, getNullableType, type GraphQLSchema } from 'graphql';

export interface Viewer {
  readonly name: string;
  readonly role: string | null;
  readonly permissions: readonly string[];
}

/** What to ask to learn who a token belongs to, in the words this schema has; null where it has none. */
export function viewerQuery(schema: GraphQLSchema): string | null {
  const viewer = schema.getQueryType()?.getFields()['viewer'];
  const type = viewer && getNullableType(viewer.type);
  if (!isObjectType(type)) return null;
  const fields = type.getFields();
  const known = ['name', 'role', 'permissions'].filter((name) => {
    const field = fields[name];
    return field && isLeafType(getNamedType(field.type)) && field.args.every((arg) => arg.defaultValue !== undefined);
  });
  return known.includes('name') ? `query WhoAmI { viewer { ${known.join(' ')} } }` : null;
}

/** Reads the answer to {@link viewerQuery}; null when the service knows nobody by the token that was sent. */
export function viewerFrom(answer: unknown): Viewer | null {
  const viewer = property(property(answer, 'data'), 'viewer');
  const name = property(viewer, 'name');
  if (typeof name !== 'string') return null;
  const role = property(viewer, 'role');
  const permissions = property(viewer, 'permissions');
  return {
    name,
    role: typeof role === 'string' ? spoken(role) : null,
    permissions: Array.isArray(permissions) ? permissions.filter((each) => typeof each === 'string').map(spoken) : [],
  };
}

/** The first complaint in an answer, for when it holds no viewer. */
export function complaintIn(answer: unknown): string | null {
  const errors = property(answer, 'errors');
  const message = Array.isArray(errors) ? property(errors[0], 'message') : undefined;
  return typeof message === 'string' ? message : null;
}

/** `PUBLISH_ARTICLE` and `publishArticle` as people say them. */
function spoken(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_:.-]+/g, ' ')
    .toLowerCase();
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
