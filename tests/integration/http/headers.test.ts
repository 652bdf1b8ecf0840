import { startService, type TestService } from '../../support/service.js';

const allowed = 'https://app.example';
const json = { 'content-type': 'application/json' };
const question = JSON.stringify({ query: '{ publication { name } }' });

let service: TestService;
let closed: TestService;
let open: TestService;
beforeAll(async () => {
  service = await startService({ answers: true, environment: { CORS_ORIGINS: `${allowed}, https://m.example:8443` } });
  closed = await startService({ beside: service });
  open = await startService({ beside: service, environment: { CORS_ORIGINS: '*' } });
});
afterAll(async () => {
  await closed.close();
  await open.close();
  await service.close();
});

const ask = (of: TestService, headers: Record<string, string> = {}) =>
  of.request('/graphql', { method: 'POST', headers: { ...json, ...headers }, body: question });
const preflight = (of: TestService, origin: string, path = '/graphql') =>
  of.request(path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });

describe.each([
  ['/graphql?query=%7Bpublication%7Bname%7D%7D', 200],
  ['/graphql?documentId=none', 404],
  ['/feeds/latest.rss', 200],
  ['/feeds/partner.json', 401],
  ['/sitemap.xml', 200],
  ['/schema.graphql', 200],
  ['/healthz', 200],
  ['/metrics', 200],
  ['/', 200],
  ['/search?q=x', 200],
  ['/no/such/page/', 404],
  ['/graphql/assets/none.js', 404],
])('the answer at %s', (path, status) => {
  it(`is ${status}, says what it is, and stands in no frame`, async () => {
    const response = await service.request(path);
    expect(response.status).toBe(status);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': expect.stringMatching(/^(no-referrer|strict-origin-when-cross-origin)$/),
    });
    const isFile = path.startsWith('/graphql/assets/');
    if (!isFile) expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('a page of another origin', () => {
  it('that is allowed reads answers, kept ones too, and never with credentials', async () => {
    for (const response of [await ask(service, { origin: allowed }), await ask(service, { origin: allowed })]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding, Authorization, Origin');
    }
    const feed = await service.request('/feeds/latest.json', { headers: { origin: 'https://m.example:8443' } });
    expect(feed.headers.get('access-control-allow-origin')).toBe('https://m.example:8443');
  });

  it('that is allowed may send what clients send', async () => {
    const response = await preflight(service, allowed);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Content-Type/);
  });

  it.each(['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example', ''])(
    '“%s” is told nothing',
    async (origin) => {
      for (const of of [service, closed]) {
        for (const response of [await ask(of, { origin }), await preflight(of, origin)]) {
          expect(response.headers.get('access-control-allow-origin')).toBeNull();
        }
      }
    },
  );

  it('reads answers wherever it is from where all may, but no page for readers', async () => {
    expect((await ask(open, { origin: 'https://any.example' })).headers.get('access-control-allow-origin')).toBe('*');
    const page = await open.request('/', { headers: { origin: 'https://any.example' } });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'cannot have a form or a simple request of it (%s) run as an operation',
    async (type) => {
      const response = await service.request('/graphql', {
        method: 'POST',
        headers: type === '' ? {} : { 'content-type': type },
        body: new TextEncoder().encode(question),
      });
      expect(response.status).toBe(415);
    },
  );
});
