import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Pool } from './pool.js';
import type { Random } from './random.js';
import { type Place, valueOf } from './values.js';

/** What is sent to the graph. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string;
}

/** What stands in one pair of braces, with that of fragments in it: names that are taken, and by what. */
type Scope = Map<string, string>;

const mostDepth = 9;

/** Writes one document that the schema allows. */
class Writer {
  readonly variables: Record<string, unknown> = {};
  private readonly definitions: string[] = [];
  private readonly fragments: string[] = [];
  private named = 0;
  /** So many more fields may be written. */
  private left: number;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly pool: Pool,
    private readonly random: Random,
  ) {
    this.left = 4 + random.upTo(random.chance(0.1) ? 120 : 30);
  }

  document(kind: 'query' | 'mutation' | 'subscription'): Asked {
    const root = {
      query: this.schema.getQueryType(),
      mutation: this.schema.getMutationType(),
      subscription: this.schema.getSubscriptionType(),
    }[kind]!;
    const count = kind === 'query' ? 1 + this.random.upTo(this.random.chance(0.1) ? 8 : 2) : 1;
    const selections = this.selections(root, count, 0, kind);
    const name = this.random.chance(0.3) ? 'Asked' : '';
    const variables = this.definitions.length > 0 ? `(${this.definitions.join(', ')})` : '';
    const operation = `${kind}${name && ` ${name}`}${variables} ${selections}`;
    const others = name && this.random.chance(0.2) ? ['query Other { publication { name } }'] : [];
    return {
      query: [operation, ...this.fragments, ...others].join('\n'),
      variables: this.variables,
      ...(others.length > 0 ? { operationName: name } : {}),
    };
  }

  private next(): number {
    this.named += 1;
    return this.named;
  }

  /** Up to `count` fields of `type` in braces, and fragments where it is of several kinds. */
  private selections(type: GraphQLNamedType, count: number, depth: number, kind = ''): string {
    return `{ ${this.inside(type, count, depth, new Map(), kind).join(' ')} }`;
  }

  private inside(type: GraphQLNamedType, count: number, depth: number, scope: Scope, kind = ''): string[] {
    const { random } = this;
    const parts: string[] = [];
    if (isAbstractType(type)) {
      parts.push('__typename');
      const possible = [...this.schema.getPossibleTypes(type)];
      const likely = possible.find(({ name }) => name.endsWith('Success'));
      const chosen = new Set([
        ...(likely && random.chance(0.7) ? [likely] : []),
        random.of(possible),
        random.of(possible),
      ]);
      for (const each of chosen) parts.push(this.fragmentOn(each, count, depth, scope));
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields());
      for (let at = 0; at < count && (this.left > 0 || parts.length === 0); at += 1) {
        const field = random.of(fields);
        const isDeep = isCompositeType(getNamedType(field.type));
        if (isDeep && kind === '' && (depth >= mostDepth || this.left <= 0)) continue;
        parts.push(this.field(field, depth, scope, kind));
      }
      if (parts.length === 0 || random.chance(0.05)) parts.push('__typename');
      if (kind === '' && isObjectType(type) && this.left > 0 && random.chance(0.06)) {
        parts.push(this.fragmentOn(type, 2, depth, scope));
      }
    }
    return parts;
  }

  private fragmentOn(type: GraphQLObjectType, count: number, depth: number, scope: Scope): string {
    const { random } = this;
    const inner = `{ ${this.inside(type, Math.max(1, count), depth, scope).join(' ')} }`;
    const defer = random.chance(0.08)
      ? ` @defer(${random.chance(0.2) ? 'if: false, ' : ''}label: "d${this.next()}")`
      : '';
    const directive = defer || this.condition(0.04);
    if (random.chance(0.25)) {
      const name = `F${this.next()}`;
      this.fragments.push(`fragment ${name} on ${type.name} ${inner}`);
      const spread = `...${name}${directive}`;
      return !defer && random.chance(0.2) ? `${spread} ...${name}` : spread;
    }
    return `... on ${type.name}${directive} ${inner}`;
  }

  private condition(probability: number): string {
    const { random } = this;
    if (!random.chance(probability)) return '';
    const value = random.chance(0.5) ? this.variable('Boolean!', random.chance(0.6)) : String(random.chance(0.6));
    return random.chance(0.5) ? ` @include(if: ${value})` : ` @skip(if: ${value})`;
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, scope: Scope, kind: string): string {
    const { random } = this;
    this.left -= 1;
    const args = this.arguments(field);
    const named = getNamedType(field.type);
    const what = isCompositeType(named) ? `composite ${this.next()}` : `${field.name}${args}:${String(field.type)}`;
    const taken = scope.get(field.name);
    const needsAlias = taken !== undefined && (taken !== what || isCompositeType(named));
    const alias = needsAlias || (args !== '' && random.chance(0.1)) ? `a${this.next()}` : null;
    scope.set(alias ?? field.name, what);
    const stream =
      isListType(nullable(field.type)) && kind === '' && random.chance(0.03)
        ? ` @stream(initialCount: ${random.of([0, 1, 2, 100])})`
        : '';
    const directive = stream || (kind === 'subscription' ? '' : this.condition(0.03));
    const inner = isCompositeType(named) ? ` ${this.selections(named, 1 + random.upTo(4), depth + 1)}` : '';
    return `${alias === null ? '' : `${alias}: `}${field.name}${args}${directive}${inner}`;
  }

  private arguments({ name, args }: GraphQLField<unknown, unknown>): string {
    const given = args.flatMap((argument) => {
      const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (!isRequired && !this.random.chance(likelihoodOf(argument))) return [];
      const place = [name, argument.name];
      const value = valueOf(argument.type, place, this.pool, this.random);
      return [`${argument.name}: ${this.written(value, argument.type, place, false)}`];
    });
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  /** A value as it stands in the document: as itself, or by a variable. */
  private written(value: unknown, type: GraphQLInputType, place: Place, isOneOf: boolean): string {
    const { random } = this;
    if (random.chance(place.length === 2 ? 0.4 : 0.08)) {
      // What only one key of may be given is not null, and its variable has to say so.
      const named = isOneOf && !isNonNullType(type) ? `${String(type)}!` : String(type);
      return this.variable(named, value);
    }
    if (value === null) return 'null';
    const bare = nullable(type);
    if (isListType(bare)) {
      if (!Array.isArray(value)) return this.written(value, bare.ofType, [...place, ''], false);
      return `[${value.map((item) => this.written(item, bare.ofType, [...place, ''], false)).join(', ')}]`;
    }
    if (isInputObjectType(bare)) {
      const fields = Object.entries(value as object).map(([name, part]) => {
        const field = bare.getFields()[name]!;
        return `${name}: ${this.written(part, field.type, [...place, name], Boolean(bare.isOneOf))}`;
      });
      return `{ ${fields.join(', ')} }`;
    }
    if (typeof value !== 'string') return JSON.stringify(value);
    if (isEnumType(bare)) return value;
    if (/\p{Surrogate}/u.test(value) || value.length > 50_000) return this.variable(String(type), value);
    return textLiteral(value, random);
  }

  private variable(type: string, value: unknown): string {
    const name = `v${this.next()}`;
    const isNullable = !type.endsWith('!');
    this.definitions.push(`$${name}: ${type}`);
    // What is not given at all is no null.
    if (!(isNullable && value === null && this.random.chance(0.5))) this.variables[name] = value;
    return `$${name}`;
  }
}

const nullable = <Type>(type: Type): Type => (isNonNullType(type) ? (type.ofType as Type) : type);

const likelihoodOf = ({ name }: GraphQLArgument): number =>
  name === 'last' || name === 'before' ? 0.08 : name === 'first' ? 0.6 : 0.3;

function textLiteral(text: string, random: Random): string {
  if (text !== '' && /^[^"\\\r\0-\u0008\u000b-\u001f]*$/.test(text) && random.chance(0.1)) return `"""${text}"""`;
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** A document that the schema allows, with what it is given. */
export function validDocument(schema: GraphQLSchema, pool: Pool, random: Random): Asked {
  const dice = random.upTo(99);
  if (dice === 0)
    return {
      query: '{ __schema { types { name fields { name args { name } } } directives { name } } }',
      variables: {},
    };
  return new Writer(schema, pool, random).document(dice < 75 ? 'query' : 'mutation');
}
