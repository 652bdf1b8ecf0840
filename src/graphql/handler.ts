import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import Negotiator from 'negotiator';
import { Unauthenticated } from '../access/authenticate.js';
import type { Sight } from '../access/viewer.js';
import { plain } from '../http/route.js';
import type { Services } from '../services.js';
import { useBoundedParsing } from './bounded-parsing.js';
import type { Context, Loaders } from './context.js';
import { shown, useMaskedFaults } from './masking.js';

const mediaTypes = ['application/graphql-response+json', 'application/json', 'text/event-stream', 'multipart/mixed'];

export interface GraphOptions {
  schema: GraphQLSchema;
  makeLoaders: (db: Services['db'], sight: Sight) => Loaders;
  /** Who sends a request, and when. Rejects with {@link Unauthenticated} where its token is not good. */
  sightOf: (request: Request) => Promise<Sight>;
}

/**
 * Answers GraphQL over HTTP (GraphQL-over-HTTP draft): POST with JSON, GET for queries. Only JSON bodies are read, so that
 * no web form of another site can send one.
 */
export function graphHandler({ schema, makeLoaders, sightOf }: GraphOptions, services: Services) {
  const { db, site, log, jobs } = services;
  const yoga = createYoga<{ requestId: string; sighted: Promise<Sight> }, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    logging: false,
    plugins: [useBoundedParsing(), useMaskedFaults({ log })],
    context: async ({ requestId, sighted }) => {
      const sight = await sighted;
      return { ...sight, db, site, jobs, requestId, loaders: makeLoaders(db, sight) };
    },
    maskedErrors: { maskError: (error) => shown(error, log) },
  });

  return async (request: Request, requestId: string): Promise<Response> => {
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return refused;
    const sighted = sightOf(request);
    // A fault in finding out who asks is met again, and masked, where the context is made.
    const who = await sighted.catch((error: unknown) => (error instanceof Unauthenticated ? error : null));
    if (who instanceof Unauthenticated) return refusedBearer(request, who);
    const response = await yoga.fetch(asYogaReads(request), { requestId, sighted });
    if (who?.viewer.role !== 'anyone') response.headers.set('cache-control', 'private, no-store');
    return response;
  };
}

/** RFC 9110 section 15.5.2, as GraphQL: clients read it like any other answer. */
function refusedBearer(request: Request, { message, challenge }: Unauthenticated): Response {
  const isNew = request.headers.get('accept')?.includes('application/graphql-response+json');
  return Response.json(
    { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] },
    {
      status: 401,
      headers: {
        'content-type': `${isNew ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`,
        'www-authenticate': challenge,
        'cache-control': 'no-store',
      },
    },
  );
}

/** RFC 9110 section 15.5.16. */
function unreadable(request: Request): Response | null {
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (type.trim() === 'application/json' || type.trim() === 'application/graphql+json') return null;
  return plain(415, 'Send the request as application/json.\n', { 'accept-post': 'application/json' });
}

/**
 * Yoga takes the first media type it knows, where RFC 9110 section 12.5.1 has clients weigh them; and it knows types only in
 * lower case, where section 8.3.1 has them in any. Written into the request there is: one that came over a port is no
 * `Request` of Node's own, and cannot be copied by it.
 */
function asYogaReads(request: Request): Request {
  const accept = request.headers.get('accept');
  const type = request.headers.get('content-type')?.replace(/^[^;]*/, (essence) => essence.toLowerCase());
  const preferred = accept?.includes(';') ? new Negotiator({ headers: { accept } }).mediaTypes(mediaTypes) : [];
  if (preferred.length > 0) request.headers.set('accept', preferred.join(', '));
  if (type) request.headers.set('content-type', type);
  return request;
}
