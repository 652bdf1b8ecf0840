import Negotiator from 'negotiator';
import type { RequestHead } from '../http/exchange.js';
import { connectionTokenOf } from './single-connection.js';

export type MediaType = 'application/graphql-response+json' | 'application/json';

const mediaTypes = ['application/graphql-response+json', 'application/json', 'text/event-stream', 'multipart/mixed'];

/**
 * An `Accept` as Yoga reads it: it takes the first media type it knows, where RFC 9110 section 12.5.1 has clients weigh them.
 * What a type says besides its weight, such as which draft of a format is meant, is no other type to it.
 */
export function weighed(accept: string): string {
  const plain = accept.replace(/;\s*(?!q\s*=)[\w-]+\s*=\s*("[^"]*"|[^;,\s]+)/gi, '');
  return (
    (plain.includes(';') ? new Negotiator({ headers: { accept: plain } }).mediaTypes(mediaTypes).join(', ') : plain) ||
    accept
  );
}

const known = new Map<string | null, MediaType | null>();
const mostKnown = 200;

/** The type of a whole answer for whoever accepts so much; null where they accept none. */
export function mediaTypeFor(accept: string | null): MediaType | null {
  let type = known.get(accept);
  if (type === undefined) {
    type = firstOf(weighed(accept ?? '*/*'));
    if (known.size >= mostKnown) known.clear();
    known.set(accept, type);
  }
  return type;
}

function firstOf(accept: string): MediaType | null {
  for (const each of accept.toLowerCase().split(',')) {
    const [type = ''] = each.split(';');
    if (/^(application|\*)\/(json|\*)$/.test(type.trim())) return 'application/json';
    if (type.trim() === 'application/graphql-response+json') return 'application/graphql-response+json';
  }
  return null;
}

/** Whether a request may be answered in one piece, as far as its head tells. */
export const mayBeWhole = (request: RequestHead): boolean =>
  (request.method === 'GET' || request.method === 'POST') &&
  connectionTokenOf(request) === null &&
  mediaTypeFor(request.headers.get('accept')) !== null;

/** Whether the answer to a document may come in parts. */
export const mayComeInParts = (document: unknown): boolean =>
  typeof document !== 'string' || /\bsubscription\b|@(defer|stream)\b/.test(document);

/**
 * Yoga reads media types only in lower case, where RFC 9110 section 8.3.1 has them in any, and does not weigh them. Written into
 * the request there is: one that came over a port is no `Request` of Node's own, and cannot be copied by it.
 */
export function asYogaReads(request: Request): Request {
  const accept = request.headers.get('accept');
  const preferred = accept && weighed(accept);
  const type = request.headers.get('content-type')?.replace(/^[^;]*/, (essence) => essence.toLowerCase());
  if (preferred && preferred !== accept) request.headers.set('accept', preferred);
  if (type) request.headers.set('content-type', type);
  return request;
}
