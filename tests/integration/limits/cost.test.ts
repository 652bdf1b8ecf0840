import { startService, type TestService } from '../../support/service.js';

const asked = { 'x-graphql-cost': '1' };
const page = '{ articles(first: 10) { nodes { id section { name } } } }';
const json = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

describe('what an operation costs', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ answers: true });
  });
  afterAll(() => service.close());

  const ask = async (query: string, headers: Record<string, string> = {}, variables = {}) => {
    const body = JSON.stringify({ query, variables });
    const response = await service.request('/graphql', { method: 'POST', headers: { ...json, ...headers }, body });
    return (await response.json()) as { data: object; extensions?: { cost?: object } };
  };

  it('is told to whoever asks for it by the header, by the size of the page', async () => {
    const byVariable = 'query ($n: Int) { articles(first: $n) { nodes { id } } }';
    expect((await ask(page, asked)).extensions).toEqual({ cost: { requested: 21, most: 10_000 } });
    expect((await ask(byVariable, asked, { n: 7 })).extensions).toEqual({ cost: { requested: 8, most: 10_000 } });
    expect((await ask(byVariable, asked, { n: 70 })).extensions).toEqual({ cost: { requested: 71, most: 10_000 } });
  });

  it('is in nobody else’s answer, whoever asked first, and is told of what is kept too', async () => {
    const query = '{ articles(first: 11) { nodes { id section { name } } } }';
    const first = await ask(query, asked);
    const [plain, again, told] = [await ask(query), await ask(query), await ask(query, asked)];
    expect([first, plain, again, told].map(({ extensions }) => extensions?.cost !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(plain.data).toEqual(first.data);
  });

  it('is told with the first part of an answer that comes in parts', async () => {
    const response = await service.request('/graphql', {
      method: 'POST',
      headers: { ...json, ...asked, accept: 'multipart/mixed' },
      body: JSON.stringify({ query: '{ publication { name ... @defer { url } } }' }),
    });
    const text = await response.text();
    expect(text.match(/"cost":/g)).toHaveLength(1);
    expect(text).toContain('"extensions":{"cost":{"requested":1,"most":10000}}');
  });
});

describe('a budget', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({
      answers: true,
      budgets: true,
      environment: { COST_LIMIT: '200', COST_PER_MINUTE: '400', TRUSTED_PROXIES: '10.0.0.1' },
    });
  });
  afterAll(() => service.close());

  const from = (peer: string, query: string, headers: Record<string, string> = {}) =>
    service.request(
      '/graphql',
      { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify({ query }) },
      peer,
    );
  /** An operation that costs 1 + `size` and that nobody has asked before. */
  let asking = 0;
  const costing = (cost: number) => `query Q${(asking += 1)} { articles(first: ${cost - 1}) { nodes { id } } }`;
  const statusesOf = async (peer: string, costs: number[], headers: Record<string, string> = {}) => {
    const statuses: number[] = [];
    for (const cost of costs) statuses.push((await from(peer, costing(cost), headers)).status);
    return statuses;
  };

  it('is each address’s own, and what is beyond it is refused by name, with what is left and when there is more', async () => {
    expect(await statusesOf('192.0.2.1', [100, 100, 100, 60])).toEqual([200, 200, 200, 200]);
    const refused = await from('192.0.2.1', costing(61));
    const { errors } = (await refused.json()) as { errors: { message: string; extensions: object }[] };
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit-policy')).toBe('"cost";q=400;w=60');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/^Operations may cost 400 a minute\. This one costs 61, and \d+ are left\./),
        extensions: { code: 'THROTTLED', limit: 'cost a minute', most: 400, sent: 61, retryAfter: expect.any(Number) },
      },
    ]);
    expect(await statusesOf('192.0.2.2', [100])).toEqual([200]);
    // Less than what is left is still answered.
    expect(await statusesOf('192.0.2.1', [2])).toEqual([200]);
  });

  it('is read of the address that a trusted proxy names, and of no other', async () => {
    const forwarded = { 'x-forwarded-for': '192.0.2.3' };
    expect(await statusesOf('10.0.0.1', [100, 100, 100, 100, 100], forwarded)).toEqual([200, 200, 200, 200, 429]);
    expect(await statusesOf('10.0.0.1', [100], { 'x-forwarded-for': '192.0.2.4' })).toEqual([200]);
    // Who is no proxy names whom it likes, and is counted itself.
    const pretending = [1, 2, 3, 4].map((n) => ({ 'x-forwarded-for': `192.0.2.1${n}` }));
    for (const headers of pretending) expect(await statusesOf('198.51.100.1', [100], headers)).toEqual([200]);
    expect(await statusesOf('198.51.100.1', [100], { 'x-forwarded-for': '192.0.2.99' })).toEqual([429]);
  });

  it('is a user’s own wherever they are, and is told by the header', async () => {
    const editor = await service.signIn('editor');
    const response = await from('192.0.2.5', costing(100), { ...editor, ...asked });
    expect(((await response.json()) as { extensions: object }).extensions).toEqual({
      cost: {
        requested: 100,
        most: 200,
        budget: { perMinute: 400, remaining: 300, resetSeconds: expect.any(Number) },
      },
    });
    expect(await statusesOf('192.0.2.6', [100, 100, 100, 100], editor)).toEqual([200, 200, 200, 429]);
    expect(await statusesOf('192.0.2.6', [100])).toEqual([200]);
  });

  it('is not spent by what is kept, and what one is refused another who asks alike is given', async () => {
    expect(await statusesOf('192.0.2.7', [100, 100, 100, 98])).toEqual([200, 200, 200, 200]);
    const same = costing(100);
    const [spent, other] = await Promise.all([from('192.0.2.7', same), from('192.0.2.8', same)]);
    expect([spent.status, other.status]).toEqual([429, 200]);
    // Now it is kept, and costs nothing.
    expect((await from('192.0.2.7', same)).status).toBe(200);
  });

  it('is not passed by many at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => from('192.0.2.9', costing(100))));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(4);
  });
});
