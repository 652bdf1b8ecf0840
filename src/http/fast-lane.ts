import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Answers } from '../answers/answers.js';
import type { Metrics } from '../observability/metrics.js';
import type { Cors } from './cors.js';
import { Kept } from './kept.js';
import { lettersOf, requestIdFrom } from './letters.js';
import { asPartOfThis } from '../observability/tracing/spans.js';
import type { Lane } from './server.js';
import { noteRoute, noteSource } from './tracing.js';

/** Longer bodies are read by whoever answers them. */
const longestBody = 65_536;

/**
 * Gives kept answers to requests of the very letters that were asked before, without a `Request`, a `Response` or a promise.
 * It decides nothing: what it does not find goes on to the app as it came.
 */
export function fastLane(
  answers: Answers,
  { clock, log, metrics, cors }: { clock: () => Date; log: Logger; metrics: Metrics; cors?: Cors | undefined },
): Lane {
  function give(request: IncomingMessage, response: ServerResponse, body: string): boolean {
    const { method = '', url = '', headers } = request;
    const given = answers.atOnce(lettersOf(method, url, headers.accept ?? null, body));
    if (!given || !(given.answer instanceof Kept)) return false;
    const { answer: kept, staleSeconds } = given;
    const answer = kept.answer(
      {
        method,
        acceptEncoding: headers['accept-encoding'] ?? null,
        ifNoneMatch: headers['if-none-match'] ?? null,
      },
      clock(),
      staleSeconds,
    );
    if (!answer) return false;
    const { status, head, body: bytes } = answer;
    const requestId = requestIdFrom(headers['x-request-id']);
    if (cors) {
      const shown = { ...head.headers, 'x-request-id': requestId };
      cors.add(url, headers.origin, shown);
      response.writeHead(status, shown);
    } else response.writeHead(status, [...head.lines, 'x-request-id', requestId]);
    response.end(bytes ?? undefined);
    metrics.answered(method, status);
    metrics.given(kept.operation);
    noteRoute(method, '/graphql');
    noteSource('memory', kept.operation);
    log.debug({ requestId, method, status }, 'answered from memory');
    return true;
  }

  return (request, response, onward) => {
    const { method, url = '', headers } = request;
    const isAlone = headers.authorization !== undefined || headers['x-graphql-cost'] !== undefined;
    if (isAlone || !url.startsWith('/graphql')) return onward(request, response);
    if (method === 'GET') {
      if (!give(request, response, '')) onward(request, response);
      return;
    }
    const isJson = headers['content-type']?.startsWith('application/json') && headers['content-encoding'] === undefined;
    if (method !== 'POST' || !isJson || !(Number(headers['content-length']) <= longestBody))
      return onward(request, response);
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    const answer = asPartOfThis(() => {
      const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      if (!give(request, response, body.toString('utf8'))) onward(Object.assign(request, { body }), response);
    });
    request.on('end', answer);
  };
}
