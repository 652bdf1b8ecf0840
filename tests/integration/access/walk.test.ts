import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  isCompositeType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type Action, permitted } from '../../../src/access/rules.js';
import { makeGraph } from '../../../src/content/graph.js';
import { globalId } from '../../../src/graphql/builder.js';
import { aPartner } from '../../support/partners.js';
import { anArticle, aSection } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

const schema = makeGraph();
const nobody = '018f4b7e-0000-7000-8000-000000000000';
const roles = ['anyone', 'partner', 'contributor', 'editor', 'admin'] as const;
type Asker = (typeof roles)[number];

/** Whoever adds a field that not everybody may use writes here who may. */
const guarded: Record<string, Action> = {
  'Query.users': 'manage users',
  'Query.auditLog': 'read the audit log',
  'Query.moderationQueue': 'moderate comments',
  'Query.partnerFeeds': 'keep partners',
  'Query.webhooks': 'keep webhooks',
  'Query.hubSubscriptions': 'keep webhooks',
  'Query.validateArticle': 'read revisions',
  'Query.whyVisible': 'see what partners see',
  'Mutation.createArticle': 'write drafts',
  'Mutation.updateArticle': 'write drafts',
  'Mutation.deleteDraft': 'write drafts',
  'Mutation.restoreRevision': 'write drafts',
  'Mutation.submitArticle': 'submit drafts',
  'Mutation.returnArticle': 'publish',
  'Mutation.scheduleArticle': 'publish',
  'Mutation.cancelSchedule': 'publish',
  'Mutation.publishArticle': 'publish',
  'Mutation.correctArticle': 'publish',
  'Mutation.unpublishArticle': 'publish',
  'Mutation.retractArticle': 'retract',
  'Mutation.createPreviewLink': 'preview drafts',
  'Mutation.createSection': 'arrange sections',
  'Mutation.updateSection': 'arrange sections',
  'Mutation.moveSection': 'arrange sections',
  'Mutation.createAuthor': 'keep authors',
  'Mutation.updateAuthor': 'keep authors',
  'Mutation.mergeAuthors': 'keep authors',
  'Mutation.createTag': 'keep tags',
  'Mutation.updateTag': 'keep tags',
  'Mutation.mergeTags': 'keep tags',
  'Mutation.deleteTag': 'keep tags',
  'Mutation.createCollection': 'keep collections',
  'Mutation.updateCollection': 'keep collections',
  'Mutation.setCollectionArticles': 'keep collections',
  'Mutation.moderateComment': 'moderate comments',
  'Mutation.createPartner': 'keep partners',
  'Mutation.updatePartner': 'keep partners',
  'Mutation.createPartnerFeed': 'keep partners',
  'Mutation.updatePartnerFeed': 'keep partners',
  'Mutation.deletePartnerFeed': 'keep partners',
  'Mutation.createWebhook': 'keep webhooks',
  'Mutation.updateWebhook': 'keep webhooks',
  'Mutation.rotateWebhookSecret': 'keep webhooks',
  'Mutation.deleteWebhook': 'keep webhooks',
  'Mutation.redeliver': 'keep webhooks',
  'Mutation.setEntitlement': 'keep partners',
  'Mutation.issueApiKey': 'keep partners',
  'Mutation.revokeApiKey': 'keep partners',
  'Mutation.createUser': 'manage users',
  'Mutation.updateUser': 'manage users',
  'Mutation.issueToken': 'manage users',
  'Mutation.revokeToken': 'manage users',
};

/** Mutations that everybody may send. */
const forEverybody = ['Mutation.postComment', 'Mutation.recordView'];

/** The least that a field takes: what is not required is left out. */
function least(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return leastOf(type.ofType);
  return undefined;
}

function leastOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return leastOf(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) return { [fields[0]!.name]: leastOf(fields[0]!.type) };
    return Object.fromEntries(fields.flatMap(({ name, type: of }) => (isNonNullType(of) ? [[name, least(of)]] : [])));
  }
  const values: Record<string, unknown> = {
    ID: globalId('Article', nobody),
    Int: 1,
    Float: 1,
    Boolean: true,
    String: 'x',
    DateTime: aMoment.toISOString(),
    URL: 'https://example.org/',
  };
  if (!(type.name in values)) throw new Error(`no value of ${type.name} is known to this test`);
  return values[type.name];
}

