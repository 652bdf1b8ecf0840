import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deskPage } from '../../../src/http/desk.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const manifest = {
  script: 'desk-AAAA.js',
  style: 'desk-BBBB.css',
  preload: ['chunk-CCCC.js'],
  files: {
    'desk-AAAA.js': { type: 'text/javascript; charset=utf-8', bytes: 5, encodings: ['br', 'gzip'] },
    'desk-BBBB.css': { type: 'text/css; charset=utf-8', bytes: 5, encodings: [] },
    'font-DDDD.woff2': { type: 'font/woff2', bytes: 5, encodings: [] },
  },
};

let parent: string;
let desk: ReturnType<typeof deskPage>;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'dateline-desk-'));
  await writeFile(join(parent, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(parent, 'desk-AAAA.js'), 'plain');
  await writeFile(join(parent, 'desk-AAAA.js.br'), 'brotli');
  await writeFile(join(parent, 'desk-AAAA.js.gz'), 'gzipped');
  await writeFile(join(parent, 'desk-BBBB.css'), 'style');
  await writeFile(join(parent, 'font-DDDD.woff2'), 'glyph');
  await writeFile(join(parent, 'unlisted.js'), 'secret');
  desk = deskPage({ folder: parent, siteName: 'Tom & <Jerry> "Daily"', language: 'fr' });
});
afterAll(() => rm(parent, { recursive: true }));

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return desk.handle(new Request(`http://127.0.0.1:4000${path}`, { method, headers }));
}
async function answered(...args: Parameters<typeof ask>): Promise<Response> {
  const response = await ask(...args);
  if (!response) throw new Error(`${args[0]} was left to others`);
  return response;
}
const policyOf = (response: Response) =>
  new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources] as const;
    }),
  );

describe('the page', () => {
  it.each([
    ['a browser', BROWSER],
    ['a browser that prefers markup', 'application/json;q=0.5, text/html'],
    ['upper case, which media types may have', 'TEXT/HTML'],
  ])('is what %s gets', async (_who, accept) => {
    const response = await answered('/graphql', { accept });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it.each([
    ['a client that names no type', '/graphql', {}, 'GET'],
    ['a client that takes anything', '/graphql', { accept: '*/*' }, 'GET'],
    ['a client of the graph', '/graphql', { accept: 'application/graphql-response+json, application/json' }, 'GET'],
    ['a client that prefers JSON', '/graphql', { accept: 'text/html;q=0.8, application/json' }, 'GET'],
    ['a client that refuses markup', '/graphql', { accept: 'text/html;q=0, */*' }, 'GET'],
    ['a query by POST', '/graphql', { accept: BROWSER }, 'POST'],
    ['a persisted document', '/graphql?documentId=abc', { accept: BROWSER }, 'GET'],
    ['an automatic persisted query', '/graphql?extensions=%7B%7D', { accept: BROWSER }, 'GET'],
    ['another address', '/graphql/', { accept: BROWSER }, 'GET'],
    ['an address that only begins like it', '/graphqlx', { accept: BROWSER }, 'GET'],
  ])('leaves %s to the graph', async (_what, path, headers, method) => {
    expect(await ask(path, headers, method)).toBeNull();
  });

  it('allows scripts, questions, workers and fonts from here only, and no frame around it', async () => {
    const policy = policyOf(await answered('/graphql', { accept: BROWSER }));
    expect(policy.get('style-src')).toEqual(["'self'", expect.stringMatching(/^'nonce-[\w+/]{22}=='$/)]);
    policy.delete('style-src');
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src-attr': ["'unsafe-inline'"],
      'connect-src': ["'self'"],
      'worker-src': ["'self'"],
      'font-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
    });
  });

  it('is never stored, sniffed, indexed or told to others as a referrer', async () => {
    const { headers } = await answered('/graphql', { accept: BROWSER });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  it('has another nonce each time, the one its policy names', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await answered('/graphql', { accept: BROWSER });
        const nonce = / nonce="([^"]+)"/.exec(await response.text())?.[1];
        expect(response.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('holds no inline script, and names only files of the manifest', async () => {
    const page = await (await answered('/graphql', { accept: BROWSER })).text();
    expect(page.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="graphql/assets/desk-AAAA.js">']);
    expect(page).not.toMatch(/<style| style=| on\w+=|https?:/);
    expect([...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'data:,',
      'graphql/assets/desk-BBBB.css',
      'graphql/assets/chunk-CCCC.js',
      'graphql/assets/desk-AAAA.js',
    ]);
  });

  it('says whose desk it is, in the language of the site, without letting the name become markup', async () => {
    const page = await (await answered('/graphql', { accept: BROWSER })).text();
    expect(page).toContain('<title>Tom &amp; &lt;Jerry&gt; &quot;Daily&quot;: desk</title>');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<span lang="fr">Tom &amp; &lt;Jerry&gt; &quot;Daily&quot;</span>');
  });

  it('answers HEAD with the same headers and no body', async () => {
    const response = await answered('/graphql', { accept: BROWSER }, 'HEAD');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('');
  });

  it('says what to do when the desk was never built', async () => {
    const unbuilt = deskPage({ folder: join(parent, 'nowhere'), siteName: 'Daily', language: 'en' });
    const response = await unbuilt.handle(
      new Request('http://127.0.0.1:4000/graphql', { headers: { accept: BROWSER } }),
    );
    expect(response?.status).toBe(503);
    expect(await response?.text()).toContain('npm run build');
  });
});

describe('a file', () => {
  it('is immutable, typed, and closed to everything else', async () => {
    const response = await answered('/graphql/assets/desk-BBBB.css');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('style');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/css; charset=utf-8',
      'content-length': '5',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers.has('vary')).toBe(false);
  });

  it.each([
    ['gzip, deflate, br', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzipped'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzipped'],
    ['identity', null, 'plain'],
    ['', null, 'plain'],
  ])('for "%s" comes as %s', async (accepted, encoding, content) => {
    const response = await answered('/graphql/assets/desk-AAAA.js', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toBe('Accept-Encoding');
    expect(response.headers.get('content-length')).toBe(String(content.length));
    expect(await response.text()).toBe(content);
  });

  it.each([
    ['unknown', 'desk-ZZZZ.js'],
    ['there but unlisted', 'unlisted.js'],
    ['the manifest', 'manifest.json'],
    ['the folder', ''],
    ['a compressed twin', 'desk-AAAA.js.br'],
    ['a name every object has', 'constructor'],
    ['the prototype', '__proto__'],
    ['a traversal in disguise', '..%2f..%2fpackage.json'],
    ['a traversal by backslashes', '..%5c..%5cpackage.json'],
    ['a traversal twice disguised', '%252e%252e%252fpackage.json'],
    ['a file behind a file', 'desk-AAAA.js/../manifest.json'],
    ['a name cut by a null', 'desk-AAAA.js%00.png'],
  ])('is 404 when it is %s', async (_what, name) => {
    const response = await answered(`/graphql/assets/${name}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toMatch(/secret|script|dependencies/);
  });

  it('never leaves its folder: dots are resolved before a route is chosen', async () => {
    expect(await ask('/graphql/assets/../../package.json')).toBeNull();
  });

  it('is read only', async () => {
    const response = await answered('/graphql/assets/desk-AAAA.js', {}, 'DELETE');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers HEAD with its length and no body', async () => {
    const response = await answered('/graphql/assets/font-DDDD.woff2', {}, 'HEAD');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('');
  });
});
