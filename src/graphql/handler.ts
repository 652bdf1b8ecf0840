import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import Negotiator from 'negotiator';
import { anyone } from '../access/viewer.js';
import { plain } from '../http/route.js';
import type { Services } from '../services.js';
import { useBoundedParsing } from './bounded-parsing.js';
import type { Context, Loaders } from './context.js';
import { shown, useMaskedFaults } from './masking.js';

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
    plugins: [useBoundedParsing(), useMaskedFaults({ log })],
    context: ({ requestId }) => {
      const sight = { viewer: anyone, now: services.clock() };
      return { ...sight, db, site, requestId, loaders: makeLoaders(db, sight) };
    },
    maskedErrors: { maskError: (error) => shown(error, log) },
  });

  return async (request: Request, requestId: string): Promise<Response> => {
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return refused;
    return yoga.fetch(asYogaReads(request), { requestId });
  };
}

/** RFC 9110 section 15.5.16. */
function unreadable(request: Request): Response | null {
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (type.trim() === 'application/json' || type.trim() === 'application/graphql+json') return null;
  return plain(415, 'Send the request as application/json.\n', { 'accept-post': 'application/json' });
}

/**
 * Yoga takes the first media type it knows, where RFC 9110 section 12.5.1 has clients weigh them; and it knows types only in
 * lower case, where section 8.3.1 has them in any.
 */
function asYogaReads(request: Request): Request {
  const accept = request.headers.get('accept');
  const type = request.headers.get('content-type');
  const preferred = accept?.includes(';') ? new Negotiator({ headers: { accept } }).mediaTypes(mediaTypes) : [];
  const lowered = type?.replace(/^[^;]*/, (essence) => essence.toLowerCase());
  if (preferred.length === 0 && type === lowered) return request;
  const headers = new Headers(request.headers);
  if (preferred.length > 0) headers.set('accept', preferred.join(', '));
  if (lowered) headers.set('content-type', lowered);
  return new Request(request, { headers });
}
