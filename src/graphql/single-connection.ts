import { randomBytes } from 'node:crypto';
import { createGraphQLError, type FetchAPI, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { RequestHead } from '../http/exchange.js';
import { plain } from '../http/route.js';
import { eventStream, Interrupted, jsonOf } from './event-stream.js';
import type { EventResult } from './events.js';

/** A connection that nobody opens is given up after this long. */
const reservedForMs = 60_000;
const mostReserved = 10_000;
const mostOperations = 100;
/** So many messages wait for a client that does not read before its operations are asked for no more. */
const mostWaiting = 16;

type Results = AsyncIterable<EventResult>;

/** One stream that carries the results of several operations. */
export class Connection {
  /** The results of each operation, null until it has any. */
  private readonly operations = new Map<string, AsyncIterator<EventResult> | null>();
  private readonly waiting: string[] = [];
  private wakeReader = (): void => undefined;
  private wakeWriters: (() => void)[] = [];
  private isOpen = false;
  private isOver = false;

  constructor(private readonly left: () => void) {}

  /** The stream itself; null where it is open already. */
  open(fetchAPI: FetchAPI): Response | null {
    if (this.isOpen) return null;
    this.isOpen = true;
    return eventStream({ next: () => this.next(), close: () => this.close() }, fetchAPI);
  }

  get isReservation(): boolean {
    return !this.isOpen;
  }

  /** Takes an operation on, before it is executed. Throws where its id cannot be used. */
  begin(id: unknown): string {
    const refuse = (message: string, status: number) => {
      throw createGraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status } } });
    };
    if (typeof id !== 'string' || id === '') {
      return refuse('Give the operation an id, as a string in `extensions.operationId`.', 400);
    }
    if (this.operations.has(id)) return refuse('An operation with this id is under way on the connection.', 409);
    if (this.operations.size >= mostOperations) {
      return refuse(`A connection carries at most ${mostOperations} operations at once.`, 400);
    }
    this.operations.set(id, null);
    return id;
  }

  /** Sends what an operation that has begun results in. */
  take(id: string, results: Results | EventResult): void {
    if (!isAsyncIterable(results)) {
      if (this.operations.delete(id)) this.send(nextOf(id, results), completeOf(id));
      return;
    }
    const iterator = results[Symbol.asyncIterator]();
    if (!this.operations.has(id)) {
      void iterator.return?.();
      return;
    }
    this.operations.set(id, iterator);
    void this.pass(id, iterator);
  }

  private async pass(id: string, iterator: AsyncIterator<EventResult>): Promise<void> {
    try {
      for (;;) {
        const { value, done } = (await iterator.next()) as IteratorResult<EventResult, undefined>;
        if (this.operations.get(id) !== iterator) return;
        if (value) this.send(nextOf(id, value));
        if (done) break;
        while (this.waiting.length >= mostWaiting && !this.isOver) {
          await new Promise<void>((resolve) => this.wakeWriters.push(resolve));
        }
      }
      this.operations.delete(id);
      this.send(completeOf(id));
    } catch (error) {
      // Without `complete`: the client connects again, here or elsewhere, and asks for all of its operations.
      if (!(error instanceof Interrupted)) this.waiting.length = 0;
      this.close();
    }
  }

  /** Ends an operation that its client has enough of. */
  stop(id: string): void {
    const iterator = this.operations.get(id);
    this.operations.delete(id);
    void iterator?.return?.();
  }

  /** Ends the stream after what waits, and all of its operations. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const id of [...this.operations.keys()]) this.stop(id);
    this.left();
    this.wakeReader();
    for (const wake of this.wakeWriters.splice(0)) wake();
  }

  private send(...messages: string[]): void {
    if (this.isOver) return;
    this.waiting.push(...messages);
    this.wakeReader();
  }

  private async next(): Promise<string | null> {
    while (this.waiting.length === 0 && !this.isOver) {
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
    for (const wake of this.wakeWriters.splice(0)) wake();
    return this.waiting.shift() ?? null;
  }
}

const nextOf = (id: string, result: EventResult): string =>
  `event: next\ndata: {"id":${JSON.stringify(id)},"payload":${jsonOf(result)}}\n\n`;
const completeOf = (id: string): string => `event: complete\ndata: ${JSON.stringify({ id })}\n\n`;

/**
 * The single connection mode of the graphql-sse protocol: for clients that want many subscriptions and may open few
 * connections. Written here because the protocol's own handler keeps whatever is reserved, and whatever a slow client does
 * not read, for ever.
 */
export class Connections {
  private readonly byToken = new Map<string, Connection>();

  get size(): number {
    return this.byToken.size;
  }

  /** Makes room for a stream, which is opened by the token in the answer. */
  reserve(): Response {
    this.dropOldestReservation();
    const token = randomBytes(24).toString('base64url');
    const connection = new Connection(() => this.byToken.delete(token));
    this.byToken.set(token, connection);
    setTimeout(() => {
      if (connection.isReservation) connection.close();
    }, reservedForMs).unref();
    return plain(201, token, { 'cache-control': 'no-store' });
  }

  /** Answers what is about a connection itself; hands it over where an operation is asked for on it. */
  of(request: Request, token: string, fetchAPI: FetchAPI): Response | Connection {
    const connection = this.byToken.get(token);
    if (!connection) {
      return plain(
        404,
        'There is no connection with this token here; it has ended, or another instance has it. Reserve one by PUT.\n',
      );
    }
    switch (request.method) {
      case 'POST':
        return connection;
      case 'GET':
        return (
          connection.open(fetchAPI) ?? plain(409, 'This connection is open already; only one stream may have it.\n')
        );
      case 'DELETE': {
        const id = new URL(request.url).searchParams.get('operationId');
        if (id === null) return plain(400, 'Say which operation is to end: `?operationId=…`.\n');
        connection.stop(id);
        return plain(200, '');
      }
      default:
        return plain(405, 'A connection answers GET, POST and DELETE.\n', { allow: 'GET, POST, DELETE' });
    }
  }

  /** Ends every stream, for its client to go on with another instance. */
  close(): void {
    for (const connection of [...this.byToken.values()]) connection.close();
  }

  private dropOldestReservation(): void {
    if (this.byToken.size < mostReserved) return;
    for (const connection of this.byToken.values()) {
      if (!connection.isReservation) continue;
      connection.close();
      return;
    }
  }
}

/** The token of the connection that a request is about; null for a request by itself. */
export const connectionTokenOf = ({ headers, url }: Pick<RequestHead, 'headers' | 'url'>): string | null =>
  headers.get('x-graphql-event-stream-token') ?? (url.includes('?') ? new URL(url).searchParams.get('token') : null);

interface OnConnection {
  connection?: Connection;
}

/** Sends the results of an operation over the connection that it names, and answers 202. */
export function useSingleConnection(): Plugin<object, OnConnection> {
  const ids = new WeakMap<Request, string>();
  return {
    onParams({ params, request, context }) {
      const { connection } = context;
      if (connection) ids.set(request, connection.begin(params.extensions?.['operationId']));
    },
    onResultProcess(processing) {
      const { request, result, serverContext } = processing;
      const connection = serverContext?.connection;
      const id = ids.get(request);
      if (!connection || id === undefined) return;
      const isRefused = !isAsyncIterable(result) && !Array.isArray(result) && !('data' in result);
      if (isRefused) {
        connection.stop(id);
        return;
      }
      processing.setResultProcessor((results, { Response }) => {
        connection.take(id, results as Results | EventResult);
        return new Response(null, { status: 202 });
      }, 'application/json');
    },
  };
}
