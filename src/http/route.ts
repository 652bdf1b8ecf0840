import type { Services } from '../services.js';

/** One address and what answers it: a value, so that a table of them is the whole of the surface. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(request: Request, services: Services): Response | Promise<Response>;
}

/** Finds the route of a request by its whole path. HEAD is answered as GET without a body (RFC 9110 section 9.3.2). */
export function routing(routes: readonly Route[]): (request: Request, services: Services) => Promise<Response> | null {
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);

  return (request, services) => {
    const known = byPath.get(new URL(request.url).pathname);
    if (!known) return null;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = known.find((candidate) => candidate.method === method);
    return route ? answered(route, request, services) : Promise.resolve(notAllowed(known));
  };
}

async function answered(route: Route, request: Request, services: Services): Promise<Response> {
  const response = await route.handle(request, services);
  return request.method === 'HEAD' ? new Response(null, response) : response;
}

/** RFC 9110 section 15.5.6. */
function notAllowed(routes: readonly Route[]): Response {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return plain(405, `This address answers ${methods.join(', ')}.\n`, { allow: methods.join(', ') });
}

export const plain = (status: number, text: string, headers: Record<string, string> = {}): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers } });
