import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { withoutSecrets } from '../observability/log.js';
import { parentIn, recordedSpan, tracer } from '../observability/tracing/spans.js';

/** Methods that are called by their own name (OpenTelemetry, “HTTP spans”). */
const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'TRACE']);
const methodOf = (method: string): string => (methods.has(method) ? method : '_OTHER');
const nameOf = (method: string): string => (methods.has(method) ? method : 'HTTP');

const longestPath = 500;

/** Where in `url` is asked, without what is asked there, and without what must not be read in a log either. */
function pathIn(url: string): string {
  const [, path = ''] = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? [];
  return withoutSecrets(path.slice(0, longestPath));
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * `handle` in a span for each request, from its headers to the last of its answer. It is a part of the trace that its client
 * names; whether it is recorded is not for the client alone to say: see BoundedSampler.
 */
export const tracedRequests =
  (handle: Handle): Handle =>
  (request, response) => {
    const { method = '', url = '', headers, httpVersion } = request;
    const parent = parentIn(headers['traceparent']);
    const attributes = {
      'http.request.method': methodOf(method),
      'url.scheme': 'http',
      'url.path': pathIn(url),
      'network.protocol.version': httpVersion,
    };
    const span = tracer().startSpan(nameOf(method), { kind: SpanKind.SERVER, attributes }, parent);
    if (span.isRecording()) response.once('close', () => ended(span, response));
    context.with(trace.setSpan(parent, span), handle, undefined, request, response);
  };

function ended(span: Span, response: ServerResponse): void {
  const { statusCode, headersSent, writableFinished } = response;
  if (headersSent) span.setAttribute('http.response.status_code', statusCode);
  const requestId = response.getHeader('x-request-id');
  if (typeof requestId === 'string') span.setAttribute('dateline.request.id', withoutSecrets(requestId));
  if (!writableFinished) span.setAttribute('error.type', 'client_gone');
  else if (statusCode >= 500) {
    span.setAttribute('error.type', String(statusCode)).setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Says at which address of ours the request that is under way is answered. */
export function noteRoute(method: string, route: string | null): void {
  if (route === null) return;
  recordedSpan()
    ?.updateName(`${nameOf(method)} ${route}`)
    .setAttribute('http.route', route);
}

/** Says whether its answer was made or was there, and of which operation it is. */
export function noteSource(source: 'made' | 'memory', operation?: string): void {
  const span = recordedSpan();
  if (!span) return;
  span.setAttribute('dateline.answer.source', source);
  // What operations that nobody knows are called is their client's affair.
  if (operation !== undefined && operation !== 'other') span.setAttribute('graphql.operation.name', operation);
}

/** A pattern of addresses as people write it, `/author/{slug}/`; null where it cannot be written so. */
export function templateOf({ source }: RegExp): string | null {
  let template = '';
  for (let at = 0; at < source.length; at += 1) {
    const group = /^\(\?<(\w+)>/.exec(source.slice(at));
    if (group) {
      template += `{${group[1]}}`;
      at = endOfGroup(source, at);
    } else if (/^\(\?[!=]/.test(source.slice(at))) at = endOfGroup(source, at);
    else if (source[at] === '\\') template += source[(at += 1)];
    else if (!/[\^$]/.test(source[at]!)) template += source[at];
  }
  return /[()[\]*+?|]/.test(template) ? null : template;
}

/** Where the group that begins at `from` has its last parenthesis. */
function endOfGroup(source: string, from: number): number {
  let depth = 0;
  let isInClass = false;
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '\\') at += 1;
    else if (isInClass) isInClass = letter !== ']';
    else if (letter === '[') isInClass = true;
    else if (letter === '(') depth += 1;
    else if (letter === ')' && (depth -= 1) === 0) return at;
  }
  return source.length;
}
