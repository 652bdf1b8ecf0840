import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { Budgets } from '../access/budgets.js';
import { anyone, type Sight } from '../access/viewer.js';
import type { Answers } from '../answers/answers.js';
import { surrogateKey } from '../answers/surrogate-key.js';
import { readingUntil } from '../database/reading.js';
import { Tally } from '../database/watch.js';
import { watched } from '../database/watching.js';
import type { Reads } from '../database/dependencies.js';
import { DatabaseAway } from '../database/presence.js';
import type { Client } from '../http/client.js';
import { noteSource } from '../http/tracing.js';
import { Leaving, type Outgoing, type RequestHead, responseOf } from '../http/exchange.js';
import { Kept, outgoingTo } from '../http/kept.js';
import type { Metrics } from '../observability/metrics.js';
import type { Services } from '../services.js';
import { asYogaReads, mayBeWhole, mayComeInParts, type MediaType, mediaTypeFor } from './accept.js';
import { type Asking, askingOf, documentOf } from './asking.js';
import { useBoundedParsing } from './bounded-parsing.js';
import type { Context, Counters, Live, Loaders } from './context.js';
import { type KnownDocuments, useDocuments } from './documents.js';
import { useEventStream } from './event-stream.js';
import { useEvents } from './events.js';
import { usePlans } from './execution/use-plans.js';
import type { Graph, GraphAnswer, Question } from './graph.js';
import { acceptsParts, useIncremental } from './incremental.js';
import { useConciseErrors } from './limits/answers.js';
import { Ending, useEnding } from './limits/ending.js';
import { costHeader, useLimits } from './limits/use-limits.js';
import { shown, useMaskedFaults } from './masking.js';
import { useMeasuring } from './measuring.js';
import { inOperation, useTracing } from './tracing.js';
import { type Outcome, useOutcome } from './outcome.js';
import { type Parameters, readParameters, useParameters } from './parameters.js';
import { parsedDocuments, useOnlyValid } from './parsed.js';
import { isRefusal, refusedBearer, unreadable } from './refused.js';
import { useWellFormedText } from './well-formed.js';
import { writtenOf } from './written.js';
import { Connection, type Connections, connectionTokenOf, useSingleConnection } from './single-connection.js';

export interface GraphOptions {
  schema: GraphQLSchema;
  makeLoaders: (db: Services['db'], sight: Sight) => Loaders;
  /** Who sends a request, and when. Rejects with {@link Unauthenticated} or {@link TooManyRequests}. */
  sightOf: (request: RequestHead) => Promise<Sight>;
  counters: Counters;
  live: Live;
  /** Streams that carry several operations. */
  connections: Connections;
  /** What clients may name instead of sending it. */
  documents: KnownDocuments;
  /** Whether who brings neither a token nor a key is answered nothing else. */
  knownOnly: boolean;
  /** What one operation may cost. */
  mostCost: number;
  /** How long a query may take. */
  mostSeconds: number;
  /** What each viewer may have made a minute; absent for as much as they like. */
  budgets?: Budgets | undefined;
  metrics: Metrics;
  /** Whether operations are traced. */
  isTraced: boolean;
}

/** What goes with one request, beside what a client sent. */
interface Server {
  requestId: string;
  client: Client;
  sighted: Promise<Sight>;
  outcome: Outcome;
  reads?: Reads;
  /** Where the results go, when not into the answer. */
  connection?: Connection;
  /** The service itself asks. */
  isOwn?: boolean;
  ending: Ending;
  tally: Tally;
}

const nobody: Client = { address: null, agent: null };

