import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServerAdapter } from '@whatwg-node/server';

export interface Listening {
  readonly url: string;
  /** Stops taking requests, lets those under way end, and gives up on them after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** The address cannot be listened on, and the message says why and what to do. */
export class CannotListen extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotListen';
  }
}

const reasons: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is taken by another process. Stop it, or choose another with PORT.`,
  EACCES: (_host, port) => `This user may not listen on port ${port}. Choose one above 1023 with PORT.`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.`,
};

export function listen(
  app: (request: Request) => Promise<Response>,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createServer(createServerAdapter(app));
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[error.code ?? ''];
      reject(reason ? new CannotListen(reason(host, port)) : error);
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve({
        url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
        close: (graceMs = 10_000) =>
          new Promise((closed) => {
            const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
            server.close(() => {
              clearTimeout(deadline);
              closed();
            });
            server.closeIdleConnections();
          }),
      });
    });
  });
}
