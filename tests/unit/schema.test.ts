import { readFileSync } from 'node:fs';
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  print,
  printSchema,
  type TypeDefinitionNode,
} from 'graphql';
import { makeGraph } from '../../src/content/graph.js';

const graph = makeGraph();
const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('schema/schema.graphql is the graph as it is; run `npm run schema` when it is not', () => {
  expect(read('../../schema/schema.graphql')).toBe(`${printSchema(graph)}\n`);
});

/** What there is to describe: `Type`, `Type.field`, `Type.field(argument)`, each with its description. */
function* described(schema: GraphQLSchema): Generator<[string, string | null | undefined]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    yield [type.name, type.description];
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field.description];
      for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
    }
  }
}

describe('descriptions', () => {
  const all = [...described(graph)];

  it('every type, field, argument and value has one', () => {
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([]);
  });

  it('each is a sentence: it begins with a capital, a figure or a name, and ends with a full stop', () => {
    const unlike = all.filter(([, description]) => !/^[\p{Lu}\d`“@][\s\S]*[.…”)]$/u.test(description?.trim() ?? ''));
    expect(unlike).toEqual([]);
  });
});

/** What a definition says, as `Type.field(arguments): type` and the like; descriptions apart. */
function factsOf(definition: TypeDefinitionNode): string[] {
  const name = definition.name.value;
  switch (definition.kind) {
    case Kind.SCALAR_TYPE_DEFINITION:
      return [`scalar ${name}`];
    case Kind.ENUM_TYPE_DEFINITION:
      return (definition.values ?? []).map((value) => `${name}.${value.name.value}`);
    case Kind.UNION_TYPE_DEFINITION:
      return (definition.types ?? []).map((type) => `${name} = ${type.name.value}`);
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [
        ...(definition.directives ?? []).map((directive) => `${name} @${directive.name.value}`),
        ...(definition.fields ?? []).map((field) => `${name}.${field.name.value}: ${print(field.type)}`),
      ];
    default:
      return [
        ...(definition.interfaces ?? []).map((one) => `${name} implements ${one.name.value}`),
        ...(definition.fields ?? []).flatMap((field) => [
          `${name}.${field.name.value}: ${print(field.type)}`,
          ...(field.arguments ?? []).map(
            ({ name: argument, type, defaultValue }) =>
              `${name}.${field.name.value}(${argument.value}: ${print(type)}${defaultValue ? ` = ${print(defaultValue)}` : ''})`,
          ),
        ]),
      ];
  }
}

const factsIn = (sdl: string): string[] =>
  parse(sdl).definitions.flatMap((definition) =>
    'name' in definition && definition.kind.endsWith('TypeDefinition') ? factsOf(definition as TypeDefinitionNode) : [],
  );

describe('the contract with clients', () => {
  const promised = factsIn(read('./contract.graphql'));
  const kept = new Set(factsIn(printSchema(graph)));

  it('is read whole', () => expect(promised.length).toBeGreaterThan(220));

  it('is kept: every name exists, with exactly its type', () => {
    expect(promised.filter((fact) => !kept.has(fact))).toEqual([]);
  });

  it('has no argument besides those promised that a client would have to give', () => {
    const fields = new Set(promised.filter((fact) => !fact.includes('(')).map((fact) => fact.split(':')[0]));
    const demanded = [...kept].filter(
      (fact) => /\(\w+: [^=]*!\)$/.test(fact) && fields.has(fact.split('(')[0]) && !promised.includes(fact),
    );
    expect(demanded).toEqual([]);
  });
});

describe('connections', () => {
  const connections = Object.values(graph.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => name.endsWith('Connection'));

  it.each(connections.map((type) => [type.name, type] as const))(
    '%s has edges, nodes, pageInfo and totalCount, as Relay has them',
    (name, type) => {
      const node = name.replace(/Connection$/, '');
      const fields = type.getFields();
      expect(
        Object.fromEntries(['edges', 'pageInfo', 'totalCount'].map((field) => [field, String(fields[field]?.type)])),
      ).toEqual({
        edges: `[${node}Edge!]!`,
        pageInfo: 'PageInfo!',
        totalCount: 'Int!',
      });
      const edge = graph.getType(`${node}Edge`);
      if (!isObjectType(edge)) throw new Error(`${node}Edge is no type`);
      expect(String(edge.getFields()['cursor']?.type)).toBe('String!');
      expect(String(fields['nodes']?.type)).toBe(`[${String(edge.getFields()['node']?.type)}]!`);
    },
  );
});
