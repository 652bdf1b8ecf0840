import {
  type ExecutionResult,
  type FieldNode,
  getArgumentValues,
  getDirectiveValues,
  GraphQLError,
  OperationTypeNode,
} from 'graphql';
import { Undertaking } from '../../turns.js';
import { tooLong } from '../limits/answers.js';
import { type Stream, streamDirective } from './directives.js';
import { type Incremental, LaterPart } from './later-part.js';
import { Part, type Standing, type Whole } from './part.js';
import { rootOf } from './place.js';
import type { PlannedField, RunOptions } from './plan.js';
import { writtenAhead } from './writing.js';

export interface AnswerPart extends ExecutionResult {
  readonly incremental?: readonly Incremental[];
  readonly hasNext: boolean;
}

export type Answer = ExecutionResult | AsyncIterable<AnswerPart>;

/** Of more characters than so, writing JSON takes some milliseconds. */
const bulky = 200_000;

const noArguments: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Executes a planned operation (GraphQL section 6). Answers at once where nothing is waited for; rejects with the reason of
 * `signal`. One place waits for all promises of an answer, where other executors make a promise of each object and list in it.
 * What is asked for with `@defer` or `@stream` comes in parts, as the working draft of August 2022 has them.
 */
export function run(options: RunOptions): Answer | Promise<Answer> {
  options.signal?.throwIfAborted();
  return new Run(options).result();
}

/** Of one operation, what its parts share. */
class Run implements Whole {
  readonly undertaking = new Undertaking();
  private readonly arguments: (Readonly<Record<string, unknown>> | undefined)[] = [];
  private readonly streams: (Stream | null | undefined)[] = [];
  /** Parts that are to be sent after the first. */
  private readonly later = new Set<LaterPart>();
  private wake: () => void = () => undefined;

  constructor(readonly options: RunOptions) {}

  result(): Answer | Promise<Answer> {
    const { plan, rootValue, signal } = this.options;
    const part = new Part(this, rootOf(null, plan.root.name));
    let isOver = false;
    let resolve: (answer: Answer | Promise<Answer>) => void = () => undefined;
    part.begin(plan.operation.operation === OperationTypeNode.MUTATION, plan.selection, rootValue, () => {
      isOver = true;
      resolve(this.answer(part));
    });
    if (isOver) return this.answer(part);
    return new Promise<Answer>((resolved, rejected) => {
      resolve = resolved;
      signal?.addEventListener('abort', () => rejected(signal.reason as Error), { once: true });
    });
  }

  /** Coerced once for all rows that the field is asked of. Throws what is wrong with them. */
  argumentsOf({ number, field, nodes }: PlannedField): Readonly<Record<string, unknown>> {
    if (field.args.length === 0) return noArguments;
    return (this.arguments[number] ??= getArgumentValues(field, nodes[0]!, this.options.variables));
  }

  /** How a list is to be streamed; null where it comes whole. Throws what is wrong with the directive. */
  streamOf({ number, nodes }: PlannedField): Stream | null {
    let stream = this.streams[number];
    if (stream === undefined) this.streams[number] = stream = streamFrom(nodes[0]!, this.options.variables);
    return stream;
  }

  add(standing: Standing, make: (part: Part, done: () => void) => void): void {
    const part = new LaterPart(this, standing);
    const done = () => {
      part.isDone = true;
      this.wake();
    };
    this.later.add(part);
    // What comes with the rest is begun first, and asked for in the same batch.
    queueMicrotask(() => (part.isGone ? done() : make(part, done)));
  }

  private answer(first: Part): Answer | Promise<Answer> {
    if (first.isTooLong) return { errors: [this.tooLong()] };
    const { errors, data } = first;
    const whole = errors.length === 0 ? { data } : { errors, data };
    if (this.later.size > 0) return this.inParts(whole);
    return first.characters > bulky ? writtenAhead(whole) : whole;
  }

  /** Says of a part that it is too long to be written out. */
  tooLong(): GraphQLError {
    const { plan, mostCharacters } = this.options;
    return tooLong(mostCharacters, plan.operation.operation);
  }

  private async *inParts(first: ExecutionResult): AsyncGenerator<AnswerPart, void> {
    const { signal } = this.options;
    yield { ...first, hasNext: true };
    try {
      while (this.later.size > 0) {
        const incremental = this.ready();
        if (incremental.length > 0 || this.later.size === 0) yield { incremental, hasNext: this.later.size > 0 };
        else await this.woken(signal);
      }
    } catch (error) {
      yield { errors: [new GraphQLError('No more of this comes.', { originalError: error as Error })], hasNext: false };
    }
  }

  private woken(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', leave, { once: true });
      this.wake = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
    });
  }

  /** What can be sent now. What belongs to something that is null instead is never sent; what to a later part, after it. */
  private ready(): Incremental[] {
    const ready: Incremental[] = [];
    // Those within others were added after them.
    for (const part of this.later) {
      if (part.isGone) this.later.delete(part);
      else if (part.isDone && !(this.later as Set<Part>).has(part.within)) {
        this.later.delete(part);
        ready.push(part.shown());
      }
    }
    return ready;
  }
}

function streamFrom(node: FieldNode, variables: Record<string, unknown>): Stream | null {
  const { if: isMeant, initialCount, label } = getDirectiveValues(streamDirective, node, variables) ?? {};
  if (isMeant === false) return null;
  if (typeof initialCount === 'number' && initialCount < 0) {
    throw new GraphQLError(`\`initialCount\` is ${initialCount}; it must be 0 or more.`);
  }
  return { initialCount: Number(initialCount ?? 0), label: typeof label === 'string' ? label : null };
}
