import {
  defaultTypeResolver,
  type ExecutionResult,
  getArgumentValues,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  locatedError,
} from 'graphql';
import type { Plan, PlannedField, PlannedValue } from './plan.js';

type Path = GraphQLResolveInfo['path'];

type ListValue = PlannedValue & { kind: 'list' };
type ObjectValue = PlannedValue & { kind: 'object' | 'abstract' };

/** An object or list of the answer, and where in it that stands. */
interface Place {
  readonly parent: Place | null;
  readonly key: string | number;
  /** The object or list itself. */
  readonly made: Record<string | number, unknown>;
  /** Null for the whole. */
  readonly planned: PlannedValue | null;
  /** The name of the type of an object; undefined for a list. */
  readonly typename: string | undefined;
  /** Null stands in its stead: nothing more is made of it. */
  isGone: boolean;
}

export interface RunOptions {
  readonly schema: GraphQLSchema;
  readonly plan: Plan;
  readonly variables: Record<string, unknown>;
  readonly rootValue: unknown;
  readonly context: unknown;
  readonly signal: AbortSignal | undefined;
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

const noArguments: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Executes a planned query (GraphQL section 6). Answers at once where nothing is waited for; rejects with the reason of `signal`.
 * One place waits for all promises of an answer, where other executors make a promise of each object and list in it.
 */
export function run(options: RunOptions): ExecutionResult | Promise<ExecutionResult> {
  options.signal?.throwIfAborted();
  return new Run(options).result();
}

class Run {
  private readonly errors: GraphQLError[] = [];
  private readonly arguments: (Readonly<Record<string, unknown>> | undefined)[] = [];
  private data: Record<string, unknown> | null = null;
  private waiting = 0;
  private done: () => void = () => undefined;

  constructor(private readonly options: RunOptions) {}

  result(): ExecutionResult | Promise<ExecutionResult> {
    const { plan, rootValue, signal } = this.options;
    const made = {};
    this.data = made;
    const root: Place = { parent: null, key: '', made, planned: null, typename: plan.root.name, isGone: false };
    this.makeFields(plan.fields, rootValue, root);
    if (this.waiting === 0) return this.whole();
    return new Promise((resolve, reject) => {
      this.done = () => resolve(this.whole());
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  private whole(): ExecutionResult {
    const { errors, data } = this;
    return errors.length === 0 ? { data } : { errors, data };
  }

  private makeFields(fields: readonly PlannedField[], source: unknown, place: Place): void {
    for (const field of fields) {
      const { key, value: planned } = field;
      // Each has its place in the answer in the order of the question, whenever it comes.
      place.made[key] = undefined;
      try {
        this.take(this.resolve(field, source, place), field, planned, place, key);
      } catch (error) {
        this.fail(error, field, planned, place, key);
      }
      if (place.isGone) return;
    }
  }

  private resolve(planned: PlannedField, source: unknown, place: Place): unknown {
    const { field, wantsInfo } = planned;
    const { context } = this.options;
    if (field.resolve) {
      const info = wantsInfo ? this.infoOf(planned, place) : (undefined as never);
      return field.resolve(source, this.argumentsOf(planned), context, info);
    }
    if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
    const property = (source as Record<string, unknown>)[field.name];
    if (typeof property !== 'function') return property;
    return (source as Record<string, (...given: unknown[]) => unknown>)[field.name]!(
      this.argumentsOf(planned),
      context,
      this.infoOf(planned, place),
    );
  }

  /** Coerced once for all rows that the field is asked of. Throws what is wrong with them. */
  private argumentsOf({ number, field, nodes }: PlannedField): Readonly<Record<string, unknown>> {
    if (field.args.length === 0) return noArguments;
    return (this.arguments[number] ??= getArgumentValues(field, nodes[0]!, this.options.variables));
  }

  /** Completes a value when it has come. */
  private take(value: unknown, field: PlannedField, planned: PlannedValue, place: Place, key: string | number): void {
    if (isPromise(value)) this.takeLater(value, field, planned, place, key);
    else this.complete(value, field, planned, place, key);
  }

  // By itself: where a function makes another that sees its arguments, each call of it costs an object.
  private takeLater(
    promise: Promise<unknown>,
    field: PlannedField,
    planned: PlannedValue,
    place: Place,
    key: string | number,
  ): void {
    this.wait(promise, (value) => this.complete(value, field, planned, place, key), field, planned, place, key);
  }

  private wait(
    promise: Promise<unknown>,
    then: (value: unknown) => void,
    field: PlannedField,
    planned: PlannedValue,
    place: Place,
    key: string | number,
  ): void {
    this.waiting += 1;
    const failed = (error: unknown) => this.fail(error, field, planned, place, key);
    promise.then(
      (value) => this.arrived(() => then(value), failed),
      (error: unknown) => this.arrived(() => failed(error), failed),
    );
  }

  private arrived(take: () => void, failed: (error: unknown) => void): void {
    try {
      take();
    } catch (error) {
      failed(error);
    }
    this.waiting -= 1;
    if (this.waiting === 0) this.done();
  }

  /** GraphQL section 6.4.3, CompleteValue. */
  private complete(
    value: unknown,
    field: PlannedField,
    planned: PlannedValue,
    place: Place,
    key: string | number,
  ): void {
    try {
      if (value instanceof Error) throw value;
      if (value === null || value === undefined) {
        if (planned.isNonNull) throw new Error(`Cannot return null for non-nullable field ${nameOf(field)}.`);
        place.made[key] = null;
      } else if (planned.kind === 'leaf') place.made[key] = serialized(value, planned.leaf);
      else if (planned.kind === 'list') this.completeList(value, field, planned, place, key);
      else if (planned.kind === 'object') this.completeObject(value, field, planned, planned.object, place, key);
      else this.completeAbstract(value, field, planned, place, key);
    } catch (error) {
      this.fail(error, field, planned, place, key);
    }
  }

  private completeList(
    value: unknown,
    field: PlannedField,
    planned: ListValue,
    place: Place,
    key: string | number,
  ): void {
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(field)}".`);
    }
    const made: unknown[] = [];
    place.made[key] = made;
    const within: Place = {
      parent: place,
      key,
      made: made as object as Place['made'],
      planned,
      typename: undefined,
      isGone: false,
    };
    let index = 0;
    for (const item of value) {
      made.push(null);
      this.take(item, field, planned.item, within, index);
      if (within.isGone) return;
      index += 1;
    }
  }

  private completeAbstract(
    value: unknown,
    field: PlannedField,
    planned: ObjectValue & { kind: 'abstract' },
    place: Place,
    key: string | number,
  ): void {
    const { abstract } = planned;
    const resolveType = abstract.resolveType ?? defaultTypeResolver;
    const as = (name: unknown) =>
      this.completeObject(value, field, planned, this.typeNamed(name, field, abstract), place, key);
    const name = resolveType(value, this.options.context, this.infoOf(field, place), abstract);
    if (isPromise(name)) this.wait(name, as, field, planned, place, key);
    else as(name);
  }

  private typeNamed(name: unknown, field: PlannedField, abstract: GraphQLAbstractType): GraphQLObjectType {
    const { schema } = this.options;
    const type = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(type) && schema.isSubType(abstract, type)) return type;
    throw new GraphQLError(
      `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${nameOf(field)}", and does to ${String(name)}.`,
    );
  }

