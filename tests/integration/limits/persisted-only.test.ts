import { hashOf, readKnownDocuments } from '../../../src/graphql/documents.js';
import { aPartner } from '../../support/partners.js';
import { startService, type TestService } from '../../support/service.js';

const known = 'query Names { publication { name } }';
const other = '{ publication { url } }';

let service: TestService;
beforeAll(async () => {
  const documents = new Map([...(await readKnownDocuments()), [hashOf(known), known]]);
  service = await startService({ answers: true, documents, environment: { PERSISTED_ONLY: '1' } });
});
afterAll(() => service.close());

const post = async (body: object, headers: Record<string, string> = {}) => {
  const response = await service.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    ...((await response.json()) as { data?: object; errors?: { extensions: object }[] }),
  };
};
const get = (parameters: Record<string, string>) =>
  service.request(`/graphql?${new URLSearchParams(parameters)}`, { headers: { accept: 'application/json' } });
const persisted = (query: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(query) } } });

const answered = { status: 200, data: { publication: { name: 'The Test' } } };

describe('without a token or a key', () => {
  it.each([
    ['by its id', { documentId: hashOf(known) }],
    ['word for word', { query: known }],
    ['by its hash alone', persisted(known)],
  ])('a known document is answered %s', async (_how, body) => {
    expect(await post(body)).toEqual(answered);
  });

  it.each([
    ['a document', { query: other }],
    ['one that is known but for a space', { query: `${known} ` }],
    ['one with its hash', { query: other, ...persisted(other) }],
    ['an introspection', { query: '{ __schema { types { name } } }' }],
    ['a subscription', { query: 'subscription { latestFeed { cursor } }' }],
    ['a mutation', { query: 'mutation { recordView(input: { article: "x" }) { __typename } }' }],
  ])('%s is refused, kept or not', async (_what, body) => {
    for (let time = 0; time < 2; time += 1) {
      const { status, data, errors } = await post(body);
      expect([status, data, errors?.map(({ extensions }) => extensions)]).toEqual([
        403,
        undefined,
        [{ code: 'PERSISTED_DOCUMENT_ONLY' }],
      ]);
    }
    expect((await get({ query: other })).status).toBe(403);
    expect((await get({ documentId: hashOf(known) })).status).toBe(200);
  });

  it('what an editor sent by hash is no more answered for that', async () => {
    const editor = await service.signIn('editor');
    expect((await post({ query: other, ...persisted(other) }, editor)).status).toBe(200);
    expect((await post(persisted(other), editor)).status).toBe(200);
    expect((await post(persisted(other))).status).toBe(403);
  });

  it('the pages of the paper are what they were', async () => {
    expect((await service.request('/', { headers: { accept: 'text/html' } })).status).toBe(200);
  });
});

it('a member of the newsroom and a partner send documents of their own', async () => {
  const { headers } = await aPartner(service, 'riac');
  expect((await post({ query: other }, await service.signIn('contributor'))).status).toBe(200);
  expect((await post({ query: other }, headers)).status).toBe(200);
});
