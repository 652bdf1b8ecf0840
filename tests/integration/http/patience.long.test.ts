import { connect } from 'node:net';
import { listen, type Listening } from '../../../src/http/server.js';

let listening: Listening;
beforeAll(async () => {
  const app = async (request: Request) => {
    await request.text().catch(() => undefined);
    return new Response('read');
  };
  const patience = { headersMs: 1000, requestMs: 2000, lookEveryMs: 20 };
  listening = await listen(app, { host: '127.0.0.1', port: 0, patience });
});
afterAll(() => listening.close(0));

/** Everything that is answered to a client that says so much and no more, until it is cut off. */
const answerTo = (letters: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (piece) => (answer += piece.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(letters);
  });

it.each([
  ['its first line', 'GET /graph'],
  ['its headers', 'GET /graphql HTTP/1.1\r\nhost: x\r\nx-slow: '],
  ['its body', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"query":'],
])('who does not come to the end of %s is cut off', async (_what, letters) => {
  expect(await answerTo(letters)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
});

it('others are answered meanwhile', async () => {
  const slow = Array.from({ length: 50 }, () => answerTo('GET /graph'));
  const answer = await fetch(listening.url, { method: 'POST', body: 'all of it' });
  expect([answer.status, await answer.text()]).toEqual([200, 'read']);
  await Promise.all(slow);
});

it('more headers than anybody sends are not read', async () => {
  const headers = `x-long: ${'x'.repeat(20_000)}`;
  expect(await answerTo(`GET / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
});
