import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import Negotiator from 'negotiator';
import { Unauthenticated } from '../access/authenticate.js';
import type { Budgets } from '../access/budgets.js';
import { tooManyHeaders, TooManyRequests } from '../access/metering.js';
import { anyone, type Sight } from '../access/viewer.js';
import type { Answers } from '../answers/answers.js';
import { surrogateKey } from '../answers/surrogate-key.js';
import { readingUntil } from '../database/reading.js';
import { Tally } from '../database/watch.js';
import { watched } from '../database/watching.js';
import type { Reads } from '../database/dependencies.js';
import { DatabaseAway } from '../database/presence.js';
import type { Client } from '../http/client.js';
import { Kept, responseTo } from '../http/kept.js';
import { plain } from '../http/route.js';
import { noteSource } from '../http/tracing.js';
import type { Metrics } from '../observability/metrics.js';
import type { Services } from '../services.js';
import { type Asking, askingFrom } from './asking.js';
import { useBoundedParsing } from './bounded-parsing.js';
import type { Context, Counters, Live, Loaders } from './context.js';
import { type KnownDocuments, useDocuments } from './documents.js';
import { useEventStream } from './event-stream.js';
import { useEvents } from './events.js';
import { useIncremental } from './incremental.js';
import { useBoundedAnswers, useConciseErrors } from './limits/answers.js';
import { Ending, useEnding } from './limits/ending.js';
import { costHeader, useLimits } from './limits/use-limits.js';
import { shown, useMaskedFaults } from './masking.js';
import { useMeasuring } from './measuring.js';
import { useTracing } from './tracing.js';
import { type Outcome, useOutcome } from './outcome.js';
import { useWellFormedText } from './well-formed.js';
import { Connection, type Connections, connectionTokenOf, useSingleConnection } from './single-connection.js';

const mediaTypes = ['application/graphql-response+json', 'application/json', 'text/event-stream', 'multipart/mixed'];

