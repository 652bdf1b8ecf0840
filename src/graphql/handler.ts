import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import Negotiator from 'negotiator';
import { anyone } from '../access/viewer.js';
import { UnstorableText } from '../database/sql.js';
import { plain } from '../http/route.js';
import type { Services } from '../services.js';
import { useBoundedParsing } from './bounded-parsing.js';
import type { Context, Loaders } from './context.js';
import { badInput } from './errors.js';

const mediaTypes = ['application/graphql-response+json', 'application/json', 'text/event-stream', 'multipart/mixed'];

export interface GraphOptions {
  schema: GraphQLSchema;
  makeLoaders: (db: Services['db'], sight: Pick<Context, 'viewer' | 'now'>) => Loaders;
}

/**
 * Answers GraphQL over HTTP (GraphQL-over-HTTP draft): POST with JSON, GET for queries. Only JSON bodies are read, so that
 * no web form of another site can send one.
 */
export function graphHandler({ schema, makeLoaders }: GraphOptions, services: Services) {
  const { db, site, log } = services;
  const yoga = createYoga<{ requestId: string }, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    logging: false,
    plugins: [useBoundedParsing()],
    context: ({ requestId }) => {
      const sight = { viewer: anyone, now: services.clock() };
      return { ...sight, db, site, requestId, loaders: makeLoaders(db, sight) };
    },
    maskedErrors: {
      maskError: (error, message, isDev) => {
        const cause = error instanceof GraphQLError ? error.originalError : error;
        if (error instanceof GraphQLError && (!cause || cause instanceof GraphQLError)) return error;
        if (cause instanceof UnstorableText) return badInput(cause.message);
        log.error({ err: cause ?? error, isDev }, 'a request met a fault');
        return new GraphQLError(message, {
          ...(error instanceof GraphQLError ? { nodes: error.nodes ?? [], path: error.path ?? [] } : {}),
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        });
      },
    },
  });

  return async (request: Request, requestId: string): Promise<Response> => {
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return refused;
    const accepted = withPreferredFirst(request);
    return yoga.fetch(accepted, { requestId });
  };
}

/** RFC 9110 section 15.5.16. */
function unreadable(request: Request): Response | null {
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (type.trim() === 'application/json' || type.trim() === 'application/graphql+json') return null;
  return plain(415, 'Send the request as application/json.\n', { 'accept-post': 'application/json' });
}

/** Yoga takes the first media type it knows; RFC 9110 section 12.5.1 has clients weigh them. */
function withPreferredFirst(request: Request): Request {
  const accept = request.headers.get('accept');
  if (!accept?.includes(';')) return request;
  const preferred = new Negotiator({ headers: { accept } }).mediaTypes(mediaTypes);
  if (preferred.length === 0) return request;
  const headers = new Headers(request.headers);
  headers.set('accept', preferred.join(', '));
  return new Request(request, { headers });
}
