import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServerAdapter } from '@whatwg-node/server';
import { ForPeople } from '../for-people.js';
import { asPartOfThis } from '../observability/tracing/spans.js';
import { plain } from './route.js';
import type { Gate } from './shedding.js';
import { type Short, takeShortWay } from './short-way.js';
import { tracedRequests } from './tracing.js';

export interface Listening {
  readonly url: string;
  /** Whether whoever asks is told to ask on another connection, because this one ends. */
  readonly isDraining: boolean;
  /** Goes on answering, and lets no connection last longer than its next answer. */
  drain(): void;
  /** Stops taking requests, lets those under way end, and gives up on them after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** The address cannot be listened on, and the message says why and what to do. */
export class CannotListen extends ForPeople {
  constructor(message: string) {
    super(message);
    this.name = 'CannotListen';
  }
}

const reasons: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is taken by another process. Stop it, or choose another with PORT.`,
  EACCES: (_host, port) => `This user may not listen on port ${port}. Choose one above 1023 with PORT.`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.`,
};

/** Answers a request at once, or hands it to `onward` as it came. */
export type Lane = (
  request: IncomingMessage,
  response: ServerResponse,
  onward: (request: IncomingMessage, response: ServerResponse) => void,
) => void;

const isStream = ({ headers }: Response): boolean =>
  /^(text\/event-stream|multipart\/)/.test(headers.get('content-type') ?? '');

const lookForDeafEveryMs = 1000;
/** Who takes nothing of what waits for it for so long is cut off: what waits takes room, and may never be fetched. */
const deafAfterMs = 15_000;

function cutOffTheDeaf(server: Server): NodeJS.Timeout {
  const open = new Map<Socket, number | null>();
  server.on('connection', (socket: Socket) => {
    open.set(socket, null);
    socket.once('close', () => open.delete(socket));
  });
  return setInterval(() => {
    const now = performance.now();
    for (const [socket, since] of open) {
      if (!socket.writableNeedDrain) open.set(socket, null);
      else if (since === null) open.set(socket, now);
      else if (now - since >= deafAfterMs) socket.destroy();
    }
  }, lookForDeafEveryMs).unref();
}

const quietMs = 0.5;
const mostTurns = 2000;

/**
 * Resolves right after all connections that were waiting have been taken. Those that the kernel has taken for us and we have not
 * are cut off when the port is closed, with what was sent on them: there should be none.
 */
async function quietMoment(): Promise<void> {
  for (let turn = 0, before = performance.now(); turn < mostTurns; turn += 1) {
    await new Promise(setImmediate);
    const now = performance.now();
    if (now - before < quietMs) return;
    before = now;
  }
}

/** How long a client may take to say what it wants. */
export interface Patience {
  readonly headersMs: number;
  /** With the body. */
  readonly requestMs: number;
  /** How often it is looked at. */
  readonly lookEveryMs: number;
}

const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000, lookEveryMs: 1000 };
const mostHeaderBytes = 16_384;

/** The app answers its faults itself; what it could not would be shown to the client, with its trace, by the adapter. */
function unforeseen(error: unknown): Response {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return plain(500, 'Something went wrong here.\n');
}

/**
 * How many connections wait to be taken, as far as the system lets them (`net.core.somaxconn`). One for which there is no place
 * is tried again by its client after one second, three, seven: who comes with many others is to be told at once instead.
 */
const mostUnaccepted = 4096;

export function listen(
  app: ((request: Request, peer: string | null) => Promise<Response>) & { readonly short?: Short },
  { host, port, patience = usualPatience }: { host: string; port: number; patience?: Patience },
  { lane, gate, isTraced = false }: { lane?: Lane | undefined; gate?: Gate; isTraced?: boolean } = {},
): Promise<Listening> {
  const adapter = createServerAdapter<{ req: IncomingMessage; leave?: () => void }>(async (request, { req, leave }) => {
    if (!URL.canParse(request.url)) return plain(400, 'The address or the `Host` of this request cannot be read.\n');
    const response = await app(request, req.socket.remoteAddress ?? null)
      .catch(unforeseen)
      .finally(leave);
    if (response.body && isStream(response)) {
      // The adapter waits for a client that is gone to take what it was sent, and so for ever.
      request.signal.addEventListener('abort', () => void response.body?.cancel().catch(() => undefined));
    }
    return response;
  });
  const { short } = app;
  function begin(request: IncomingMessage, response: ServerResponse, leave?: () => void): void {
    const onward = () => void adapter(request, response, { ...(leave ? { leave } : {}) });
    if (!short || !takeShortWay(short, request, response, { leave, onward })) onward();
  }
  const onward = (request: IncomingMessage, response: ServerResponse) => {
    // Its turn comes when another request ends.
    if (gate)
      gate(
        request,
        response,
        asPartOfThis((leave) => begin(request, response, leave)),
      );
    else begin(request, response);
  };
  let isDraining = false;
  const handle: typeof onward = (request, response) => {
    if (isDraining) response.setHeader('connection', 'close');
    if (lane) lane(request, response, onward);
    else onward(request, response);
  };
  const server = createServer(
    {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.lookEveryMs,
      maxHeaderSize: mostHeaderBytes,
    },
    isTraced ? tracedRequests(handle) : handle,
  );
  const cuttingOff = cutOffTheDeaf(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[error.code ?? ''];
      reject(reason ? new CannotListen(reason(host, port)) : error);
    });
    server.listen({ port, host, backlog: mostUnaccepted }, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve({
        url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
        get isDraining() {
          return isDraining;
        },
        drain() {
          isDraining = true;
        },
        async close(graceMs = 10_000) {
          isDraining = true;
          await quietMoment();
          await new Promise<void>((closed) => {
            const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
            server.close(() => {
              clearTimeout(deadline);
              clearInterval(cuttingOff);
              closed();
            });
            server.closeIdleConnections();
          });
        },
      });
    });
  });
}