export interface GraphOptions {
  schema: GraphQLSchema;
  makeLoaders: (db: Services['db'], sight: Sight) => Loaders;
  /** Who sends a request, and when. Rejects with {@link Unauthenticated} or {@link TooManyRequests}. */
  sightOf: (request: Request) => Promise<Sight>;
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

/** A question that the service itself asks for somebody who may read what anyone may. */
export interface Question {
  document: string;
  variables?: Readonly<Record<string, unknown>> | undefined;
  requestId: string;
  now: Date;
  /** Who it is asked for; nobody when absent. */
  client?: Client | undefined;
  /** Where what the answer depends on is gathered. */
  reads?: Reads | undefined;
}

export interface GraphAnswer {
  data?: unknown;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

export interface Graph {
  /**
   * Answers GraphQL over HTTP (GraphQL-over-HTTP draft): POST with JSON, GET for queries. Only JSON bodies are read, so that
   * no web form of another site can send one.
   */
  answer(request: Request, requestId: string, client: Client): Promise<Response>;
  /** Answers a question as it would a client’s request, by the same steps. */
  ask(question: Question): Promise<GraphAnswer>;
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
  const yoga = createYoga<Server, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    logging: false,
    plugins: [
      useDocuments({ known: documents, isClosed: knownOnly }),
      useBoundedParsing(),
      useWellFormedText(),
      useMaskedFaults({ log }),
      // After errors are masked: what is counted is what clients are told. Before the limits: what they refuse counts too.
      useMeasuring({ metrics }),
      ...(isTraced ? [useTracing({ metrics })] : []),
      useLimits({ mostCost, budgets }),
      useBoundedAnswers(),
      useEnding(),
      useOutcome(),
      useDeferStream(),
      useIncremental(),
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

  async function answer(request: Request, requestId: string, client: Client): Promise<Response> {
    if (request.method === 'PUT') return connections.reserve();
    const token = connectionTokenOf(request);
    const connection = token === null ? null : connections.of(request, token, yoga.fetchAPI);
    if (connection && !(connection instanceof Connection)) return connection;
    const refused = request.method === 'POST' ? unreadable(request) : null;
    if (refused) return refused;
    const sighted = sightOf(request);
    // A fault in finding out who asks is met again, and masked, where the context is made.
    const who = await sighted.catch((error: unknown) => (isRefusal(error) ? error : null));
    if (isRefusal(who)) return refusedBearer(request, who);
    const ending = new Ending(request.signal, mostSeconds);
    const tally = new Tally();
    const server: Server = { requestId, client, sighted, ending, tally, outcome: { wrote: false, isWhole: true } };
    if (connection) server.connection = connection;

    let unread = request;
    // What an operation costs whoever asks is told to those who ask for it, and kept for nobody.
    if (answers && !connection && who?.viewer.role === 'anyone' && !request.headers.has(costHeader)) {
      const read = await askingFrom(request, documents);
      if (read.asking) return fromKept(answers, request, read.asking, read.unread, server);
      unread = read.unread;
    }
    const response = await yoga.fetch(asYogaReads(unread), server);
    // Whoever wrote reads what was written, from this instance at once.
    if (server.outcome.wrote) await caughtUp();
    if (who?.viewer.role !== 'anyone') response.headers.set('cache-control', 'private, no-store');
    return response;
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
    const request = new Request(`${site.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: document, variables }),
    });
    const response = await yoga.fetch(request, server);
    if (server.outcome.wrote) await caughtUp();
    return (await response.json()) as GraphAnswer;
  }

  return { answer, ask };

  async function fromKept(
    answers: Answers,
    request: Request,
    asking: Asking,
    unread: Request,
    server: Server,
  ): Promise<Response> {
    try {
      let isMade = false;
      const { answer: kept, staleSeconds } = await answers.give(asking, async (reads, changesAt) => {
        isMade = true;
        const response = await yoga.fetch(asYogaReads(unread), { ...server, reads });
        if (response.status === 429 || server.ending.isClientGone) throw new ForOneAlone(request, response);
        const content = Buffer.from(await response.arrayBuffer());
        const keep = response.status === 200 && reads.known && server.outcome.isWhole;
        const retryAfter = response.headers.get('retry-after');
        const answer = new Kept(content, {
          status: response.status,
          mediaType: response.headers.get('content-type') ?? 'application/json; charset=utf-8',
          isShared: keep,
          changesAt: changesAt(),
          staleIfError,
          surrogateKey: surrogateKey(reads),
          operation: server.outcome.operation,
          ...(retryAfter === null ? {} : { headers: { 'retry-after': retryAfter } }),
        });
        if (response.status === 503) throw new Unanswered(answer);
        return { answer, keep };
      });
      if (!isMade) metrics.given(kept.operation);
      noteSource(isMade ? 'made' : 'memory', kept.operation);
      return await responseTo(request, kept, services.clock(), staleSeconds);
    } catch (error) {
      if (error instanceof Unanswered) return responseTo(request, error.answer, services.clock());
      if (!(error instanceof ForOneAlone)) throw error;
      // Who waited for another's answer, which is none for them, asks by themselves.
      return error.request === request ? error.response : fromKept(answers, request, asking, unread, server);
    }
  }
}

/** What others who ask alike at the same moment must not be given: of one’s own budget, or because one has gone. */
class ForOneAlone extends Error {
  constructor(
    readonly request: Request,
    readonly response: Response,
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

type BearerRefusal = Unauthenticated | TooManyRequests;

const isRefusal = (thing: unknown): thing is BearerRefusal =>
  thing instanceof Unauthenticated || thing instanceof TooManyRequests;

/** RFC 9110 section 15.5.2 and RFC 6585 section 4, as GraphQL: clients read it like any other answer. */
function refusedBearer(request: Request, refusal: BearerRefusal): Response {
  const isTooMany = refusal instanceof TooManyRequests;
  const isNew = request.headers.get('accept')?.includes('application/graphql-response+json');
  return Response.json(
    { errors: [{ message: refusal.message, extensions: { code: isTooMany ? 'THROTTLED' : 'UNAUTHENTICATED' } }] },
    {
      status: isTooMany ? 429 : 401,
      headers: {
        'content-type': `${isNew ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`,
        'cache-control': 'no-store',
        ...(isTooMany ? tooManyHeaders(refusal) : { 'www-authenticate': refusal.challenge }),
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
  // What a type says besides its weight, such as which draft of a format is meant, is no other type to Yoga.
  const given = request.headers.get('accept');
  const accept = given?.replace(/;\s*(?!q\s*=)[\w-]+\s*=\s*("[^"]*"|[^;,\s]+)/gi, '');
  const type = request.headers.get('content-type')?.replace(/^[^;]*/, (essence) => essence.toLowerCase());
  const isWeighed = accept?.includes(';');
  const preferred = isWeighed ? new Negotiator({ headers: { accept } }).mediaTypes(mediaTypes).join(', ') : accept;
  if (preferred && preferred !== given) request.headers.set('accept', preferred);
  if (type) request.headers.set('content-type', type);
  return request;
}