type Field = GraphQLField<unknown, unknown>;
const isRequired = ({ type, defaultValue }: GraphQLArgument) => isNonNullType(type) && defaultValue === undefined;

function documentFor(operation: 'query' | 'mutation', { name, args, type }: Field) {
  const required = args.filter(isRequired);
  const declared = required.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = required.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isCompositeType(getNamedType(type)) ? ' { __typename }' : '';
  return {
    document: `${operation}${declared && ` (${declared})`} { ${name}${given && `(${given})`}${selection} }`,
    variables: Object.fromEntries(required.map((arg) => [arg.name, leastOf(arg.type)])),
  };
}

const fieldsOf = (operation: 'query' | 'mutation') =>
  Object.values((operation === 'query' ? schema.getQueryType() : schema.getMutationType())!.getFields());

const everyField = (['query', 'mutation'] as const).flatMap((operation) =>
  fieldsOf(operation).map((field) => ({
    place: `${operation === 'query' ? 'Query' : 'Mutation'}.${field.name}`,
    operation,
    field: field as Field,
  })),
);

let service: TestService;
let headers: Record<Asker, Record<string, string>>;
beforeAll(async () => {
  service = await startService();
  await service.load([aSection(), anArticle()]);
  headers = {
    anyone: {},
    partner: (await aPartner(service, 'riac')).headers,
    contributor: await service.signIn('contributor'),
    editor: await service.signIn('editor'),
    admin: await service.signIn('admin'),
  };
});
afterAll(() => service.close());

it('every mutation is in the table of who may send it, and the table names no field that is not there', () => {
  const places = everyField.map(({ place }) => place);
  const unlisted = places.filter(
    (place) => place.startsWith('Mutation.') && !(place in guarded) && !forEverybody.includes(place),
  );
  expect(unlisted).toEqual([]);
  expect(Object.keys(guarded).filter((place) => !places.includes(place))).toEqual([]);
});

describe.each(roles)('%s', (role) => {
  it.each(everyField.map((each) => [each.place, each] as const))('asks %s', async (place, { operation, field }) => {
    const { document, variables } = documentFor(operation, field);
    const { data, errors = [], status } = await service.query(document, variables, headers[role]);
    expect(status).toBeLessThan(500);
    const codes = errors.map(({ extensions }) => extensions?.['code']);
    expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
    // A document that did not run would be allowed to everybody.
    expect(codes).not.toContain('GRAPHQL_VALIDATION_FAILED');
    const isForbidden = codes.includes('FORBIDDEN') || data?.[field.name]?.__typename === 'ForbiddenError';
    const allowed: readonly string[] = permitted[guarded[place] ?? 'read'];
    expect(isForbidden).toBe(!allowed.includes(role));
  });
});

it('whoever is not allowed to write changes nothing by trying', async () => {
  const { db } = service;
  const counts = async () => [
    await db.prisma.auditEntry.count(),
    await db.prisma.section.count(),
    await db.prisma.article.count(),
    await db.prisma.user.count(),
    await db.prisma.tag.count(),
  ];
  const before = await counts();
  for (const { place, operation, field } of everyField.filter(
    ({ place }) => place in guarded && place.startsWith('Mutation.'),
  )) {
    if ((permitted[guarded[place]!] as readonly string[]).includes('anyone')) continue;
    const { document, variables } = documentFor(operation, field);
    await service.query(document, variables, headers.anyone);
    await service.query(document, variables, headers.partner);
  }
  expect(await counts()).toEqual(before);
});

it('everything in the graph is described', () => {
  const bare = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    const missing = type.description ? [] : [type.name];
    if ('getFields' in type) {
      for (const field of Object.values(type.getFields())) {
        if (!field.description) missing.push(`${type.name}.${field.name}`);
        if ('args' in field)
          for (const arg of field.args) if (!arg.description) missing.push(`${type.name}.${field.name}(${arg.name})`);
      }
    }
    if (isEnumType(type))
      for (const { name, description } of type.getValues()) if (!description) missing.push(`${type.name}.${name}`);
    return missing;
  });
  // The scalars of the specification are described by it.
  expect(bare).toEqual([]);
});
