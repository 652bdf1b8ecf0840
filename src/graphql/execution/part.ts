import { defaultTypeResolver, GraphQLError, type GraphQLObjectType, locatedError } from 'graphql';
import { goingOnWith, type Undertaking } from '../../turns.js';
import { charactersIn } from '../limits/answers.js';
import type { Stream } from './directives.js';
import { infoOf, nameOf, objectNamed } from './info.js';
import { isWithinNull, keysTo, type Place, putNull } from './place.js';
import type { PlannedField, PlannedSelection, PlannedValue, RunOptions } from './plan.js';
import { isIterable, isPromise, serialized } from './values.js';

type ListValue = PlannedValue & { kind: 'list' };
type ObjectValue = PlannedValue & { kind: 'object' | 'abstract' };

interface ListInMaking {
  readonly items: Iterator<unknown>;
  readonly field: PlannedField;
  readonly planned: ListValue;
  readonly within: Place;
  readonly stream: Stream | null;
  /** How many there are already; none when absent. */
  readonly index?: number;
}

/** Where something stands that comes in a part of its own. */
export interface Standing {
  /** The object or list that it is added to. */
  readonly around: Place;
  /** The part that has that in it. */
  readonly within: Part;
  readonly label: string | null;
  /** Which item of a list it is; null for fields of an object. */
  readonly index: number | null;
}

/** The operation that parts are made of. */
export interface Whole {
  readonly options: RunOptions;
  readonly undertaking: Undertaking;
  argumentsOf(field: PlannedField): Readonly<Record<string, unknown>>;
  streamOf(field: PlannedField): Stream | null;
  tooLong(): GraphQLError;
  /** Has something made in a part of its own, and sent when it is there. */
  add(standing: Standing, make: (part: Part, done: () => void) => void): void;
}

/** What is made and sent together: its errors are its own, and null takes the place of no more than it. */
export class Part {
  readonly errors: GraphQLError[] = [];
  /** How long it is so far, as {@link charactersIn} counts. */
  characters = 0;
  private waiting = 0;
  private idle: () => void = () => undefined;

  private readonly most: number;

  constructor(
    protected readonly run: Whole,
    readonly root: Place,
  ) {
    this.most = run.options.mostCharacters;
  }

  get data(): Place['made'] | null {
    return this.root.isGone ? null : this.root.made;
  }

  /** Whether it is longer than answers may be, and made no further. */
  get isTooLong(): boolean {
    return this.characters > this.most;
  }

  /** Makes all that is asked of `source`, and says when it is there. */
  begin(isInOrder: boolean, selection: PlannedSelection, source: unknown, done: () => void): void {
    if (isInOrder) return this.makeInOrder(selection.fields, source, done);
    this.idle = done;
    this.makeFields(selection, source, this.root);
    if (this.waiting === 0) done();
  }

  /** Makes one item of a list, and says when it is there. */
  beginItem(item: unknown, field: PlannedField, planned: ListValue, index: number, done: () => void): void {
    this.idle = done;
    this.take(item, field, planned.item, this.root, index);
    if (this.waiting === 0) done();
  }

  /** Each field when the one before it is there: GraphQL section 6.2.2. */
  private makeInOrder(fields: readonly PlannedField[], source: unknown, done: () => void): void {
    let next = 0;
    this.idle = () => {
      while (this.waiting === 0 && next < fields.length && !this.root.isGone) {
        next += 1;
        this.makeField(fields[next - 1]!, source, this.root);
      }
      if (this.waiting === 0) done();
    };
    this.idle();
  }

  private makeFields({ fields, deferred }: PlannedSelection, source: unknown, place: Place): void {
    for (const field of fields) {
      this.makeField(field, source, place);
      if (place.isGone || this.isTooLong) return;
    }
    for (const selection of deferred) {
      const standing = { around: place, within: this, label: selection.label, index: null };
      this.run.add(standing, (part, done) => part.begin(false, selection, source, done));
    }
  }

  private makeField(field: PlannedField, source: unknown, place: Place): void {
    const { key, value: planned } = field;
    // Each has its place in the answer in the order of the question, whenever it comes.
    place.made[key] = undefined;
    this.characters += key.length + 4;
    try {
      this.take(this.resolve(field, source, place), field, planned, place, key);
    } catch (error) {
      this.fail(error, field, planned, place, key);
    }
  }