export function graphHandler(options: GraphOptions, services: Services): Graph {
  const {
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
  } = options;
  const { site, log, jobs, outgoing, answers, staleIfError } = services;
  const parsed = parsedDocuments();
  const yoga = createYoga<Server, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    logging: false,
    // What comes is counted before it comes here.
    maxRequestBodySize: false,
    parserAndValidationCache: parsed,
    plugins: [
      useOnlyValid(parsed),
      useParameters(),
      useDocuments({ known: documents, isClosed: knownOnly }),
      useBoundedParsing(),
      useWellFormedText(),
      useMaskedFaults({ log }),
      // After errors are masked: what is counted is what clients are told. Before the limits: what they refuse counts too.
      useMeasuring({ metrics }),
      ...(isTraced ? [useTracing({ metrics })] : []),
      useLimits({ mostCost, budgets }),
      useEnding(),
      useOutcome(),
      useDeferStream(),
      useIncremental(),
      usePlans(),
      useEvents({ log, contextFor, clock: () => services.clock() }),
      useEventStream(),
      useSingleConnection(),
      useConciseErrors(),
    ],
    context: async ({ request, requestId, client, sighted, reads, ending, tally }) => {
      const sight = await sighted;
      const db = readingUntil(watched(reads ? services.db.noting(reads) : services.db, tally.watch), ending.signal);
      return {
        ...sight,
        db,
        site,
        jobs,
        outgoing,
        requestId,
        client,
        counters,
        live,
        lastEventId: request.headers.get('last-event-id'),
        reads,
        loaders: makeLoaders(db, sight),
      };
    },
    maskedErrors: { maskError: (error) => shown(error, log), isDev: false },
  });

  const caughtUp = () => Promise.all([answers?.caughtUp(), services.db.memory?.caughtUp()]);

  /** Nothing that was read for one event must be taken for what another one shows. */
  function contextFor(context: Context, sight: Sight): Context {
    return { ...context, ...sight, loaders: makeLoaders(services.db.remembering(null), sight) };
  }

  /** Who asks, with what goes with the request; or how they are refused. */
  async function askedBy(request: RequestHead, requestId: string, client: Client): Promise<Asker | Outgoing> {
    const sighted = sightOf(request);
    // A fault in finding out who asks is met again, and masked, where the context is made.
    const who = await sighted.catch((error: unknown) => (isRefusal(error) ? error : null));
    if (isRefusal(who)) return refusedBearer(request, who);
    return {
      isAnyone: who?.viewer.role === 'anyone',
      server: {
        requestId,
        client,
        sighted,
        ending: new Ending(request.signal, mostSeconds),
        tally: new Tally(),
        outcome: { wrote: false, isWhole: true },
      },
    };
  }

  async function whole(
    request: RequestHead,
    body: string,
    requestId: string,
    client: Client,
  ): Promise<Outgoing | null> {
    const mediaType = mediaTypeFor(request.headers.get('accept'));
    if (mediaType === null || !mayBeWhole(request)) return null;
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return refused;
    const parameters = readParameters(request, body);
    const isRead = !(parameters instanceof GraphQLError);
    if (isRead && acceptsParts(request) && mayComeInParts(documentOf(parameters, documents))) return null;
    const asker = await askedBy(request, requestId, client);
    if ('status' in asker) return asker;
    const { isAnyone, server } = asker;
    const asked: Asked = { request, parameters, mediaType };
    // What an operation costs whoever asks is told to those who ask for it, and kept for nobody.
    if (answers && isAnyone && isRead && !request.headers.has(costHeader)) {
      const asking = askingOf(request, body, parameters, documents);
      if (asking) return fromKept(answers, asked, asking, server);
    }
    const answer = await made(asked, server);
    if (!isAnyone) answer.headers['cache-control'] = 'private, no-store';
    return answer;
  }

  async function answer(request: Request, requestId: string, client: Client): Promise<Response> {
    let unread = request;
    if (mayBeWhole(request)) {
      const body = request.method === 'POST' ? await request.text() : '';
      const answer = await whole(request, body, requestId, client);
      if (answer) return responseOf(answer);
      const { url, method, headers, signal } = request;
      // One that came over a port is no `Request` of Node's own, and cannot be copied by it.
      if (method === 'POST') unread = new Request(url, { method, headers: Object.fromEntries(headers), body, signal });
    }
    if (request.method === 'PUT') return connections.reserve();
    const token = connectionTokenOf(request);
    const connection = token === null ? null : connections.of(request, token, yoga.fetchAPI);
    if (connection && !(connection instanceof Connection)) return connection;
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return responseOf(refused);
    const asker = await askedBy(request, requestId, client);
    if ('status' in asker) return responseOf(asker);
    const { isAnyone, server } = asker;
    if (connection) server.connection = connection;
    const response = await yoga.fetch(asYogaReads(unread), server);
    // Whoever wrote reads what was written, from this instance at once.
    if (server.outcome.wrote) await caughtUp();
    if (!isAnyone) response.headers.set('cache-control', 'private, no-store');
    return response;
  }

  /** Executes what is asked, by the steps that Yoga takes, and without a `Request` or a `Response`. */
  async function made({ request, parameters, mediaType }: Asked, server: Server): Promise<Outgoing> {
    let result: Awaited<ReturnType<typeof yoga.getResultForParams>>;
    try {
      if (parameters instanceof GraphQLError) throw parameters;
      const how = { params: parameters, request: request as Request };
      const execute = async () => yoga.getResultForParams(how, server);
      result = await (isTraced ? inOperation(execute) : execute());
    } catch (error) {
      result = { errors: [shown(error, log)] };
    }
    // Whoever wrote reads what was written, from this instance at once.
    if (server.outcome.wrote) await caughtUp();
    return writtenOf(result, mediaType);
  }

  async function ask({ document, variables, requestId, now, client = nobody, reads }: Question): Promise<GraphAnswer> {
    const server: Server = {
      requestId,
      client,
      sighted: Promise.resolve({ viewer: anyone, now }),
      outcome: { wrote: false, isWhole: true },
      tally: new Tally(),
      ending: new Ending(null, mostSeconds),
      isOwn: true,
      ...(reads ? { reads } : {}),
    };
    const parameters = { query: document, variables } as Parameters;
    const written = await made(
      { request: ownRequest, parameters, mediaType: 'application/graphql-response+json' },
      server,
    );
    return JSON.parse(String(written.body)) as GraphAnswer;
  }

  return { answer, whole, ask };

  async function fromKept(answers: Answers, asked: Asked, asking: Asking, server: Server): Promise<Outgoing> {
    const { request } = asked;
    try {
      let isMade = false;
      const { answer: kept, staleSeconds } = await answers.give(asking, async (reads, changesAt) => {
        isMade = true;
        const written = await made(asked, { ...server, reads });
        const { status, headers, body } = written;
        if (status === 429 || server.ending.isClientGone) throw new ForOneAlone(request, written);
        const keep = status === 200 && reads.known && server.outcome.isWhole;
        const retryAfter = headers['retry-after'];
        const answer = new Kept(body ?? '', {
          status,
          mediaType: headers['content-type'] ?? 'application/json; charset=utf-8',
          isShared: keep,
          changesAt: changesAt(),
          staleIfError,
          surrogateKey: surrogateKey(reads),
          operation: server.outcome.operation,
          ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
        });
        if (status === 503) throw new Unanswered(answer);
        return { answer, keep };
      });
      if (!isMade) metrics.given(kept.operation);
      noteSource(isMade ? 'made' : 'memory', kept.operation);
      return await outgoingTo(request, kept, services.clock(), staleSeconds);
    } catch (error) {
      if (error instanceof Unanswered) return outgoingTo(request, error.answer, services.clock());
      if (!(error instanceof ForOneAlone)) throw error;
      // Who waited for another's answer, which is none for them, asks by themselves.
      return error.request === request ? error.answer : fromKept(answers, asked, asking, server);
    }
  }
}

/** What is asked, and of which type its answer is to be. */
interface Asked {
  readonly request: RequestHead;
  /** Or what is wrong with them. */
  readonly parameters: Parameters | GraphQLError;
  readonly mediaType: MediaType;
}

interface Asker {
  readonly isAnyone: boolean;
  readonly server: Server;
}

/** What the service itself asks comes with no request. */
const ownRequest: RequestHead = {
  method: 'POST',
  url: 'http://localhost/graphql',
  headers: { get: () => null, has: () => false },
  signal: new Leaving(),
};

/** What others who ask alike at the same moment must not be given: of one’s own budget, or because one has gone. */
class ForOneAlone extends Error {
  constructor(
    readonly request: RequestHead,
    readonly answer: Outgoing,
  ) {
    super('for one alone');
  }
}

/** The database could not be asked: what is said of that, where nothing better is known. */
class Unanswered extends DatabaseAway {
  constructor(readonly answer: Kept) {
    super();
  }
}
