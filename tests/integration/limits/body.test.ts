import { connect } from 'node:net';
import { listen, type Listening } from '../../../src/http/server.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let listening: Listening;
beforeAll(async () => {
  service = await startService();
  listening = await listen(service.app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listening.close(0);
  await service.close();
});

/** What is answered over a port to a request of these letters, up to the end of its text. */
const answerTo = (letters: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
    let answer = '';
    socket.on('error', reject);
    socket.on('end', () => reject(new Error(`cut off after ${answer}`)));
    socket.on('data', (piece) => {
      answer += piece.toString();
      if (!/\r\n\r\n.*[\n}]/s.test(answer)) return;
      resolve(answer);
      socket.destroy();
    });
    socket.write(letters);
  });
const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

it('of more than 1 MB is refused by its length, before any of it has come', async () => {
  const answer = await answerTo(`${head}content-length: 30000000\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toContain('The limit of a request’s body is 1000000 bytes, and this has 30000000.');
});

it('that does not say how long it is is read no further than that', async () => {
  const chunk = `${(60_000).toString(16)}\r\n${' '.repeat(60_000)}\r\n`;
  const answer = await answerTo(`${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(20)}`);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toContain('1000000 bytes, and this has more.');
});

it('in pieces is read whole where it is small', async () => {
  const body = '{"query":"{ publication { name } }"}';
  const pieces = [body.slice(0, 9), body.slice(9)].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  const answer = await answerTo(`${head}transfer-encoding: chunked\r\n\r\n${pieces.join('')}0\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toContain('"name":"The Test"');
});

it('with several operations is refused: each is a request of its own', async () => {
  const one = { query: '{ publication { name } }' };
  for (const batch of [[], [one], [one, one]]) {
    const response = await service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
    expect([batch.length, response.status]).toEqual([batch.length, 400]);
    expect(await response.json()).toEqual({ errors: [expect.objectContaining({ message: expect.any(String) })] });
  }
});
