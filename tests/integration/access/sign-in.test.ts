import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { openAccess } from '../../../src/access/authenticate.js';
import { updateUser } from '../../../src/access/store.js';
import { anyone } from '../../../src/access/viewer.js';
import { type App, makeApp } from '../../../src/app.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
let issuerServer: Server;
let issuer: string;
let key: CryptoKey;
let app: App;

beforeAll(async () => {
  service = await startService();
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256' }] };
  issuerServer = createServer((request, response) => {
    const answer = request.url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => issuerServer.listen(0, '127.0.0.1', listening));
  issuer = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`;
  const log = pino({ level: 'silent' });
  const access = openAccess({ db: service.db, log, oidc: { issuer, audience: 'dateline', roleClaim: 'role' } });
  const { db, site, outgoing } = service;
  app = makeApp({ db, site, log, outgoing, clock: () => aMoment }, { deskFolder: '/nowhere', access });
});
afterAll(async () => {
  await new Promise((closed) => issuerServer.close(closed));
  await service.close();
});

const token = (claims: object, expires = 60) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(issuer)
    .setAudience('dateline')
    .setExpirationTime(Math.floor(aMoment.getTime() / 1000) + expires)
    .sign(key);

async function viewerWith(jwt: string) {
  const response = await app(
    new Request('https://news.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${jwt}` },
      body: JSON.stringify({ query: '{ viewer { name role } }' }),
    }),
  );
  const body = await response.text();
  return response.status === 200
    ? (JSON.parse(body) as { data: { viewer: unknown } }).data.viewer
    : { status: response.status, body };
}

const users = () => service.db.prisma.user.findMany({ where: { subject: 's-1' } });

it('a JWT of the issuer signs in, and makes its user once, however many requests come first', async () => {
  const jwt = await token({ sub: 's-1', name: 'Ann', role: 'editor' });
  const viewers = await Promise.all([viewerWith(jwt), viewerWith(jwt), viewerWith(jwt)]);
  expect(viewers).toEqual([1, 2, 3].map(() => ({ name: 'Ann', role: 'EDITOR' })));
  expect(await users()).toHaveLength(1);
});

it('what the issuer says of a name and a role holds from the next request on, and is in the log', async () => {
  expect(await viewerWith(await token({ sub: 's-1', name: 'Ann Lee', role: 'contributor' }))).toEqual({
    name: 'Ann Lee',
    role: 'CONTRIBUTOR',
  });
  const [user] = await users();
  const log = await service.db.prisma.auditEntry.findMany({
    where: { subjectId: user!.id },
    orderBy: { id: 'desc' },
    take: 1,
  });
  expect(log).toMatchObject([
    { action: 'signIn', before: { name: 'Ann', role: 'EDITOR' }, after: { name: 'Ann Lee', role: 'CONTRIBUTOR' } },
  ]);
});

it('a second request with the same token writes nothing', async () => {
  const jwt = await token({ sub: 's-1', name: 'Ann Lee', role: 'contributor' });
  const before = await service.db.prisma.auditEntry.count();
  await viewerWith(jwt);
  expect(await service.db.prisma.auditEntry.count()).toBe(before);
});

it('who is locked out here stays out, whatever the issuer says', async () => {
  const [user] = await users();
  const hand = { viewer: anyone, now: aMoment, requestId: null };
  await service.db.transaction((tx) =>
    updateUser(tx, hand, { id: user!.id, expectedRevision: user!.revision, disabled: true }),
  );
  for (const role of ['contributor', 'admin']) {
    expect(await viewerWith(await token({ sub: 's-1', name: 'Ann Lee', role }))).toMatchObject({ status: 401 });
  }
  expect((await users())[0]).toMatchObject({ disabledAt: expect.any(Date), role: 'CONTRIBUTOR' });
});

it('a bad JWT is told the same as a bad token', async () => {
  const bad = await Promise.all([
    viewerWith(await token({ sub: 's-2', role: 'editor' }, -60)),
    viewerWith(await token({ sub: 's-2', role: 'nobody' })),
    viewerWith('a.b.c'),
    viewerWith('dlt_0000000000000000000000000000'),
  ]);
  expect(new Set(bad.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(bad[0]).toMatchObject({ status: 401 });
  expect(await service.db.prisma.user.count({ where: { subject: 's-2' } })).toBe(0);
});
