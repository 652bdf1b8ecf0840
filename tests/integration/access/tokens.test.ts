import { pino } from 'pino';
import { openAccess } from '../../../src/access/authenticate.js';
import { createUser, issueToken, revokeToken, updateUser } from '../../../src/access/store.js';
import { newToken } from '../../../src/access/tokens.js';
import { anyone } from '../../../src/access/viewer.js';
import { type App, makeApp } from '../../../src/app.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { anArticle, aSection } from '../../support/records.js';

const minute = 60_000;
const deskFolder = '/nowhere';

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection(),
    anArticle({ slug: 'open' }),
    anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
  ]);
});
beforeEach(() => {
  service.now = aMoment;
});
afterAll(() => service.close());

const hand = () => ({ viewer: anyone, actorName: 'test', now: service.now, requestId: null });

async function anEditor(expiresAt: Date | null = null) {
  const ids = await service.db.transaction(async (tx) => {
    const userId = await createUser(tx, hand(), { name: 'Ed', role: 'EDITOR' });
    return { userId, ...(await issueToken(tx, hand(), { userId, name: 'desk', expiresAt })) };
  });
  return { ...ids, authorization: `Bearer ${ids.token}` };
}

const isRefused = async (authorization: string, app: App = service.app) => {
  const response = await ask(authorization, app);
  return response.status === 401;
};

const ask = (authorization: string, app: App = service.app, accept = 'application/json') =>
  app(
    new Request('https://news.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, authorization },
      body: JSON.stringify({ query: '{ article(by: { slug: "draft" }) { slug } }' }),
    }),
  );

const lastUsed = async (id: string) =>
  (await service.db.prisma.token.findUniqueOrThrow({ where: { id }, select: { lastUsedAt: true } })).lastUsedAt;

/** Another instance over the same database. */
const anotherInstance = () =>
  makeApp(
    {
      db: service.db,
      site: service.site,
      log: pino({ level: 'silent' }),
      outgoing: service.outgoing,
      clock: () => service.now,
    },
    { deskFolder },
  );

describe('a token', () => {
  it('lets an editor see what readers do not', async () => {
    const { authorization } = await anEditor();
    const open = await service.query('{ article(by: { slug: "draft" }) { slug } }');
    expect(open.data).toEqual({ article: null });
    const response = await ask(authorization);
    expect(await response.json()).toEqual({ data: { article: { slug: 'draft' } } });
  });

  it('makes an answer that nobody may keep', async () => {
    const { authorization } = await anEditor();
    expect((await ask(authorization)).headers.get('cache-control')).toBe('private, no-store');
    for (const path of ['/feeds/latest.rss', '/schema.graphql']) {
      const response = await service.request(path, { headers: { authorization } });
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
      expect((await service.request(path)).headers.get('cache-control')).not.toBe('private, no-store');
    }
  });

  it('is read whatever the case of its scheme', async () => {
    const { token } = await anEditor();
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) expect(await isRefused(`${scheme} ${token}`)).toBe(false);
  });

  it('is refused from the next request on once it is revoked, by every instance', async () => {
    const [first, second] = [service.app, anotherInstance()];
    const { authorization, id } = await anEditor();
    for (const app of [first, second]) expect(await isRefused(authorization, app)).toBe(false);
    await service.db.transaction((tx) => revokeToken(tx, hand(), id));
    for (const app of [first, second]) expect(await isRefused(authorization, app)).toBe(true);
  });

  it('is good until the moment it expires, and not at it', async () => {
    const { authorization } = await anEditor(new Date(aMoment.getTime() + minute));
    service.now = new Date(aMoment.getTime() + minute - 1);
    expect(await isRefused(authorization)).toBe(false);
    service.now = new Date(aMoment.getTime() + minute);
    expect(await isRefused(authorization)).toBe(true);
  });

  it('is refused while its user is locked out, and good again after', async () => {
    const { authorization, userId: id } = await anEditor();
    await service.db.transaction((tx) => updateUser(tx, hand(), { id, expectedRevision: 1, disabled: true }));
    expect(await isRefused(authorization)).toBe(true);
    await service.db.transaction((tx) => updateUser(tx, hand(), { id, expectedRevision: 2, disabled: false }));
    expect(await isRefused(authorization)).toBe(false);
  });

  it('never reaches the database: only its digest does, in what is written and in what is asked', async () => {
    const { token, authorization, id } = await anEditor();
    service.asked();
    await ask(authorization);
    const asked = service.asked();
    expect(asked.length).toBeGreaterThan(0);
    expect(JSON.stringify(asked.flatMap(({ values }) => values))).not.toContain(token.slice(10));
    const kept = await service.db.prisma.token.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(kept)).not.toContain(token.slice(10));
    const audit = await service.db.prisma.auditEntry.findMany({ where: { subjectId: id } });
    expect(audit).toMatchObject([{ action: 'issueToken', actorName: 'test' }]);
    expect(JSON.stringify(audit)).not.toContain(token.slice(10));
  });
});

