import { gzipSync } from 'node:zlib';
import { anArticle, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService({ answers: true });
  await service.load([aSection(), anArticle({ slug: 'one' })]);
});
afterAll(() => service.close());

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  service.request('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_each, n) => part(n)).join(' ');

/** What a clean refusal is: said soon, in few words, and by somebody who is still there. */
async function expectRefusal(answering: Promise<Response>, statuses: readonly number[]): Promise<void> {
  const began = performance.now();
  const response = await answering;
  const text = await response.text();
  expect([response.status, statuses.includes(response.status)]).toEqual([response.status, true]);
  expect(text.length).toBeLessThan(64 * 1024);
  expect(text).not.toMatch(/node_modules|\bat .*:\d+:\d+|INTERNAL_SERVER_ERROR/);
  expect(performance.now() - began).toBeLessThan(5000);
  expect((await post('{"query":"{ __typename }"}')).status).toBe(200);
}

describe('a document', () => {
  it.each([
    [
      'of fragments in a circle',
      '{ articles { nodes { ...A } } } fragment A on Article { ...B } fragment B on Article { ...A }',
    ],
    ['of a fragment in itself', '{ articles { nodes { ...A } } } fragment A on Article { next { ...A } }'],
    ['of 3,000 fragments', `{ ...F0 } ${times(3000, (n) => `fragment F${n} on Query { __typename }`)}`],
    ['of 2,000 operations', times(2000, (n) => `query Q${n} { __typename }`)],
    ['of 5,000 directives that there are not', `{ __typename ${times(5000, (n) => `@d${n}`)} }`],
    ['of 20,000 fields alike', `{ ${times(20_000, () => '__typename')} }`],
    ['of 1,000 aliases', `{ ${times(1000, (n) => `a${n}: __typename`)} }`],
    [
      'that asks for 100 by 100 by 100 by 100',
      `{ articles(first: 100) { nodes { a: related(first: 100) { b: related(first: 100) { c: related(first: 100) { id } } } } } }`,
    ],
    [
      'that grows twofold 28 times',
      `{ articles(first: 1) { nodes { ...F0 } } } ${times(28, (n) => `fragment F${n} on Article { a: next { ...F${n + 1} } b: previous { ...F${n + 1} } }`)} fragment F28 on Article { id }`,
    ],
  ])('%s is refused', (_what, query) =>
    expectRefusal(post(JSON.stringify({ query }), { accept: 'application/graphql-response+json' }), [400]),
  );

  it('that asks for 100 by 100 by 100 by a variable is refused like one by numbers', () =>
    expectRefusal(
      post(
        JSON.stringify({
          query:
            'query ($n: Int) { articles(first: $n) { nodes { a: related(first: $n) { b: related(first: $n) { id } } } } }',
          variables: { n: 100 },
        }),
      ),
      [400],
    ));
});

describe('a body', () => {
  it.each([
    [
      'that is packed, and would be 100 MB',
      gzipSync(Buffer.alloc(100_000_000, ' ')),
      { 'content-encoding': 'gzip' },
      [400, 413, 415],
    ],
    [
      'that is packed, and is an operation',
      gzipSync('{"query":"{ __typename }"}'),
      { 'content-encoding': 'gzip' },
      [400, 415],
    ],
    ['of 2 MB', Buffer.alloc(2_000_000, ' '), {}, [413]],
    ['of bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0xc3, 0x28]), {}, [400]],
    ['of zeros', Buffer.alloc(1000), {}, [400]],
  ] as [string, Buffer, Record<string, string>, number[]][])('%s is refused', (_what, body, headers, statuses) =>
    expectRefusal(post(new Uint8Array(body), headers), statuses),
  );

  it('with bytes in a text that are no UTF-8 is read as if they were any other letters', async () => {
    const [before, after] = ['{"query":"{ article(by: { slug: \\"', '\\" }) { id } }"}'].map((part) =>
      Buffer.from(part),
    );
    const response = await post(new Uint8Array(Buffer.concat([before!, Buffer.from([0xff, 0xc3, 0x28]), after!])));
    expect(await response.json()).toEqual({ data: { article: null } });
  });

  it('that names what every object has changes nothing', async () => {
    const response = await post(
      '{"__proto__":{"query":"{ nothing }","polluted":1},"query":"{ __typename }","constructor":{"prototype":{"polluted":1}}}',
    );
    expect(response.status).toBeLessThan(500);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('an address', () => {
  it.each([
    ...[
      '/../../etc/passwd',
      '/feeds/../../../etc/passwd',
      '/feeds/..%2f..%2fetc%2fpasswd',
      '/desk/..%2f..%2fpackage.json',
    ],
    ...[
      '/graphql/../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/site/..%5c..%5cpackage.json',
      '/feeds/%00.rss',
      '/%c0%ae%c0%ae/',
      '/%zz',
    ],
    ...[
      '/feeds/sections/%00.rss',
      '/feeds/sections/..%2fworld.rss',
      '/sitemap-99999999999999999999.xml',
      '/sitemap--1.xml',
      '/section/%ed%a0%80',
    ],
    `/${'a'.repeat(6000)}`,
    `/search?q=${'%F0%9F%99%82'.repeat(2000)}`,
    `/feeds/${'..%2f'.repeat(1000)}`,
  ])('such as %j leads to nothing of ours', async (path) => {
    const response = await service.request(path, { headers: { accept: '*/*' } });
    const text = await response.text();
    expect(response.status).toBeLessThan(500);
    expect(text).not.toMatch(/root:.*:0:0:|"name": "dateline"|node_modules/);
  });
});

describe('a token', () => {
  it.each([
    ['of 7 KB', `dlt_${'x'.repeat(7000)}`],
    ['of a partner, of 7 KB', `dlk_${'x'.repeat(7000)}`],
    ['of letters beyond ASCII', 'dlt_é\u00ff\u0080xxxxxxxxxxxxxxxxxxxxxx'],
    ['with a statement in it', "dlt_x'; select pg_sleep(20)--xxxxxxxxxxxxxxx"],
  ])('%s is 401', (_what, token) =>
    expectRefusal(post('{"query":"{ __typename }"}', { authorization: `Bearer ${token}` }), [401]),
  );
});

it.each([
  'host',
  'x-forwarded-host',
  'forwarded',
  'x-original-url',
  'x-rewrite-url',
  'x-forwarded-proto',
  'x-forwarded-prefix',
])('what a client says in %s stands in no address that is given out', async (header) => {
  const headers = { [header]: header === 'forwarded' ? 'host=evil.example;proto=http' : 'evil.example' };
  for (const path of [
    '/feeds/latest.rss',
    '/feeds/latest.json',
    '/sitemap.xml',
    '/sitemap-news.xml',
    '/robots.txt',
    '/',
  ]) {
    const response = await service.request(path, { headers: { accept: '*/*', ...headers } });
    const told = `${await response.text()} ${JSON.stringify(Object.fromEntries(response.headers))}`;
    expect([path, response.status, told.includes('evil.example')]).toEqual([path, 200, false]);
  }
  const answer = await service.query('{ article(by: { slug: "one" }) { url } publication { url } }', {}, headers);
  expect(JSON.stringify(answer)).not.toContain('evil.example');
  expect(answer.data.publication.url).toBe('https://news.example');
});
