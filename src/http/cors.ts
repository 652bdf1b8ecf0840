/** Origins whose pages may read answers; `*` for every one. */
export type CorsOrigins = '*' | readonly string[];

/** Addresses that pages of other origins have a use for. */
const forOthers = /^\/(graphql|feeds\/|schema\.graphql)/;

const exposed = 'ETag, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, WWW-Authenticate, Allow';
const allowedHeaders =
  'Accept, Authorization, Content-Type, If-None-Match, Last-Event-ID, X-GraphQL-Cost, X-GraphQL-Event-Stream-Token, X-Request-Id';

/** What goes with answers to pages of other origins (Fetch section 3.3). Never with credentials: who asks says so by a token. */
export interface Cors {
  /** The answer to a preflight; null for any other request. */
  preflight(request: Request): Response | null;
  /** Adds to `headers`, in lower case, what a page of `origin` needs. */
  add(address: string, origin: string | null | undefined, headers: Record<string, string>): void;
}

export function corsFor(origins: CorsOrigins): Cors {
  const allowed = origins === '*' ? null : new Set(origins);
  const originFor = (origin: string | null | undefined): string | null =>
    allowed === null ? '*' : origin && allowed.has(origin) ? origin : null;

  function add(address: string, origin: string | null | undefined, headers: Record<string, string>): void {
    if (!forOthers.test(address)) return;
    // Also where nothing is allowed: a cache must not give one origin what was answered to another.
    if (allowed) headers['vary'] = headers['vary'] ? `${headers['vary']}, Origin` : 'Origin';
    const shown = originFor(origin);
    if (shown === null) return;
    headers['access-control-allow-origin'] = shown;
    headers['access-control-expose-headers'] = exposed;
  }

  return {
    add,
    preflight(request) {
      const { pathname } = new URL(request.url);
      const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
      if (!isPreflight || !forOthers.test(pathname) || originFor(request.headers.get('origin')) === null) return null;
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': '7200',
        },
      });
    },
  };
}
