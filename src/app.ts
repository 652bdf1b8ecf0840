import { printSchema } from 'graphql';
import { type Access, openAccess, Unauthenticated } from './access/authenticate.js';
import type { Budgets } from './access/budgets.js';
import { type Metering, openMetering, rateHeaders, tooManyHeaders, TooManyRequests } from './access/metering.js';
import type { Standing } from './access/shares.js';
import { anyone, type Viewer } from './access/viewer.js';
import { overdueSchedules } from './content/change/announce.js';
import { openCounters } from './content/counters.js';
import { LiveLog } from './content/change/live.js';
import { feedRoutes } from './content/feed/http.js';
import { makeGraph } from './content/graph.js';
import { makeLoaders } from './content/loaders.js';
import { sitemapRoutes } from './content/sitemap/http.js';
import { hubRoute } from './content/websub/http.js';
import { awayLine, awayWords, isDatabaseAway } from './database/presence.js';
import type { Counters, Live } from './graphql/context.js';
import { mayBeWhole } from './graphql/accept.js';
import { graphHandler } from './graphql/handler.js';
import { usualSeconds } from './graphql/limits/ending.js';
import { usualCostLimit } from './graphql/limits/prices.js';
import { Connections } from './graphql/single-connection.js';
import { bounded, TooMuchSent } from './http/body.js';
import { clientOf, type IsProxy } from './http/client.js';
import type { Cors } from './http/cors.js';
import { deskPage } from './http/desk.js';
import { type Outgoing, plainText, type RequestHead, responseOf } from './http/exchange.js';
import { healthz, readyz } from './http/health.js';
import { requestIdFrom } from './http/letters.js';
import { protection } from './http/protection.js';
import { plain, type Route, routing } from './http/route.js';
import { noteRoute } from './http/tracing.js';
import type { Short } from './http/short-way.js';
import { makeMetrics, type Metrics } from './observability/metrics.js';
import type { Services } from './services.js';
import { siteRoutes } from './site/site.js';
import type { KnownDocuments } from './graphql/documents.js';

/** The whole service as one function from a request, and the address it came from, to its answer. */
export type Answering = (request: Request, peer?: string | null) => Promise<Response>;

export interface App extends Answering {
  /** The same for most of what the graph is asked, from the head of a request and its body. */
  readonly short: Short;
}

export interface AppOptions {
  /** Where the build put GraphiQL. */
  deskFolder: string;
  /** Who tells who asks; one that knows the tokens of the database when absent. */
  access?: Access;
  /** What clients may name instead of sending it; none when absent. */
  documents?: KnownDocuments;
  /** Who counts what partners ask for; one that counts in the database when absent. */
  metering?: Metering;
  /** What is counted of readers; counted in the database when absent. */
  counters?: Counters;
  /** What can be followed; logs that listen while somebody follows when absent. */
  live?: Live;
  /** Streams that carry several operations; ones that nobody ends when absent. */
  connections?: Connections;
  /** Whose `X-Forwarded-For` is believed; nobody's when absent. */
  isProxy?: IsProxy;
  /** Whether who brings neither a token nor a key is answered nothing but those. */
  knownOnly?: boolean;
  /** What one operation may cost. */
  mostCost?: number;
  /** How long a query may take. */
  mostSeconds?: number;
  /** What each viewer may have made a minute; as much as they like when absent. */
  budgets?: Budgets | undefined;
  /** Which pages of other origins may read answers; none when absent. */
  cors?: Cors | undefined;
  /** What counts; metrics of the app alone when absent. */
  metrics?: Metrics;
  /** Whether operations are traced, by whoever is registered for it in this process. */
  isTraced?: boolean;
  /** Whether the database had no room lately for what was to be written. */
  isDiskFull?: () => boolean;
  /** Whether the service goes on only until those who send it requests have noticed that it ends. */
  isStopping?: () => boolean;
}