  private resolve(planned: PlannedField, source: unknown, place: Place): unknown {
    const { field, wantsInfo } = planned;
    const { context } = this.run.options;
    goingOnWith(this.run.undertaking);
    if (field.resolve) {
      const info = wantsInfo ? infoOf(planned, place, this.run.options) : (undefined as never);
      return field.resolve(source, this.run.argumentsOf(planned), context, info);
    }
    if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
    const property = (source as Record<string, unknown>)[field.name];
    if (typeof property !== 'function') return property;
    return (source as Record<string, (...given: unknown[]) => unknown>)[field.name]!(
      this.run.argumentsOf(planned),
      context,
      infoOf(planned, place, this.run.options),
    );
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

  /** Goes on with what was waited for: much may come in one turn of the loop. */
  private arrived(take: () => void, failed: (error: unknown) => void): void {
    const { undertaking } = this.run;
    if (undertaking.isLong) undertaking.putOff(() => this.takeArrived(take, failed));
    else this.takeArrived(take, failed);
  }

  private takeArrived(take: () => void, failed: (error: unknown) => void): void {
    try {
      take();
    } catch (error) {
      failed(error);
    }
    this.waiting -= 1;
    if (this.waiting === 0) this.idle();
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
        this.characters += charactersIn(null);
      } else if (planned.kind === 'leaf') {
        const leaf = (place.made[key] = serialized(value, planned.leaf));
        this.characters += charactersIn(leaf);
      } else if (planned.kind === 'list') this.completeList(value, field, planned, place, key);
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
    const stream = field.isStreamed && planned === field.value ? this.run.streamOf(field) : null;
    const within: Place = {
      parent: place,
      around: null,
      key,
      made: made as object as Place['made'],
      planned,
      typename: undefined,
      isGone: false,
    };
    const items = value[Symbol.iterator]();
    this.makeItems({ items, field, planned, within, stream }, (error) => this.fail(error, field, planned, place, key));
  }

  /** Makes what is left of a list, the rest of it in another turn when this one has become long. */
  private makeItems(list: ListInMaking, failed: (error: unknown) => void): void {
    const { items, field, planned, within, stream } = list;
    const made = within.made as object as unknown[];
    let index = list.index ?? 0;
    for (let next = items.next(); next.done !== true; next = items.next()) {
      if (stream && index >= stream.initialCount) this.makeItemLater(next.value, field, planned, within, index, stream);
      else {
        made.push(null);
        this.take(next.value, field, planned.item, within, index);
        if (within.isGone || this.isTooLong) return;
      }
      index += 1;
      if (this.run.undertaking.isLong) {
        this.waiting += 1;
        const rest = { ...list, index };
        this.run.undertaking.putOff(() => this.takeArrived(() => this.makeItems(rest, failed), failed));
        return;
      }
    }
  }

  private makeItemLater(
    item: unknown,
    field: PlannedField,
    planned: ListValue,
    list: Place,
    index: number,
    { label }: Stream,
  ): void {
    this.run.add({ around: list, within: this, label, index }, (part, done) =>
      part.beginItem(item, field, planned, index, done),
    );
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
      this.completeObject(value, field, planned, objectNamed(name, field, abstract, this.run.options), place, key);
    const name = resolveType(value, this.run.options.context, infoOf(field, place, this.run.options), abstract);
    if (isPromise(name)) this.wait(name, as, field, planned, place, key);
    else as(name);
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
    const isOne = object.isTypeOf?.(value, this.run.options.context, infoOf(field, place, this.run.options));
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
    const within: Place = { parent: place, around: null, key, made, planned, typename: object.name, isGone: false };
    this.makeFields(planned.kind === 'object' ? planned.selection() : planned.selectionOf(object), value, within);
  }

  /** GraphQL section 6.4.4: null stands where the error is, or in place of the nearest thing around it that may be null. */
  private fail(
    error: unknown,
    { nodes }: PlannedField,
    planned: PlannedValue,
    place: Place,
    key: string | number,
  ): void {
    if (isWithinNull(place)) return;
    this.errors.push(locatedError(error, nodes, keysTo(place, key)));
    putNull(planned, place, key);
  }
}
