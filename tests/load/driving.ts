import { Agent, request } from 'node:http';
import { quantiles } from '../../src/cli/bench/reading.js';

/** One request, ready to be sent. */
export interface Shot {
  path: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/** One answer: when its request was sent, in ms since the beginning, how long it took, and what it was. */
export interface Hit {
  at: number;
  ms: number;
  status: number;
  retryAfter: string | undefined;
}

export interface Driver {
  /** Sends as soon as the one before is answered, so many at a time, for so long. */
  closed(atOnce: number, seconds: number): Promise<Hit[]>;
  /** Sends so many a second whether they are answered or not, as readers do, for so long. */
  open(perSecond: number, seconds: number): Promise<Hit[]>;
  close(): void;
}

/** Asks `url` for `next()` again and again. A connection that fails is status 0. */
export function drive(url: string, next: () => Shot): Driver {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const { hostname, port } = new URL(url);

  const shoot = (began: number, shot = next(), sent = performance.now()): Promise<Hit> =>
    new Promise((resolve) => {
      const { path, method = 'POST', headers = {}, body } = shot;
      const done = (status: number, retryAfter?: string) =>
        resolve({ at: sent - began, ms: performance.now() - sent, status, retryAfter });
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { agent, hostname, port, path, method, headers: { ...headers, ...length } };
      const outgoing = request(options, (response) => {
        response.on('end', () => done(response.statusCode ?? 0, response.headers['retry-after']));
        response.on('error', () => done(0));
        response.resume();
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A server may end an idle connection at the moment it is used again: then it is asked on another.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(shoot(began, shot, sent));
        else done(0);
      });
      outgoing.end(body);
    });

  return {
    async closed(atOnce, seconds) {
      const hits: Hit[] = [];
      const began = performance.now();
      const on = async () => {
        while (performance.now() - began < seconds * 1000) hits.push(await shoot(began));
      };
      await Promise.all(Array.from({ length: atOnce }, on));
      return hits;
    },
    async open(perSecond, seconds) {
      const hits: Promise<Hit>[] = [];
      const began = performance.now();
      await new Promise<void>((resolve) => {
        const tick = setInterval(() => {
          const passed = Math.min(performance.now() - began, seconds * 1000);
          while (hits.length < (passed / 1000) * perSecond) hits.push(shoot(began));
          if (passed < seconds * 1000) return;
          clearInterval(tick);
          resolve();
        }, 5);
      });
      return Promise.all(hits);
    },
    close: () => agent.destroy(),
  };
}

export const isGood = ({ status }: Hit): boolean => status === 200;

/** Good answers a second, by when they came. */
export const goodput = (hits: readonly Hit[], fromMs: number, toMs: number): number =>
  hits.filter((hit) => isGood(hit) && hit.at + hit.ms >= fromMs && hit.at + hit.ms < toMs).length /
  ((toMs - fromMs) / 1000);

/** What came back, for people. */
export function told(name: string, hits: readonly Hit[], seconds: number): string {
  const statuses = new Map<number, number>();
  for (const { status } of hits) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const { median, p95, p99 } = quantiles(hits.filter(isGood).map(({ ms }) => ms));
  const refused = quantiles(hits.filter(({ status }) => status === 503).map(({ ms }) => ms));
  return (
    `${name.padEnd(22)} ${(hits.length / seconds).toFixed(0).padStart(5)} asked a second, ${goodput(
      hits,
      0,
      seconds * 1000,
    )
      .toFixed(0)
      .padStart(5)} answered; ` +
    `median ${median.toFixed(0)} ms, 95 % within ${p95.toFixed(0)}, 99 % within ${p99.toFixed(0)}; ` +
    `${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}` +
    `${statuses.has(503) ? ` (503 after ${refused.median.toFixed(0)} ms, 99 % within ${refused.p99.toFixed(0)})` : ''}`
  );
}
