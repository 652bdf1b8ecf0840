import { serverAudits } from 'graphql-http';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** The audits' own fetch: the service as a function, no port between. */
const fetchFn = (url: string, init?: RequestInit) => service.app(new Request(url, init));
const audits = serverAudits({ url: 'https://news.example/graphql', fetchFn });

it('the audits are those of the whole specification', () => {
  expect(audits.length).toBeGreaterThanOrEqual(61);
});

it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
  const result = await audit.fn();
  expect({ status: result.status, reason: result.status === 'ok' ? '' : result.reason }).toEqual({
    status: 'ok',
    reason: '',
  });
});

describe('where the draft has moved on', () => {
  const send = (query: string) =>
    service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query }),
    });

  it.each([
    '{ nothingOfTheKind }',
    '{ article(by: { slug: 5 }) { id } }',
    'query A { __typename } query B { __typename }',
    'query ($a: Int!) { __typename }',
  ])('what cannot be run is 400: %s', async (query) => {
    const response = await send(query);
    expect(response.status).toBe(400);
    expect(await response.json()).not.toHaveProperty('data');
  });

  it('data with errors is 200', async () => {
    const response = await send('{ publication { name } article(by: { id: "x" }) { id } }');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      data: { publication: {}, article: null },
      errors: [{ path: ['article'] }],
    });
  });

  it.each([
    ['application/json;q=0.5, application/graphql-response+json;q=0.9', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, application/json', 'application/json'],
    ['text/html;q=0.2, application/json;q=0.1', 'application/json'],
    ['*/*', 'application/json'],
  ])('Accept: %s is answered as %s', async (accept, type) => {
    const response = await service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: '{"query":"{ __typename }"}',
    });
    expect(response.headers.get('content-type')).toContain(type);
  });
});
