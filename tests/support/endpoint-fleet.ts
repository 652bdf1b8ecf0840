import type { ServerResponse } from 'node:http';
import { type Received, type Receiver, startReceiver } from './receiver.js';

export type Manner = 'healthy' | 'slow' | 'flaky' | 'hangs at first' | 'redirects at first' | 'redirects';

/** An endpoint, and which messages it has taken on which piece. */
export interface Endpoint {
  readonly manner: Manner;
  readonly receiver: Receiver;
  /** Of each piece the ids of the messages that were taken. */
  readonly taken: Map<string, Set<string>>;
}

export interface Fleet {
  readonly endpoints: readonly Endpoint[];
  /** Stands where no request may ever come. */
  readonly trap: Receiver;
  close(): Promise<void>;
}

/** As many endpoints of each manner, at an address of this machine that may be asked; the trap stands at one that may not. */
export async function startFleet(manners: readonly Manner[], host: string): Promise<Fleet> {
  const trap = await startReceiver('127.0.0.1');
  const endpoints = await Promise.all(manners.map((manner) => startEndpoint(manner, host, trap)));
  return {
    endpoints,
    trap,
    close: async () =>
      void (await Promise.all([trap, ...endpoints.map(({ receiver }) => receiver)].map((one) => one.close()))),
  };
}

async function startEndpoint(manner: Manner, host: string, trap: Receiver): Promise<Endpoint> {
  const receiver = await startReceiver(host);
  const taken = new Map<string, Set<string>>();
  const seen = new Set<string>();
  let count = 0;

  function take({ body, headers }: Received, response: ServerResponse): void {
    const { data } = JSON.parse(body) as { data: { articleId: string } };
    const ids = taken.get(data.articleId) ?? new Set();
    taken.set(data.articleId, ids.add(String(headers['webhook-id'])));
    response.writeHead(204).end();
  }

  receiver.answer = (request, response) => {
    count += 1;
    const id = String(request.headers['webhook-id']);
    const isFirst = !seen.has(id);
    seen.add(id);
    const toTrap = () => response.writeHead(307, { location: `${trap.url}/inside` }).end();
    switch (manner) {
      case 'redirects':
        return void toTrap();
      case 'redirects at first':
        return void (count <= 3 ? toTrap() : take(request, response));
      case 'hangs at first':
        return count <= 3 ? undefined : take(request, response);
      case 'slow':
        return void setTimeout(take, 300, request, response);
      case 'flaky':
        return void (isFirst && id.charCodeAt(id.length - 1) % 5 === 0
          ? response.writeHead(500).end()
          : take(request, response));
      case 'healthy':
        return take(request, response);
    }
  };
  return { manner, receiver, taken };
}
