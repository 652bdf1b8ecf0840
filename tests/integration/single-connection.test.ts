import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { mutate } from '../support/mutation.js';
import { aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';
import { Stream } from '../support/stream.js';

// The single connection mode of the graphql-sse protocol: one stream for all that a client follows.

let service: TestService;
let editor: { authorization: string };
const streams: Stream[] = [];

const FOLLOW = 'subscription ($sections: [String!]) { latestFeed(sections: $sections) { kind path cursor } }';

beforeAll(async () => {
  service = await startService({ answers: true });
  service.now = new Date();
  await service.load([aSection(), aSection({ slug: 'asia', name: 'Asia' })]);
  editor = await service.signIn('editor');
});
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close();
});
afterAll(() => service.close());

const withToken = (token: string) => ({ 'x-graphql-event-stream-token': token });

async function reserve(): Promise<string> {
  const response = await service.request('/graphql', { method: 'PUT' });
  expect(response.status).toBe(201);
  return response.text();
}

async function open(token: string): Promise<Stream> {
  const response = await service.request('/graphql', { headers: { accept: 'text/event-stream', ...withToken(token) } });
  const stream = new Stream(response);
  streams.push(stream);
  return stream;
}

const ask = (
  token: string,
  operationId: unknown,
  { query = FOLLOW, variables = {}, headers = {} }: { query?: string; variables?: object; headers?: object } = {},
) =>
  service.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...withToken(token), ...headers },
    body: JSON.stringify({ query, variables, extensions: { operationId } }),
  });

const done = (mutation: string, input: object) =>
  mutate(service, mutation, input, 'article { id path revision }', editor);

let pieces = 0;
async function publish(section = 'world'): Promise<string> {
  const headline = `Piece ${(pieces += 1)}`;
  const { article } = await done('createArticle', { headline, section, body: { html: '<p>Text.</p>' } });
  await done('submitArticle', { id: article.id, expectedRevision: article.revision });
  return (await done('publishArticle', { id: article.id, expectedRevision: article.revision })).article.path;
}

const told = ({ sent }: Stream) =>
  sent.map(({ event, data }) => [event, data.id, data.payload?.data?.latestFeed?.path ?? data.payload ?? null]);

it('carries several operations in one stream, each under its own id, until it is ended', async () => {
  const token = await reserve();
  const stream = await open(token);
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
  expect((await ask(token, 'all')).status).toBe(202);
  expect((await ask(token, 'asia', { variables: { sections: ['asia'] } })).status).toBe(202);
  const first = await publish('world');
  await stream.until(({ sent }) => sent.length === 1);
  const second = await publish('asia');
  await stream.until(({ sent }) => sent.length === 3);
  expect(told(stream)[0]).toEqual(['next', 'all', first]);
  expect(told(stream).slice(1)).toEqual(
    expect.arrayContaining([
      ['next', 'all', second],
      ['next', 'asia', second],
    ]),
  );
  const ended = await service.request('/graphql?operationId=all', { method: 'DELETE', headers: withToken(token) });
  expect(ended.status).toBe(200);
  const third = await publish('asia');
  await stream.until(({ sent }) => sent.length === 4);
  await pause(50);
  expect(told(stream).slice(3)).toEqual([['next', 'asia', third]]);
});

it('carries queries and mutations too, each as whoever sends it', async () => {
  const token = await reserve();
  await ask(token, 'mine', { query: '{ viewer { role } }', headers: editor });
  await ask(token, 'nobody', { query: '{ viewer { role } }' });
  const stream = await open(token);
  await stream.until(({ sent }) => sent.length === 4);
  expect(told(stream)).toEqual([
    ['next', 'mine', { data: { viewer: { role: 'EDITOR' } } }],
    ['complete', 'mine', null],
    ['next', 'nobody', { data: { viewer: null } }],
    ['complete', 'nobody', null],
  ]);
});

it('refuses in the answer what cannot be executed, and lets the id be used again', async () => {
  const token = await reserve();
  const stream = await open(token);
  const json = { accept: 'application/graphql-response+json' };
  for (const query of ['{ nothing }', '{', 'subscription { latestFeed { nothing } }']) {
    expect((await ask(token, 'one', { query, headers: json })).status).toBe(400);
  }
  expect((await ask(token, 'one', { query: '{ publication { name } }' })).status).toBe(202);
  await stream.until(({ sent }) => sent.length === 2);
  expect(told(stream)[0]).toEqual(['next', 'one', { data: { publication: { name: 'The Test' } } }]);
});

it.each([undefined, '', 7])('asks for an id where it is %j', async (id) => {
  const response = await ask(await reserve(), id, { headers: { accept: 'application/graphql-response+json' } });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/extensions\.operationId/);
});

it('lets one stream have it, and one operation an id', async () => {
  const token = await reserve();
  await open(token);
  const again = await service.request('/graphql', { headers: { accept: 'text/event-stream', ...withToken(token) } });
  expect(again.status).toBe(409);
  expect((await ask(token, 'one')).status).toBe(202);
  const twice = await ask(token, 'one', { headers: { accept: 'application/graphql-response+json' } });
  expect(twice.status).toBe(409);
});

it('carries a hundred operations at most', async () => {
  const token = await reserve();
  await open(token);
  for (let count = 0; count < 100; count += 1) expect((await ask(token, `${count}`)).status).toBe(202);
  const headers = { accept: 'application/graphql-response+json' };
  expect((await ask(token, 'one more', { headers })).status).toBe(400);
});

it.each([
  ['GET', '/graphql?token=nothing'],
  ['POST', '/graphql?token=nothing'],
  ['DELETE', '/graphql?token=nothing&operationId=1'],
])('%s with a token that nobody was given is 404', async (method, path) =>
  expect((await service.request(path, { method })).status).toBe(404),
);

it('is over when its client leaves: nobody is told any more, and its token is nothing', async () => {
  const token = await reserve();
  const stream = await open(token);
  await ask(token, 'one');
  const followers = async () =>
    Number(/^dateline_followers (\d+)/m.exec(await (await service.request('/metrics')).text())?.[1]);
  const others = await followers();
  await ask(token, 'two');
  expect(await followers()).toBe(others + 1);
  await stream.close();
  await pause(20);
  expect(await followers()).toBe(others - 1);
  expect((await ask(token, 'three')).status).toBe(404);
});

it('is what the protocol’s own client speaks', async () => {
  const client = createClient({
    url: 'https://news.example/graphql',
    singleConnection: true,
    lazy: true,
    retryAttempts: 0,
    fetchFn: (url: string, init: RequestInit) => service.request(url, init),
  });
  const paths: string[] = [];
  const following = (async () => {
    for await (const { data } of client.iterate<{ latestFeed: { path: string } }>({ query: FOLLOW })) {
      paths.push(data!.latestFeed.path);
      if (paths.length === 2) break;
    }
  })();
  await pause(200);
  const published = [await publish(), await publish()];
  await following;
  expect(paths).toEqual(published);
  client.dispose();
});
