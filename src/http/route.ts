import type { Viewer } from '../access/viewer.js';
import type { Services } from '../services.js';
import type { Client } from './client.js';
import { noteRoute, templateOf } from './tracing.js';
import { plainText, responseOf } from './exchange.js';

/** What the named groups of a route's path held, decoded. */
export type Parameters = Readonly<Record<string, string>>;

/** What a route works with: the service, and who asks. */
export interface Asked extends Services {
  readonly viewer: Viewer;
  readonly client: Client;
}

/** One address, or all of one form, and what answers it: a value, so that a table of them is the whole of the surface. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** The whole path; or a pattern from `^` to `$`, whose named groups are the parameters. */
  readonly path: string | RegExp;
  handle(request: Request, services: Asked, parameters: Parameters): Response | Promise<Response>;
}

interface Found {
  known: readonly Route[];
  /** Their path with its groups named; null where it cannot be written so. */
  template: string | null;
  parameters: Parameters;
}

/** Finds the route of a request by its whole path. HEAD is answered as GET without a body (RFC 9110 section 9.3.2). */
export function routing(routes: readonly Route[]): (request: Request, services: Asked) => Promise<Response> | null {
  const byPath = new Map<string, Route[]>();
  const byPattern = new Map<string, { pattern: RegExp; template: string | null; routes: Route[] }>();
  for (const route of routes) {
    const { path } = route;
    if (typeof path === 'string') byPath.set(path, [...(byPath.get(path) ?? []), route]);
    else {
      const routes = [...(byPattern.get(path.source)?.routes ?? []), route];
      byPattern.set(path.source, { pattern: path, template: templateOf(path), routes });
    }
  }

  function find(path: string): Found | null {
    const known = byPath.get(path);
    if (known) return { known, template: path, parameters: {} };
    for (const { pattern, template, routes: candidates } of byPattern.values()) {
      const match = pattern.exec(path);
      const parameters = match && decodedGroups(match);
      if (parameters) return { known: candidates, template, parameters };
    }
    return null;
  }

  return (request, services) => {
    const found = find(new URL(request.url).pathname);
    if (!found) return null;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    noteRoute(request.method, found.template);
    const route = found.known.find((candidate) => candidate.method === method);
    return route ? answered(route, request, services, found.parameters) : Promise.resolve(notAllowed(found.known));
  };
}

/** Null where a group is not percent-encoded UTF-8, or holds what no name does: such an address leads nowhere. */
function decodedGroups({ groups = {} }: RegExpExecArray): Parameters | null {
  const parameters: Record<string, string> = {};
  for (const [name, text] of Object.entries(groups)) {
    if (text === undefined) continue;
    try {
      parameters[name] = decodeURIComponent(text);
    } catch {
      return null;
    }
    if (parameters[name].includes('\0')) return null;
  }
  return parameters;
}

async function answered(route: Route, request: Request, services: Asked, parameters: Parameters): Promise<Response> {
  const response = await route.handle(request, services, parameters);
  return request.method === 'HEAD' ? new Response(null, response) : response;
}

/** RFC 9110 section 15.5.6. */
function notAllowed(routes: readonly Route[]): Response {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return plain(405, `This address answers ${methods.join(', ')}.\n`, { allow: methods.join(', ') });
}

export const plain = (status: number, text: string, headers: Record<string, string> = {}): Response =>
  responseOf(plainText(status, text, headers));
