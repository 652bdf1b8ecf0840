import {
  DirectiveLocation,
  type DocumentNode,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLError,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
  Kind,
  visit,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { RequestHead } from '../http/exchange.js';
import type { Connection } from './single-connection.js';

const common = {
  if: {
    type: new GraphQLNonNull(GraphQLBoolean),
    defaultValue: true,
    description: 'Whether to do so at all.',
  },
  label: { type: GraphQLString, description: 'What the part is called where it comes.' },
};

export const incrementalDirectives = [
  new GraphQLDirective({
    name: 'defer',
    description:
      'Has a fragment sent after the rest, as soon as it is there. Ignored for a client that does not accept an answer in parts.',
    locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    args: common,
  }),
  new GraphQLDirective({
    name: 'stream',
    description: 'Has a list sent item by item. Ignored for a client that does not accept an answer in parts.',
    locations: [DirectiveLocation.FIELD],
    args: {
      ...common,
      initialCount: { type: GraphQLInt, defaultValue: 0, description: 'How many items come with the rest.' },
    },
  }),
];

const isIncremental = (name: string): boolean => name === 'defer' || name === 'stream';

const whole = new WeakMap<DocumentNode, DocumentNode>();

/** The same document for an answer in one piece. */
function wholeOf(document: DocumentNode): DocumentNode {
  let known = whole.get(document);
  if (!known) {
    known = visit(document, {
      [Kind.DIRECTIVE]: ({ name }) => (isIncremental(name.value) ? null : undefined),
    });
    whole.set(document, known);
  }
  return known;
}

export const acceptsParts = (request: Pick<RequestHead, 'headers'>): boolean =>
  /multipart\/mixed|text\/event-stream/i.test(request.headers.get('accept') ?? '');

interface Part {
  errors?: readonly GraphQLError[];
  hasNext?: boolean;
}

const ended = (result: unknown): unknown => (isAsyncIterable<Part>(result) ? withAnEnd(result) : result);

/**
 * The parts of an answer, and none after one that cannot be made. The second is asked for with the first: the executor leaves
 * out parts whose errors others have told of, and whoever asks when none is left waits for good.
 */
function withAnEnd(parts: AsyncIterable<Part>): AsyncIterable<Part> {
  const source = parts[Symbol.asyncIterator]();
  const asked = [source.next(), source.next()];
  asked.forEach((part) => part.catch(() => undefined));
  return (async function* () {
    try {
      for (;;) {
        const part = await (asked.shift() ?? source.next());
        if (part.done) return;
        yield part.value;
      }
    } catch (error) {
      yield { errors: [new GraphQLError('no more', { originalError: error as Error })], hasNext: false };
    } finally {
      await source.return?.();
    }
  })();
}

interface Asked {
  request: Request;
  connection?: Connection;
}

/**
 * Answers in parts where a document says `@defer` or `@stream`, in the format of 2022 that Apollo Client
 * (`Defer20220824Handler`) and urql read. Clients that take only whole answers get those.
 */
export function useIncremental(): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { request, connection } = args.contextValue as Asked;
      if (!connection && !acceptsParts(request)) args.document = wholeOf(args.document as DocumentNode);
      else setExecuteFn(async (given) => ended(await (executeFn as (args: unknown) => unknown)(given)));
    },
    onResponse({ response }) {
      // It is made while it is sent: nobody on the way may take what there is for the whole.
      if (response.headers.get('content-type')?.startsWith('multipart/'))
        response.headers.set('cache-control', 'no-store');
    },
  };
}
