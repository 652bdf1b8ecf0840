import { printSchema } from 'graphql';
import { uuidv7 } from './identifiers.js';
import { feedRoutes } from './content/feed/http.js';
import { makeGraph } from './content/graph.js';
import { makeLoaders } from './content/loaders.js';
import { sitemapRoutes } from './content/sitemap/http.js';
import { graphHandler } from './graphql/handler.js';
import { deskPage } from './http/desk.js';
import { healthz, readyz } from './http/health.js';
import { plain, type Route, routing } from './http/route.js';
import type { Services } from './services.js';

/** The whole service as one function from a request to its answer. */
export type App = (request: Request) => Promise<Response>;

export interface AppOptions {
  /** Where the build put GraphiQL. */
  deskFolder: string;
}

const saneRequestId = /^[\w.:-]{1,64}$/;

export function makeApp(services: Services, { deskFolder }: AppOptions): App {
  const schema = makeGraph();
  const sdl = `${printSchema(schema)}\n`;
  const graph = graphHandler({ schema, makeLoaders }, services);
  const desk = deskPage({ folder: deskFolder, siteName: services.site.name, language: services.site.language });
  const schemaText: Route = {
    method: 'GET',
    path: '/schema.graphql',
    handle: () => plain(200, sdl, { 'content-type': 'application/graphql; charset=utf-8' }),
  };
  const route = routing([healthz, readyz, schemaText, ...feedRoutes(makeLoaders), ...sitemapRoutes]);

  async function answer(request: Request, requestId: string): Promise<Response> {
    const page = await desk.handle(request);
    if (page) return page;
    if (new URL(request.url).pathname === '/graphql') return graph(request, requestId);
    return (await route(request, services)) ?? plain(404, 'There is nothing at this address.\n');
  }

  return async (request) => {
    const given = request.headers.get('x-request-id') ?? '';
    const requestId = saneRequestId.test(given) ? given : uuidv7();
    const began = performance.now();
    let response: Response;
    try {
      response = await answer(request, requestId);
    } catch (error) {
      services.log.error({ err: error, requestId }, 'a request met a fault');
      response = plain(500, `Something went wrong here; tell the operator the number ${requestId}.\n`);
    }
    response.headers.set('x-request-id', requestId);
    services.log.info(
      {
        requestId,
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        ms: Math.round((performance.now() - began) * 10) / 10,
      },
      'answered',
    );
    return response;
  };
}
