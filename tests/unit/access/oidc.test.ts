import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { pino } from 'pino';
import { type IdentityReader, trustIssuer } from '../../../src/access/oidc.js';

const now = new Date('2026-06-15T12:00:00.000Z');
const at = (seconds: number) => Math.floor(now.getTime() / 1000) + seconds;
const log = pino({ level: 'silent' });
const audience = 'dateline';

let server: Server;
let issuer: string;
let keys: Record<'good' | 'other' | 'elliptic', CryptoKey>;
let jwks: object;
let discovery: object | null;
let asked: string[] = [];
let identityIn: IdentityReader;

beforeAll(async () => {
  const [good, other, elliptic] = await Promise.all([
    generateKeyPair('RS256'),
    generateKeyPair('RS256'),
    generateKeyPair('ES256'),
  ]);
  keys = { good: good.privateKey, other: other.privateKey, elliptic: elliptic.privateKey };
  jwks = {
    keys: [
      { ...(await exportJWK(good.publicKey)), kid: 'good', alg: 'RS256', use: 'sig' },
      { ...(await exportJWK(elliptic.publicKey)), kid: 'elliptic', alg: 'ES256', use: 'sig' },
    ],
  };
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer =
      request.url === '/realm/.well-known/openid-configuration' ? discovery : request.url === '/keys' ? jwks : null;
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer = `${origin}/realm`;
  discovery = { issuer, jwks_uri: `${origin}/keys` };
  identityIn = trustIssuer({ issuer, audience, roleClaim: 'role' }, log);
});
beforeEach(() => {
  asked = [];
});
afterAll(() => new Promise((closed) => server.close(closed)));

const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: 'u-1',
  exp: at(60),
  name: 'Ann Lee',
  role: 'editor',
  ...more,
});

const sign = (payload: JWTPayload, key = keys.good, kid = 'good', alg = 'RS256') =>
  new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);

it('a token of the issuer says who and in which role', async () => {
  expect(await identityIn(await sign(claims()), now)).toEqual({ subject: 'u-1', name: 'Ann Lee', role: 'editor' });
  expect(await identityIn(await sign(claims(), keys.elliptic, 'elliptic', 'ES256'), now)).toMatchObject({
    subject: 'u-1',
  });
});

it('the keys are fetched once for many tokens', async () => {
  const fresh = trustIssuer({ issuer, audience, roleClaim: 'role' }, log);
  for (let count = 0; count < 5; count += 1) expect(await fresh(await sign(claims()), now)).not.toBeNull();
  expect(asked).toEqual(['/realm/.well-known/openid-configuration', '/keys']);
});

it('the keys are fetched anew when the clock has gone back: how old they are is not known any more', async () => {
  const fresh = trustIssuer({ issuer, audience, roleClaim: 'role' }, log);
  for (const seconds of [0, -1, -3600, -3600]) {
    expect(await fresh(await sign(claims()), new Date(now.getTime() + seconds * 1000))).not.toBeNull();
  }
  expect(asked.filter((path) => path === '/keys')).toHaveLength(2);
});

describe('a token is not taken', () => {
  const without = (claim: string) => Object.fromEntries(Object.entries(claims()).filter(([name]) => name !== claim));
  const bad: [string, () => Promise<string> | string][] = [
    ['of another issuer', () => sign(claims({ iss: 'https://other.example' }))],
    ['for another audience', () => sign(claims({ aud: 'shop' }))],
    ['that has expired', () => sign(claims({ exp: at(-6) }))],
    ['that is not good yet', () => sign(claims({ nbf: at(60) }))],
    ['without an end', () => sign(without('exp'))],
    ['without a subject', () => sign(without('sub'))],
    ['without an issuer', () => sign(without('iss'))],
    ['without an audience', () => sign(without('aud'))],
    ['without a role', () => sign(without('role'))],
    ['with a role that is none of ours', () => sign(claims({ role: 'superuser' }))],
    ['with a role that is no text', () => sign(claims({ role: { admin: true } }))],
    ['signed by another key', () => sign(claims(), keys.other)],
    ['of a key that is not published', () => sign(claims(), keys.other, 'other')],
    ['that is not signed', () => new UnsecuredJWT(claims()).encode()],
    [
      'signed with a shared secret',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'good' })
          .sign(new TextEncoder().encode(JSON.stringify(jwks))),
    ],
    [
      'changed after it was signed',
      async () => {
        const [head, , signature] = (await sign(claims())).split('.');
        return `${head}.${Buffer.from(JSON.stringify(claims({ role: 'admin' }))).toString('base64url')}.${signature}`;
      },
    ],
    ['that is garbage', () => 'a.b.c'],
  ];
  it.each(bad)('%s', async (_what, make) => {
    expect(await identityIn(await make(), now)).toBeNull();
  });
});

describe('the role', () => {
  it.each([
    [{ role: 'Editor' }, 'role', 'editor'],
    [{ role: ['reader', 'contributor', 'admin'] }, 'role', 'admin'],
    [{ 'https://news.example/role': 'admin' }, 'https://news.example/role', 'admin'],
    [{ realm_access: { roles: ['editor'] } }, 'realm_access.roles', 'editor'],
    [{ dateline_role: 'contributor' }, 'dateline_role', 'contributor'],
  ])('is read from %j by %s', async (payload, roleClaim, role) => {
    const reader = trustIssuer({ issuer, audience, roleClaim }, log);
    const { role: _, ...rest } = claims();
    expect(await reader(await sign({ ...rest, ...payload }), now)).toMatchObject({ role });
  });

  it.each(['__proto__', 'constructor.name', 'role.length', ''])(
    'is never found at %j by accident',
    async (roleClaim) => {
      const reader = trustIssuer({ issuer, audience, roleClaim }, log);
      expect(await reader(await sign(claims()), now)).toBeNull();
    },
  );
});

it.each([
  [{ name: undefined, preferred_username: 'ann' }, 'ann'],
  [{ name: ' ', email: 'a@example.org' }, 'a@example.org'],
  [{ name: undefined }, 'u-1'],
  [{ name: `x\0${'y'.repeat(500)}` }, `x${'y'.repeat(199)}`],
])('the name of %j is %s', async (more, name) => {
  expect(await identityIn(await sign(claims(more as JWTPayload)), now)).toMatchObject({ name });
});

describe('an issuer', () => {
  afterEach(() => {
    discovery = { issuer, jwks_uri: `${new URL(issuer).origin}/keys` };
  });

  it('that calls itself otherwise is not trusted', async () => {
    discovery = { issuer: `${issuer}/`, jwks_uri: `${new URL(issuer).origin}/keys` };
    expect(await trustIssuer({ issuer, audience, roleClaim: 'role' }, log)(await sign(claims()), now)).toBeNull();
  });

  it('that cannot be reached lets nobody in, and is left alone for a while', async () => {
    discovery = null;
    const reader = trustIssuer({ issuer, audience, roleClaim: 'role' }, log);
    for (let count = 0; count < 5; count += 1) expect(await reader(await sign(claims()), now)).toBeNull();
    expect(asked).toHaveLength(1);
  });
});