/** Addresses that look at no token: probes must not wait for a database. */
const looksAtNoToken = /^\/(healthz|readyz|metrics|hub)/;

/** What addresses begin with that only a partner's key opens. */
const forPartners = '/feeds/partner.';

const sendsBearer = (request: Request): boolean => /^bearer\b/i.test(request.headers.get('authorization') ?? '');

export function makeApp(
  services: Services,
  {
    deskFolder,
    access = openAccess(services),
    documents = new Map(),
    metering = openMetering(services),
    counters = openCounters(services).counters,
    live = { changes: new LiveLog(services) },
    connections = new Connections(),
    isProxy = () => false,
    knownOnly = false,
    mostCost = usualCostLimit,
    mostSeconds = usualSeconds,
    budgets,
    cors,
    metrics = makeMetrics(),
    isTraced = false,
    isDiskFull = () => false,
    isStopping = () => false,
  }: AppOptions,
): App {
  /** How the key of a request under way stands against its limits. */
  const standings = new WeakMap<RequestHead, readonly Standing[]>();

  async function metered(request: RequestHead, viewer: Viewer, now: Date): Promise<Viewer> {
    if (viewer.role === 'partner' && viewer.key) standings.set(request, await metering.spend(viewer.key, now));
    return viewer;
  }

  async function sightOf(request: RequestHead) {
    const now = services.clock();
    return { viewer: await metered(request, await access.viewerOf(request, now), now), now };
  }

  const schema = makeGraph();
  const sdl = `${printSchema(schema)}\n`;
  const graph = graphHandler(
    {
      schema,
      makeLoaders,
      sightOf,
      documents,
      counters,
      live,
      connections,
      knownOnly,
      mostCost,
      mostSeconds,
      budgets,
      metrics,
      isTraced,
    },
    services,
  );
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
    'max',
  );
  for (const [what, memory] of [
    ['answers', services.answers?.memory],
    ['rows', services.db.memory?.measures],
  ] as const) {
    if (!memory) continue;
    const told = (name: string, help: string, read: () => number) =>
      metrics.gauge(`dateline_${what}_${name}`, help, () => Promise.resolve(read()));
    told('kept', `How many ${what} are in memory.`, () => memory.size);
    told('bytes', `What the ${what} in memory take, in bytes.`, () => memory.bytes);
    told('hits', `How many ${what} were found in memory.`, () => memory.counts.hits);
    told('misses', `How many ${what} were not.`, () => memory.counts.misses);
    told('evicted', `How many ${what} were forgotten because something in them changed.`, () => memory.counts.evicted);
    told('dropped', `How many ${what} were forgotten to make room.`, () => memory.counts.dropped);
  }
  const { answers } = services;
  if (answers) {
    const given = () => Promise.resolve(answers.memory.counts.stale);
    metrics.gauge('dateline_answers_stale', 'How many answers were given while the database was away.', given);
  }
  metrics.gauge('dateline_followers', 'Streams that are told of changes.', () => Promise.resolve(live.changes.size));
  const measures: Route = {
    method: 'GET',
    path: '/metrics',
    async handle() {
      const { type, body } = await metrics.text();
      return plain(200, body, { 'content-type': type, 'cache-control': 'no-store' });
    },
  };
  const figures = async () => ({ overdueSchedules: await overdue(), ...(isDiskFull() ? { diskFull: 1 } : {}) });
  const ready = readyz(figures, isStopping);
  const route = routing([
    healthz,
    ready,
    measures,
    schemaText,
    ...feedRoutes(makeLoaders),
    ...sitemapRoutes,
    hubRoute(makeLoaders),
    ...(services.site.pages ? siteRoutes(graph) : []),
  ]);

  async function viewerAt(pathname: string, request: Request): Promise<Viewer> {
    const now = services.clock();
    if (pathname.startsWith(forPartners)) return metered(request, await access.partnerOf(request, now), now);
    if (!sendsBearer(request) || looksAtNoToken.test(pathname)) return anyone;
    return (await sightOf(request)).viewer;
  }

  async function answer(request: Request, requestId: string, peer: string | null): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/graphql') noteRoute(request.method, pathname);
    const page = await desk.handle(request);
    if (page) return page;
    const client = clientOf(request, peer, isProxy);
    if (pathname === '/graphql') return graph.answer(request, requestId, client);
    const viewer = await viewerAt(pathname, request);
    const response =
      (await route(request, { ...services, viewer, client })) ?? plain(404, 'There is nothing at this address.\n');
    if (viewer.role !== 'anyone') response.headers.set('cache-control', 'private, no-store');
    return response;
  }

  function answerTo(error: unknown, requestId: string): Outgoing {
    if (error instanceof Unauthenticated) {
      return plainText(401, `${error.message}\n`, { 'www-authenticate': error.challenge, 'cache-control': 'no-store' });
    }
    if (error instanceof TooManyRequests) return plainText(429, `${error.message}\n`, tooManyHeaders(error));
    if (error instanceof TooMuchSent) return plainText(413, `${error.message}\n`, { 'cache-control': 'no-store' });
    if (isDatabaseAway(error)) {
      services.log.warn({ err: error, requestId }, awayLine(error));
      const { message, seconds } = awayWords(error);
      return plainText(503, `${message}\n`, { 'retry-after': String(seconds), 'cache-control': 'no-store' });
    }
    services.log.error({ err: error, requestId }, 'a request met a fault');
    return plainText(500, `Something went wrong here; tell the operator the number ${requestId}.\n`);
  }

  /** What every answer says besides, written into `headers`. */
  function finish(request: RequestHead, pathname: string, requestId: string, headers: Record<string, string>): void {
    const standing = standings.get(request);
    if (standing) Object.assign(headers, rateHeaders(standing));
    cors?.add(pathname, request.headers.get('origin'), headers);
    for (const name in protection) headers[name] ??= protection[name]!;
    headers['x-request-id'] = requestId;
  }

  function note({ method }: RequestHead, pathname: string, requestId: string, status: number, began: number): void {
    metrics.answered(method, status);
    const ms = Math.round((performance.now() - began) * 10) / 10;
    services.log.info({ requestId, method, path: pathname, status, ms }, 'answered');
  }

  async function app(given: Request, peer: string | null = null): Promise<Response> {
    let request = given;
    const requestId = requestIdFrom(request.headers.get('x-request-id'));
    const began = performance.now();
    let response: Response;
    try {
      request = await bounded(given);
      response = cors?.preflight(request) ?? (await answer(request, requestId, peer));
    } catch (error) {
      response = responseOf(answerTo(error, requestId));
    }
    const { pathname } = new URL(request.url);
    const said = Object.fromEntries(response.headers);
    const headers = { ...said };
    finish(request, pathname, requestId, headers);
    for (const [name, value] of Object.entries(headers)) if (said[name] !== value) response.headers.set(name, value);
    note(request, pathname, requestId, response.status, began);
    return response;
  }

  const short: Short = {
    takes: (request) => mayBeWhole(request) && !(request.headers.get('accept') ?? '').includes('text/html'),
    async answer(request, body, peer) {
      const requestId = requestIdFrom(request.headers.get('x-request-id'));
      const began = performance.now();
      let outgoing: Outgoing | null;
      noteRoute(request.method, '/graphql');
      try {
        outgoing = await graph.whole(request, body, requestId, clientOf(request, peer, isProxy));
      } catch (error) {
        outgoing = answerTo(error, requestId);
      }
      if (!outgoing) return null;
      finish(request, '/graphql', requestId, outgoing.headers);
      note(request, '/graphql', requestId, outgoing.status, began);
      return outgoing;
    },
  };

  return Object.assign(app, { short });
}
