import { listen, type Listening } from '../../../src/http/server.js';
import type { Short } from '../../../src/http/short-way.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let listening: Listening;
const taken: boolean[] = [];
beforeAll(async () => {
  service = await startService({ environment: { CORS_ORIGINS: 'https://app.example' } });
  const { short } = service.app;
  const watched: Short = {
    takes: (request) => short.takes(request),
    async answer(request, body, peer) {
      const answer = await short.answer(request, body, peer);
      taken.push(answer !== null);
      return answer;
    },
  };
  const app = Object.assign((request: Request, peer: string | null) => service.app(request, peer), { short: watched });
  listening = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listening.close(0);
  await service.close();
});

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
});
const name = JSON.stringify({ query: '{ publication { name } }' });
const inParts = JSON.stringify({ query: '{ ... @defer { publication { name } } }' });
const variables = encodeURIComponent('{"slug":"none"}');
const bySlug = encodeURIComponent('query($slug: String!) { article(by: { slug: $slug }) { id } }');

/** What is said of the connection, and what no two answers have alike. */
const ofItsOwn = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length', 'x-request-id']);

async function shown(response: Response) {
  const said = Array.from(response.headers, ([header, value]) => [header.toLowerCase(), value] as const);
  const headers = Object.fromEntries(said.filter(([header]) => !ofItsOwn.has(header)));
  return { status: response.status, headers, body: await response.text() };
}

it.each<[string, boolean, string, RequestInit]>([
  ['a question', true, '/graphql', post(name)],
  ['from a page of elsewhere', true, '/graphql', post(name, { origin: 'https://app.example' })],
  ['in a named type', true, '/graphql', post(name, { accept: 'application/graphql-response+json' })],
  ['by one who takes parts too', true, '/graphql', post(name, { accept: 'multipart/mixed, application/json' })],
  ['by GET', true, `/graphql?query=${bySlug}&variables=${variables}`, {}],
  ['by GET, with variables that are no JSON', true, `/graphql?query=${bySlug}&variables=nonsense`, {}],
  ['by an unknown id', true, '/graphql?documentId=none', {}],
  ['that is no JSON', true, '/graphql', post('{')],
  ['that is none', true, '/graphql', post('{}')],
  ['that cannot be meant', true, '/graphql', post('{"query":"{ nothing }"}')],
  ['that fails', true, '/graphql', post('{"query":"{ node(id: \\"none\\") { id } }"}')],
  [
    'that costs too much',
    true,
    '/graphql',
    post('{"query":"{ nodes(ids: []) { ...A } } fragment A on Node { id ...A }"}'),
  ],
  ['in a form', true, '/graphql', { method: 'POST', body: new URLSearchParams({ query: '{ __typename }' }) }],
  ['with a token that is not known', true, '/graphql', post(name, { authorization: 'Bearer dlt_none' })],
  ['a mutation by GET', true, `/graphql?query=${encodeURIComponent('mutation { __typename }')}`, {}],
  [
    'a subscription, for a whole answer',
    true,
    '/graphql',
    post('{"query":"subscription { latestFeed { __typename } }"}'),
  ],
  ['in parts', false, '/graphql', post(inParts, { accept: 'multipart/mixed, application/json' })],
  ['in parts, of one who takes none', true, '/graphql', post(inParts)],
])('%s is answered over a port as by the app', async (_what, isShort, path, init) => {
  taken.length = 0;
  const overPort = await shown(await fetch(listening.url + path, init));
  expect(taken).toEqual([isShort]);
  const byApp = await shown(await service.request(path, init));
  expect(overPort).toEqual(byApp);
});

it.each<[string, string, RequestInit]>([
  ['a page', '/graphql', { headers: { accept: 'text/html' } }],
  ['a stream alone', '/graphql', post(name, { accept: 'text/event-stream' })],
  ['a method of another kind', '/graphql', { method: 'DELETE' }],
  ['another address', '/graphql/none', {}],
])('%s does not take the short way', async (_what, path, init) => {
  taken.length = 0;
  await (await fetch(listening.url + path, init)).text();
  expect(taken).toEqual([]);
});

it('a body that comes without its length is answered all the same', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(name));
      controller.close();
    },
  });
  // The types of the DOM do not know that a body that is still being made must say so.
  const init = { method: 'POST', headers: json, body, duplex: 'half' };
  const response = await fetch(`${listening.url}/graphql`, init);
  expect(await response.json()).toEqual({ data: { publication: { name: 'The Test' } } });
});
