import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Answers } from '../answers/answers.js';
import type { Metrics } from '../observability/metrics.js';
import type { Admission } from './admission.js';
import type { Cors } from './cors.js';
import { lettersOf, lettersOfPage, requestIdFrom } from './letters.js';
import { protection } from './protection.js';

export interface SheddingOptions {
  admission: Admission;
  /** What takes no time, such as an answer that is kept, or is asked by whoever watches over us, and always let in. */
  spares: (request: IncomingMessage) => boolean;
  log: Logger;
  metrics: Metrics;
  cors?: Cors | undefined;
}

/** Hands a request on when it is its turn, with what is to be called when it is done; or answers it itself. */
export type Gate = (request: IncomingMessage, response: ServerResponse, begin: (leave: () => void) => void) => void;

const message = 'There is more to do here at the moment than can be done. Try again in some seconds.';

interface Refusal {
  /** Names and values in turn. */
  readonly head: readonly string[];
  readonly body: string;
}

/** Written beforehand: what a refusal costs is taken from those who are served. */
function refusalsOf(type: string, bodyOf: (retryAfter: number) => string): Refusal[] {
  // Those who are sent away together are not to come back together.
  return [1, 2, 3].map((retryAfter) => {
    const body = bodyOf(retryAfter);
    const headers = {
      ...protection,
      'content-type': `${type}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'retry-after': String(retryAfter),
    };
    return { head: Object.entries(headers).flat(), body };
  });
}

const asError = (retryAfter: number): string =>
  JSON.stringify({ errors: [{ message, extensions: { code: 'OVERLOADED', retryAfter } }] });
const refusals = {
  'text/plain': refusalsOf('text/plain', () => `${message}\n`),
  'application/json': refusalsOf('application/json', asError),
  'application/graphql-response+json': refusalsOf('application/graphql-response+json', asError),
};
const oneOf = (among: readonly Refusal[]): Refusal => among[Math.floor(Math.random() * among.length)]!;
const toldEveryMs = 10_000;

const watching = /^\/(healthz|readyz|metrics)(\?|$)/;

/** What whoever watches over us asks, and addresses whose answer is kept. */
export const sparing =
  (answers?: Answers): SheddingOptions['spares'] =>
  ({ method, url = '', headers }) => {
    if (watching.test(url)) return true;
    if (!answers || headers.authorization !== undefined || (method !== 'GET' && method !== 'HEAD')) return false;
    const [pathname = '', search = ''] = url.split('?');
    return [
      lettersOf('GET', url, null, ''),
      lettersOfPage(pathname, search),
      lettersOf('GET', url, headers.accept ?? null, ''),
    ].some((letters) => answers.has(letters));
  };

/** Sends away what is more than can be done: 503 with `Retry-After` (RFC 9110 section 15.6.4), before anything is read of it. */
export function shedding({ admission, spares, log, metrics, cors }: SheddingOptions): Gate {
  let toldAt = -Infinity;
  let untold = 0;

  function tell(): void {
    untold += 1;
    if (performance.now() - toldAt < toldEveryMs) return;
    log.warn({ refused: untold, at: admission.size, waiting: admission.waiting }, 'more is asked than can be done');
    toldAt = performance.now();
    untold = 0;
  }

  function refuse(request: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return;
    const { url = '', method = '', headers } = request;
    const kind = !url.startsWith('/graphql')
      ? 'text/plain'
      : headers.accept?.includes('application/graphql-response+json')
        ? 'application/graphql-response+json'
        : 'application/json';
    const { head, body } = oneOf(refusals[kind]);
    const besides = { 'x-request-id': requestIdFrom(headers['x-request-id']) };
    cors?.add(url, headers.origin, besides);
    response.writeHead(503, [...head, ...Object.entries(besides).flat()]);
    response.end(method === 'HEAD' ? undefined : body);
    metrics.answered(method, 503);
    metrics.shed();
    tell();
  }

  return (request, response, begin) => {
    if (spares(request)) {
      begin(() => undefined);
      return;
    }
    const isStream = request.headers.accept?.includes('text/event-stream') ?? false;
    const giveUp = admission.enter(
      (leave) => {
        response.once('close', leave);
        begin(leave);
      },
      () => refuse(request, response),
      isStream,
    );
    response.once('close', giveUp);
  };
}
