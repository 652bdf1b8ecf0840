import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress, type MayReach } from '../../../src/outgoing/addresses.js';
import { type LookUp, NoAnswer, openOutgoing, type OutgoingOptions } from '../../../src/outgoing/ask.js';

/** Names as the test has them, and which were looked up. */
function namesOf(names: Record<string, string[] | (() => string[])>) {
  const asked: string[] = [];
  const lookup: LookUp = (name, _options, tell) => {
    asked.push(name);
    const known = names[name];
    if (!known) return tell(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
    const addresses = typeof known === 'function' ? known() : known;
    return tell(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked };
}

const opened: { close(): unknown }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

function outgoing(options: Partial<OutgoingOptions>) {
  const made = openOutgoing({ mayReach: isPublicAddress, ...options });
  opened.push(made);
  return made;
}

/** A server on this machine, its requests, and its port. */
async function aServer(answer: RequestListener, host = '127.0.0.1') {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, host, listening));
  opened.push({ close: () => (server.closeAllConnections(), server.close()) });
  return { port: (server.address() as AddressInfo).port, requests };
}

/** This machine is public here under one of its addresses, and inside under the others. */
const onlyTwo: MayReach = (address) => address === '127.0.0.2';

it('sends nothing to a name that leads inside, whatever else it leads to', async () => {
  const { port, requests } = await aServer((_request, response) => response.end());
  const { lookup } = namesOf({ 'inside.example': ['127.0.0.1'], 'both.example': ['93.184.216.34', '127.0.0.1'] });
  const { ask } = outgoing({ lookup });
  for (const name of ['inside.example', 'both.example']) {
    const asking = ask(new URL(`http://${name}:${port}/`));
    await expect(asking).rejects.toThrow(`${name}:${port} is not on the public internet.`);
    await expect(asking).rejects.toMatchObject({ isRefused: true });
  }
  expect(requests).toEqual([]);
});

it('looks at the addresses of each connection anew, so that a name cannot be led elsewhere in between', async () => {
  const { port, requests } = await aServer(
    (_request, response) => response.setHeader('connection', 'close').end('here'),
    '127.0.0.2',
  );
  const answers = [['127.0.0.2'], ['127.0.0.1']];
  const { lookup, asked } = namesOf({ 'rebinding.example': () => answers[asked.length - 1]! });
  const { ask } = outgoing({ lookup, mayReach: onlyTwo });
  const url = new URL(`http://rebinding.example:${port}/`);
  expect(await (await ask(url)).text()).toBe('here');
  await expect(ask(url)).rejects.toThrow('is not on the public internet');
  expect(requests).toHaveLength(1);
});

describe('a redirect', () => {
  it.each(['http://127.0.0.1:PORT/', 'http://inside.example:PORT/', 'http://[::1]:PORT/', 'file:///etc/passwd'])(
    'to %s is not followed',
    async (target) => {
      const trap = await aServer((_request, response) => response.end('secret'));
      const location = target.replace('PORT', String(trap.port));
      const { port } = await aServer((_request, response) => response.writeHead(302, { location }).end(), '127.0.0.2');
      const { lookup } = namesOf({ 'outside.example': ['127.0.0.2'], 'inside.example': ['127.0.0.1'] });
      const { ask } = outgoing({ lookup, mayReach: onlyTwo });
      await expect(ask(new URL(`http://outside.example:${port}/`), { mostRedirects: 5 })).rejects.toBeInstanceOf(
        NoAnswer,
      );
      expect(trap.requests).toEqual([]);
    },
  );

  const chain: RequestListener = ({ url }, response) => {
    const [, status, rest] = /^\/(\d+)(.*)$/.exec(url ?? '') ?? [];
    if (status) response.writeHead(Number(status), { location: rest || '/end' }).end();
    else response.end('the end');
  };

  it('is followed as often as allowed, and the last that is for ever is told', async () => {
    const { port, requests } = await aServer(chain);
    const { ask } = outgoing({ mayReach: () => true });
    const start = new URL(`http://127.0.0.1:${port}/301/308/302/301/end`);
    const answered = await ask(start, { mostRedirects: 4 });
    expect(await answered.text()).toBe('the end');
    expect([answered.url.pathname, answered.lastingUrl.pathname]).toEqual(['/end', '/302/301/end']);
    expect(requests).toHaveLength(5);
    await expect(ask(start, { mostRedirects: 3 })).rejects.toThrow('redirects more than 3 times');
  });

  it('is an answer like any other where none may be followed, and always of a POST', async () => {
    const { port } = await aServer(chain);
    const { ask } = outgoing({ mayReach: () => true });
    const url = new URL(`http://127.0.0.1:${port}/307/end`);
    expect((await ask(url)).status).toBe(307);
    expect((await ask(url, { method: 'POST', body: 'x', mostRedirects: 5 })).status).toBe(307);
  });
});

describe('an answer', () => {
  it('breaks off where it is longer than allowed, though it never ends', async () => {
    const { port } = await aServer((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const { ask } = outgoing({ mayReach: () => true });
    const answered = await ask(new URL(`http://127.0.0.1:${port}/`), { mostBytes: 5000 });
    await expect(answered.text()).rejects.toThrow('answers with more than 5000 bytes');
  });

  it('that does not come, or not to its end, is given up', async () => {
    const { port } = await aServer(({ url }, response) => {
      if (url === '/half') response.write('half');
    });
    const { ask } = outgoing({ mayReach: () => true });
    const late = `did not answer within 200 ms`;
    await expect(ask(new URL(`http://127.0.0.1:${port}/`), { withinMs: 200 })).rejects.toThrow(late);
    const half = await ask(new URL(`http://127.0.0.1:${port}/half`), { withinMs: 200 });
    await expect(half.text()).rejects.toThrow(late);
  });

  it('that is refused or broken off is told in words', async () => {
    const { port } = await aServer((request) => request.socket.destroy());
    const { lookup } = namesOf({});
    const { ask } = outgoing({ mayReach: () => true, lookup });
    await expect(ask(new URL(`http://127.0.0.1:${port}/`))).rejects.toThrow('broke the connection off');
    await expect(ask(new URL('http://127.0.0.1:1024/'))).rejects.toThrow('takes no connections');
    await expect(ask(new URL('http://nobody.example/'))).rejects.toThrow('has a name that nobody knows');
  });
});
