import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  visit,
} from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { stringify } from 'safe-stable-stringify';
import type { Sight } from '../access/viewer.js';
import { apart } from '../observability/tracing/spans.js';
import type { Context } from './context.js';
import { shown } from './masking.js';

/** Where an event stands: what a client that comes again gives, to be told of what follows. An own key, so that no JSON shows it. */
export const place = Symbol('place');

export interface EventResult extends ExecutionResult {
  [place]?: string;
}

/** How long what was made of an event for one is given to others who ask alike. */
const sharedForMs = 1000;

/** Something that subscribers are told of. */
export class LiveEvent<Content = unknown> {
  private readonly made = new Map<string, { at: number; result: Promise<EventResult> }>();

  constructor(
    readonly cursor: string,
    readonly content: Content,
  ) {}

  /** What was made of it a moment ago under `key`, or what `make` makes. */
  shared(key: string, make: () => Promise<EventResult>): Promise<EventResult> {
    const at = performance.now();
    const made = this.made.get(key);
    if (made && at - made.at < sharedForMs) return made.result;
    const result = make();
    this.made.set(key, { at, result });
    setTimeout(() => this.made.delete(key), sharedForMs).unref();
    return result;
  }
}

export interface EventOptions {
  log: Logger;
  /** What resolvers get for one event. */
  contextFor: (context: Context, sight: Sight) => Context;
  clock: () => Date;
}

/**
 * Executes each event of a subscription as of its own moment. Subscribers that see what anyone sees, and ask alike, are given
 * one answer.
 */
export function useEvents({ log, contextFor, clock }: EventOptions): Plugin {
  return {
    onSubscribe(subscribing) {
      subscribing.setSubscribeFn(async (args: ExecutionArgs) => {
        const context = args.contextValue as Context;
        const { viewer, requestId } = context;
        const masked = (result: ExecutionResult): ExecutionResult =>
          result.errors ? { ...result, errors: result.errors.map((error) => shown(error, log, requestId)) } : result;
        const source = await createSourceEventStream(args);
        if (!isAsyncIterable(source)) return masked(source);
        const key = viewer.role === 'anyone' ? keyOf(args) : null;
        const made = async (event: LiveEvent): Promise<EventResult> => {
          const contextValue = contextFor(context, { viewer, now: clock() });
          // A stream may last for days: what is told on it is no part of the request that began it.
          const result = await apart(() => execute({ ...args, rootValue: event, contextValue }));
          return { ...masked(result), [place]: event.cursor };
        };
        return mapAsyncIterator(source as AsyncIterableIterator<LiveEvent>, (event) =>
          key === null ? made(event) : event.shared(key, () => made(event)),
        );
      });
    },
  };
}

const documents = new WeakMap<DocumentNode, { number: number; variables: readonly string[] }>();
let known = 0;

/** Names what is asked of an event: the document, and the variables that are used below its field. */
function keyOf({ document, operationName, variableValues }: ExecutionArgs): string {
  let { number, variables } = documents.get(document) ?? {};
  if (number === undefined || !variables) {
    const used = new Set<string>();
    const root = getOperationAST(document, operationName)?.selectionSet;
    visit(document, {
      VariableDefinition: () => false,
      // What the field itself is given says which events there are, not what is read of one.
      Argument: (_node, _key, parent) =>
        root?.selections.some((field) => isArgumentOf(field, parent)) ? false : undefined,
      Variable: ({ name }) => void used.add(name.value),
    });
    number = known += 1;
    variables = [...used].sort();
    documents.set(document, { number, variables });
  }
  const given = variables.map((name) => variableValues?.[name]);
  return `${number} ${operationName ?? ''} ${stringify(given)}`;
}

const isArgumentOf = (field: { kind: Kind; arguments?: unknown }, parent: unknown): boolean =>
  field.kind === Kind.FIELD && field.arguments !== undefined && field.arguments === parent;
