import { printSchema } from 'graphql';
import { type Access, openAccess, Unauthenticated } from './access/authenticate.js';
import { anyone } from './access/viewer.js';
import { overdueSchedules } from './content/change/announce.js';
import { uuidv7 } from './identifiers.js';
import { feedRoutes } from './content/feed/http.js';
import { makeGraph } from './content/graph.js';
import { makeLoaders } from './content/loaders.js';
import { sitemapRoutes } from './content/sitemap/http.js';
import { graphHandler } from './graphql/handler.js';
import { deskPage } from './http/desk.js';
import { healthz, readyz } from './http/health.js';
import { plain, type Route, routing } from './http/route.js';
import { makeMetrics, type Metrics } from './observability/metrics.js';
import type { Services } from './services.js';

/** The whole service as one function from a request to its answer. */
export type App = (request: Request) => Promise<Response>;

export interface AppOptions {
  /** Where the build put GraphiQL. */
  deskFolder: string;
  /** Who tells who asks; one that knows the tokens of the database when absent. */
  access?: Access;
  /** What counts; metrics of the app alone when absent. */
  metrics?: Metrics;
}

/** Addresses that look at no newsroom token: probes must not wait for a database, and partners send keys of their own. */
const looksAtNoToken = /^\/(healthz|readyz|metrics|hub|feeds\/partner\.)/;

const sendsBearer = (request: Request): boolean => /^bearer\b/i.test(request.headers.get('authorization') ?? '');

const saneRequestId = /^[\w.:-]{1,64}$/;

export function makeApp(
  services: Services,
  { deskFolder, access = openAccess(services), metrics = makeMetrics() }: AppOptions,
): App {
  async function sightOf(request: Request) {
    const now = services.clock();
    return { viewer: await access.viewerOf(request, now), now };
  }

  const schema = makeGraph();
  const sdl = `${printSchema(schema)}\n`;
  const graph = graphHandler({ schema, makeLoaders, sightOf }, services);
  const desk = deskPage({ folder: deskFolder, siteName: services.site.name, language: services.site.language });
  const schemaText: Route = {
    method: 'GET',
    path: '/schema.graphql',
    handle: () => plain(200, sdl, { 'content-type': 'application/graphql; charset=utf-8' }),
  };
  const overdue = () => overdueSchedules(services.db, services.clock());
  metrics.gauge(
    'dateline_schedules_overdue',
    'Scheduled pieces public for over a minute that nobody was told of.',
    overdue,
  );
  const measures: Route = {
    method: 'GET',
    path: '/metrics',
    async handle() {
      const { type, body } = await metrics.text();
      return plain(200, body, { 'content-type': type, 'cache-control': 'no-store' });
    },
  };
  const ready = readyz(async () => ({ overdueSchedules: await overdue() }));
  const route = routing([healthz, ready, measures, schemaText, ...feedRoutes(makeLoaders), ...sitemapRoutes]);

  async function answer(request: Request, requestId: string): Promise<Response> {
    const page = await desk.handle(request);
    if (page) return page;
    const { pathname } = new URL(request.url);
    if (pathname === '/graphql') return graph(request, requestId);
    const looksAtToken = sendsBearer(request) && !looksAtNoToken.test(pathname);
    const viewer = looksAtToken ? await access.viewerOf(request, services.clock()) : anyone;
    const response = (await route(request, services)) ?? plain(404, 'There is nothing at this address.\n');
    if (viewer.role !== 'anyone') response.headers.set('cache-control', 'private, no-store');
    return response;
  }

  function answerTo(error: unknown, requestId: string): Response {
    if (error instanceof Unauthenticated) {
      return plain(401, `${error.message}\n`, { 'www-authenticate': error.challenge, 'cache-control': 'no-store' });
    }
    services.log.error({ err: error, requestId }, 'a request met a fault');
    return plain(500, `Something went wrong here; tell the operator the number ${requestId}.\n`);
  }

  return async (request) => {
    const given = request.headers.get('x-request-id') ?? '';
    const requestId = saneRequestId.test(given) ? given : uuidv7();
    const began = performance.now();
    let response: Response;
    try {
      response = await answer(request, requestId);
    } catch (error) {
      response = answerTo(error, requestId);
    }
    response.headers.set('x-request-id', requestId);
    metrics.answered(request.method, response.status);
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
