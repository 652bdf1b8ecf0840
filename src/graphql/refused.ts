import { Unauthenticated } from '../access/authenticate.js';
import { tooManyHeaders, TooManyRequests } from '../access/metering.js';
import { type Outgoing, plainText, type RequestHead } from '../http/exchange.js';

export type BearerRefusal = Unauthenticated | TooManyRequests;

export const isRefusal = (thing: unknown): thing is BearerRefusal =>
  thing instanceof Unauthenticated || thing instanceof TooManyRequests;

/** RFC 9110 section 15.5.2 and RFC 6585 section 4, as GraphQL: clients read it like any other answer. */
export function refusedBearer(request: RequestHead, refusal: BearerRefusal): Outgoing {
  const isTooMany = refusal instanceof TooManyRequests;
  const isNew = request.headers.get('accept')?.includes('application/graphql-response+json');
  return {
    status: isTooMany ? 429 : 401,
    headers: {
      'content-type': `${isNew ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`,
      'cache-control': 'no-store',
      ...(isTooMany ? tooManyHeaders(refusal) : { 'www-authenticate': refusal.challenge }),
    },
    body: JSON.stringify({
      errors: [{ message: refusal.message, extensions: { code: isTooMany ? 'THROTTLED' : 'UNAUTHENTICATED' } }],
    }),
  };
}

/** RFC 9110 section 15.5.16. */
export function unreadable(request: RequestHead): Outgoing | null {
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (type.trim() === 'application/json' || type.trim() === 'application/graphql+json') return null;
  return plainText(415, 'Send the request as application/json.\n', { 'accept-post': 'application/json' });
}