describe('the last use of a token', () => {
  it('is noted at most once a minute, and is not lost when the service closes', async () => {
    const { authorization, id } = await anEditor();
    const access = openAccess({ db: service.db, log: pino({ level: 'silent' }) });
    const request = new Request('https://news.example/graphql', { headers: { authorization } });
    const useAt = async (ms: number) => {
      await access.viewerOf(request, new Date(aMoment.getTime() + ms));
      await access.close();
      return (await lastUsed(id))?.getTime();
    };
    expect(await useAt(0)).toBe(aMoment.getTime());
    expect(await useAt(minute - 1)).toBe(aMoment.getTime());
    expect(await useAt(minute)).toBe(aMoment.getTime() + minute);
  });

  it('is written once by ten requests at once', async () => {
    const { authorization } = await anEditor();
    const access = openAccess({ db: service.db, log: pino({ level: 'silent' }) });
    service.asked();
    const request = new Request('https://news.example/graphql', { headers: { authorization } });
    await Promise.all(Array.from({ length: 10 }, () => access.viewerOf(request, service.now)));
    await access.close();
    expect(service.asked().filter(({ sql }) => sql.includes('update token'))).toHaveLength(1);
  });

  it('that cannot be noted fails nobody’s request', async () => {
    const { authorization } = await anEditor();
    const db = {
      ...service.db,
      rows: <Row>(statement: Parameters<typeof service.db.rows>[0]) =>
        statement.sql.includes('update token') ? Promise.reject(new Error('full')) : service.db.rows<Row>(statement),
    };
    const access = openAccess({ db, log: pino({ level: 'silent' }) });
    const request = new Request('https://news.example/graphql', { headers: { authorization } });
    expect(await access.viewerOf(request, service.now)).toMatchObject({ role: 'editor', name: 'Ed' });
    await access.close();
  });
});

describe('a token that is not good', () => {
  const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln';
  const shapes: [string, () => Promise<string> | string][] = [
    ['unknown', () => `Bearer ${newToken().token}`],
    [
      'revoked',
      async () => {
        const { authorization, id } = await anEditor();
        await service.db.transaction((tx) => revokeToken(tx, hand(), id));
        return authorization;
      },
    ],
    [
      'expired',
      async () => {
        const { authorization } = await anEditor(new Date(aMoment.getTime() + 1));
        service.now = new Date(aMoment.getTime() + 1);
        return authorization;
      },
    ],
    ['a partner’s', () => `Bearer ${newToken('dlk_').token}`],
    ['too short', () => 'Bearer dlt_abc'],
    ['cut', async () => (await anEditor()).authorization.slice(0, -1)],
    ['with a letter too many', async () => `${(await anEditor()).authorization}x`],
    [
      'its digest',
      async () => {
        const { id } = await anEditor();
        return `Bearer ${(await service.db.prisma.token.findUniqueOrThrow({ where: { id } })).digest}`;
      },
    ],
    ['a JWT where no issuer is trusted', () => `Bearer ${jwt}`],
    ['empty', () => 'Bearer'],
    ['of another scheme', () => 'Basic YTpi'],
    ['two at once', async () => `${(await anEditor()).authorization}, ${(await anEditor()).authorization}`],
    ['with a quote in it', () => `Bearer dlt_' or true --aaaaaaaaaaaaaaaaaaaaa`],
  ];
  const bodies = new Set<string>();

  it.each(shapes)('%s is 401 with a challenge, never somebody anonymous', async (_name, make) => {
    const response = await ask(await make());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.stringContaining('Bearer'), extensions: { code: 'UNAUTHENTICATED' } }],
    });
    bodies.add(body);
  });

  it('gets one and the same body, whatever is wrong with it', () => {
    expect(bodies.size).toBe(1);
  });

  it('is answered in the media type that was asked for', async () => {
    const typeOf = async (accept: string) => (await ask('Bearer x', service.app, accept)).headers.get('content-type');
    expect(await typeOf('application/graphql-response+json')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await typeOf('application/json')).toBe('application/json; charset=utf-8');
    expect(await typeOf('text/event-stream')).toBe('application/json; charset=utf-8');
  });

  it('is 401 before the document is even read, and for a GET', async () => {
    const authorization = `Bearer ${newToken().token}`;
    const headers = { authorization, accept: 'application/json' };
    expect((await service.request('/graphql?query=%7B', { headers })).status).toBe(401);
  });

  it('is 401 at feeds and maps too, but never at probes', async () => {
    const headers = { authorization: `Bearer ${newToken().token}` };
    for (const path of ['/feeds/latest.rss', '/sitemap.xml', '/schema.graphql', '/nowhere']) {
      const response = await service.request(path, { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^Bearer /),
      ]);
    }
    for (const path of ['/healthz', '/readyz']) expect((await service.request(path, { headers })).status).toBe(200);
  });

  it('is a masked fault, not a 401, where the database does not answer', async () => {
    const db = { ...service.db, rows: () => Promise.reject(new Error('db-7 is on fire')) };
    const app = makeApp(
      { db, site: service.site, log: pino({ level: 'silent' }), outgoing: service.outgoing, clock: () => aMoment },
      { deskFolder },
    );
    const response = await ask(`Bearer ${newToken().token}`, app);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain('fire');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  });
});