  private completeObject(
    value: unknown,
    field: PlannedField,
    planned: ObjectValue,
    object: GraphQLObjectType,
    place: Place,
    key: string | number,
  ): void {
    if (object.isTypeOf) this.completeIfSo(value, field, planned, object, place, key);
    else this.makeObject(value, planned, object, place, key);
  }

  private completeIfSo(
    value: unknown,
    field: PlannedField,
    planned: ObjectValue,
    object: GraphQLObjectType,
    place: Place,
    key: string | number,
  ): void {
    const make = (isOne: unknown) => {
      if (isOne !== true) throw new GraphQLError(`Expected value of type "${object.name}" for "${nameOf(field)}".`);
      this.makeObject(value, planned, object, place, key);
    };
    const isOne = object.isTypeOf?.(value, this.options.context, this.infoOf(field, place));
    if (isPromise(isOne)) this.wait(isOne, make, field, planned, place, key);
    else make(isOne);
  }

  private makeObject(
    value: unknown,
    planned: ObjectValue,
    object: GraphQLObjectType,
    place: Place,
    key: string | number,
  ): void {
    const made: Place['made'] = {};
    place.made[key] = made;
    const within: Place = { parent: place, key, made, planned, typename: object.name, isGone: false };
    this.makeFields(planned.kind === 'object' ? planned.fields() : planned.fieldsOf(object), value, within);
  }

  /** GraphQL section 6.4.4: null stands where the error is, or in place of the nearest thing around it that may be null. */
  private fail(
    error: unknown,
    { nodes }: PlannedField,
    planned: PlannedValue,
    place: Place,
    key: string | number,
  ): void {
    for (let around: Place | null = place; around; around = around.parent) if (around.isGone) return;
    this.errors.push(locatedError(error, nodes, keysTo(place, key)));
    let [at, within, mayNotBe]: [Place, string | number, boolean] = [place, key, planned.isNonNull];
    while (mayNotBe) {
      at.isGone = true;
      if (!at.parent) {
        this.data = null;
        return;
      }
      [at, within, mayNotBe] = [at.parent, at.key, at.planned?.isNonNull ?? false];
    }
    at.made[within] = null;
  }

  private infoOf({ field, parent, nodes, key }: PlannedField, place: Place): GraphQLResolveInfo {
    const { schema, plan, rootValue, variables } = this.options;
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
}

const nameOf = ({ parent, field }: PlannedField): string => `${parent.name}.${field.name}`;

function serialized(value: unknown, leaf: (PlannedValue & { kind: 'leaf' })['leaf']): unknown {
  const written: unknown = leaf.serialize(value);
  if (written === null || written === undefined) {
    throw new Error(`Expected \`${leaf.name}.serialize\` to return non-nullable value, returned: ${String(written)}`);
  }
  return written;
}

function keysTo(place: Place, key: string | number): (string | number)[] {
  const keys = [key];
  for (let at = place; at.parent; at = at.parent) keys.push(at.key);
  return keys.reverse();
}

const pathTo = ({ parent, key }: Place): Path | undefined =>
  parent ? { prev: pathTo(parent), key, typename: parent.typename } : undefined;
