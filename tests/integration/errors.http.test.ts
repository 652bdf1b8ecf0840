import { pino } from 'pino';
import { type App, makeApp } from '../../src/app.js';
import { globalId } from '../../src/graphql/builder.js';
import { codesOf, nobody, oneOfEach } from '../support/one-of-each.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await oneOfEach(service);
});
afterAll(() => service.close());

describe('over HTTP', () => {
  const body = JSON.stringify({ query: '{ publication { name } }' });
  const send = (type: string | null, text: string | FormData = body) =>
    service.request('/graphql', {
      method: 'POST',
      body: text,
      headers: { ...(type === null ? {} : { 'content-type': type }), accept: 'application/json' },
    });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    '',
  ])('a body of type “%s” is 415, and is not run', async (type) => {
    service.statements();
    const response = await send(type, type.includes('urlencoded') ? 'query=%7Bpublication%7Bname%7D%7D' : body);
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-post')).toBe('application/json');
    expect(service.statements()).toEqual([]);
  });

  it('a body without a type is 415', async () => {
    const request = new Request(new URL('/graphql', service.site.url), {
      method: 'POST',
      body: new TextEncoder().encode(body),
    });
    expect(request.headers.get('content-type')).toBeNull();
    expect((await service.app(request)).status).toBe(415);
  });

  it('JSON is read whatever the case of its type and with a charset', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON'])
      expect((await send(type)).status).toBe(200);
  });

  it('a mutation by GET is 405 and says how it may be sent', async () => {
    const response = await service.request(`/graphql?query=${encodeURIComponent('mutation { __typename }')}`, {
      headers: { accept: 'application/json' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it.each(['[', '{ a', '{a(b:[', 'query($a:[[[[['])(
    '“%s” repeated 20,000 times is 400, never a fault',
    async (part) => {
      const answer = await service.query(part.repeat(20_000));
      expect(answer.status).toBe(400);
      expect(answer.errors).toHaveLength(1);
      expect(codesOf(answer)).not.toContain('INTERNAL_SERVER_ERROR');
    },
  );

  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '{',
    '{"query":1}',
    '{"query":"{__typename}","variables":[]}',
    '{"query":"{__typename}","operationName":5}',
  ])('the body %s is 400', async (text) => {
    const response = await send('application/json', text);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });
});

describe('a fault', () => {
  const secret = 'relation "article" of host db-7 is on fire';
  let clock: () => Date;
  let app: App;
  beforeAll(() => {
    app = makeApp(
      {
        db: { ...service.db, read: () => Promise.reject(new Error(secret)) },
        site: service.site,
        outgoing: service.outgoing,
        log: pino({ level: 'silent' }),
        clock: () => clock(),
      },
      { deskFolder: '/nowhere' },
    );
  });
  beforeEach(() => {
    clock = () => aMoment;
  });
  const ask = (query: string, requestId: string) =>
    app(
      new Request('https://news.example/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          'x-request-id': requestId,
        },
        body: JSON.stringify({ query }),
      }),
    );

  it.each([
    ['{ articles { nodes { id } } }', 'articles'],
    ['{ article(by: { slug: "one" }) { id } }', 'article'],
    ['{ sections { id } }', 'sections'],
    ['{ resolvePath(path: "/x/") { __typename } }', 'resolvePath'],
    [`{ node(id: "${globalId('Tag', nobody)}") { id } }`, 'node'],
  ])(
    'in %s is masked: the answer names the place and a request id, and nothing of what went wrong',
    async (query, place) => {
      const response = await ask(query, 'test-request.1');
      const text = await response.text();
      expect(response.headers.get('x-request-id')).toBe('test-request.1');
      expect(text).not.toMatch(/fire|relation|db-7|stack|\.ts/);
      expect(JSON.parse(text)).toMatchObject({
        errors: [
          {
            message: 'Unexpected error.',
            path: [place],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'test-request.1' },
          },
        ],
      });
    },
  );

  it.each(['', 'with space', 'x'.repeat(65), '<script>'])(
    'gets a request id of its own where the client’s is “%s”',
    async (given) => {
      const response = await ask('{ sections { id } }', given);
      const requestId = response.headers.get('x-request-id') ?? '';
      expect(requestId).toMatch(/^[\da-f]{32}$/);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId } }] });
    },
  );

  it('before anything is run is a masked 500 with the request id', async () => {
    clock = () => {
      throw new Error(secret);
    };
    const response = await ask('{ __typename }', 'test-request.2');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('fire');
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ message: 'Unexpected error.', extensions: { requestId: 'test-request.2' } }],
    });
  });
});
