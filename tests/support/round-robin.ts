import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hands requests to several servers in turn, as a load balancer does; to the next one where one cannot be reached. */
export async function roundRobin(urls: readonly string[]): Promise<{ url: string; close(): Promise<void> }> {
  let turn = 0;

  function pass(request: IncomingMessage, response: ServerResponse, body: Buffer, triesLeft: number): void {
    const target = new URL(request.url ?? '/', urls[(turn += 1) % urls.length]);
    const onward = send(target, { method: request.method, headers: request.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else if (triesLeft > 0) pass(request, response, body, triesLeft - 1);
      else response.writeHead(502).end();
    });
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => pass(request, response, Buffer.concat(pieces), urls.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
