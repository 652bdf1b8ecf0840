import { Agent, get } from 'node:http';
import { makeApp } from '../../../src/app.js';
import { listen } from '../../../src/http/server.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

interface Answered {
  status: number | undefined;
  connection: string | undefined;
  isReused: boolean;
}

const ask = (agent: Agent, url: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sent = get(url, { agent }, (answer) => {
      const { statusCode: status, headers } = answer;
      answer
        .resume()
        .once('end', () => resolve({ status, connection: headers.connection, isReused: sent.reusedSocket }));
    });
    sent.once('error', reject);
  });

it('a service that is told to stop says so, ends each connection with its next answer, and answers until it closes', async () => {
  let isStopping = false;
  const { db, site, outgoing } = service;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const app = makeApp(
    { db, site, outgoing, log: log as never, clock: () => service.now },
    { deskFolder: new URL('../../../dist/desk', import.meta.url).pathname, isStopping: () => isStopping },
  );
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const [ready, alive] = [`${listening.url}/readyz`, `${listening.url}/healthz`];
    const stays = `${ready}?exclude=database`;
    expect(await ask(agent, stays)).toMatchObject({ status: 200, connection: 'keep-alive' });
    expect(await ask(agent, ready)).toEqual({ status: 200, connection: 'keep-alive', isReused: true });
    expect(await ask(agent, ready)).toEqual({ status: 200, connection: 'keep-alive', isReused: true });
    isStopping = true;
    listening.drain();
    expect(await ask(agent, ready)).toEqual({ status: 503, connection: 'close', isReused: true });
    expect(await ask(agent, alive)).toEqual({ status: 200, connection: 'close', isReused: false });
    expect(await ask(agent, stays)).toEqual({ status: 503, connection: 'close', isReused: false });
    await listening.close();
    await expect(ask(agent, alive)).rejects.toThrow('ECONNREFUSED');
  } finally {
    agent.destroy();
    await listening.close().catch(() => undefined);
  }
});
