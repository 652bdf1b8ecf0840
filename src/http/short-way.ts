import type { IncomingMessage, ServerResponse } from 'node:http';
import { asPartOfThis, recordedSpan } from '../observability/tracing/spans.js';
import { mostBytes } from './body.js';
import { Arrived, Leaving, type Outgoing, type RequestHead } from './exchange.js';

/** What answers most requests for the graph from their head and body, without a `Request` or a `Response`. */
export interface Short {
  /** Whether it may answer a request of this head. */
  takes(request: RequestHead): boolean;
  /** The answer; null for a request that it does not take after all, for which nothing has been done then. Never rejects. */
  answer(request: RequestHead, body: string, peer: string | null): Promise<Outgoing | null>;
}

/** A request whose body has been read already. */
type Incoming = IncomingMessage & { body?: Buffer };

/** Answers `request` by the short way; false where it has to take the long one. */
export function takeShortWay(
  short: Short,
  request: Incoming,
  response: ServerResponse,
  { leave, onward }: { leave?: (() => void) | undefined; onward: () => void },
): boolean {
  const { method = '', url = '', headers } = request;
  if (url !== '/graphql' && !url.startsWith('/graphql?')) return false;
  if (method === 'POST' && !(Number(headers['content-length']) <= mostBytes)) return false;
  const address = `http://${headers.host ?? 'localhost'}${url}`;
  if (!URL.canParse(address)) return false;
  const leaving = new Leaving();
  const arrived = new Arrived(method, address, headers, leaving);
  if (!short.takes(arrived)) return false;
  response.once('close', () => {
    if (!response.writableFinished) leaving.leave();
  });

  const answer = async (body: string) => {
    const outgoing = await short.answer(arrived, body, request.socket.remoteAddress ?? null);
    if (!outgoing) return onward();
    leave?.();
    send(response, outgoing);
  };

  if (method === 'GET') void answer('');
  else if (request.body) void answer(request.body.toString('utf8'));
  else
    readBody(
      request,
      asPartOfThis((body) => void answer(body.toString('utf8'))),
    );
  return true;
}

function readBody(request: Incoming, then: (body: Buffer) => void): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    request.body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    then(request.body);
  });
}

/** In one piece with its head, where the body is text. */
function send(response: ServerResponse, { status, headers, body }: Outgoing): void {
  if (response.destroyed) return;
  if (body !== null) headers['content-length'] ??= String(Buffer.byteLength(body));
  // What is written with the head cannot be read from the response, as whoever traces it does.
  const requestId = headers['x-request-id'];
  if (requestId !== undefined && recordedSpan()) response.setHeader('x-request-id', requestId);
  response.writeHead(status, headers);
  response.end(body ?? undefined);
}
