import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** In ms, as `performance.now()` has it. */
  at: number;
}

/** Somebody else's server on this machine: what it was sent, and what it answers. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How the next requests are answered: 204 until told otherwise. */
  answer: (request: Received, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startReceiver(host = '127.0.0.1'): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const whole = { method, path: url, headers, body: Buffer.concat(chunks).toString(), at: performance.now() };
      received.push(whole);
      receiver.answer(whole, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, host, listening));
  const receiver: Receiver = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    received,
    answer: (_request, response) => void response.writeHead(204).end(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
