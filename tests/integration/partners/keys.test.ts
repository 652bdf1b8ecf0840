import { sql } from '../../../src/database/sql.js';
import { globalId } from '../../../src/graphql/builder.js';
import { documentOf, mutate } from '../../support/mutation.js';
import { aPartner } from '../../support/partners.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
let admin: { authorization: string };
let riac: string;

beforeAll(async () => {
  service = await startService();
  admin = await service.signIn('admin');
  await service.load([
    aSection(),
    { kind: 'partner', slug: 'riac', name: 'RIAC' },
    { kind: 'partner', slug: 'owl', name: 'Owl', license: 'All rights reserved' },
    anArticle({ slug: 'ours', headline: 'Ours', body: '<p>Words.</p>' }),
    anArticle({ slug: 'lent', partner: 'owl' }),
    anArticle({ slug: 'fresh', publishedAt: minutesAgo(5) }),
  ]);
  riac = (await service.query('{ partner(by: { slug: "riac" }) { id } }')).data.partner.id;
});
afterAll(() => service.close());
afterEach(() => {
  service.now = aMoment;
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const basic = (key: string, user = 'reader') => ({
  authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
});
const whoAmI =
  '{ viewer { name role permissions partner { slug } entitlement { depth delayMinutes images languages } } }';
const issued =
  'key issued { id prefix name partner { slug } requestsPerMinute requestsPerDay expiresAt revokedAt lastUsedAt }';

describe('a key', () => {
  it('is in the answer that issues it and nowhere else', async () => {
    const answer = await mutate(service, 'issueApiKey', { partner: riac, name: 'their site' }, issued, admin);
    expect(answer.key).toMatch(/^dlk_[0-9A-Za-z]{30}$/);
    expect(answer.issued).toMatchObject({
      prefix: answer.key.slice(0, 10),
      name: 'their site',
      partner: { slug: 'riac' },
      requestsPerMinute: 600,
      requestsPerDay: 100_000,
      expiresAt: null,
      revokedAt: null,
    });
    const kept = await service.db.rows(
      sql`select k::text as row from api_key k union all select e::text from audit_entry e`,
    );
    expect(JSON.stringify(kept)).not.toContain(answer.key);
    const { data } = await service.query(whoAmI, {}, bearer(answer.key));
    expect(data.viewer).toEqual({
      name: 'RIAC',
      role: 'PARTNER',
      permissions: ['read'],
      partner: { slug: 'riac' },
      entitlement: null,
    });
  });

  it('reads nothing while nothing is granted', async () => {
    const { headers } = await aPartner(service, 'riac');
    const { data } = await service.query(
      '{ articles { totalCount nodes { slug } } sections { articleCount } }',
      {},
      headers,
    );
    expect(data).toEqual({ articles: { totalCount: 0, nodes: [] }, sections: [{ articleCount: 0 }] });
  });

  it('that is revoked, has expired, or never was is refused at every address', async () => {
    const expiresAt = new Date(aMoment.getTime() + 60_000).toISOString();
    const { key: revoked, issued: kept } = await mutate(
      service,
      'issueApiKey',
      { partner: riac, name: 'a' },
      issued,
      admin,
    );
    const { key: expired } = await mutate(
      service,
      'issueApiKey',
      { partner: riac, name: 'b', expiresAt },
      issued,
      admin,
    );
    expect((await service.request('/feeds/partner.json', { headers: bearer(expired) })).status).toBe(200);
    const done = await mutate(service, 'revokeApiKey', { id: kept.id }, 'key { revokedAt }', admin);
    expect(done.key.revokedAt).toBe(aMoment.toISOString());
    service.now = new Date(aMoment.getTime() + 60_000);
    const refused = [
      revoked,
      expired,
      `${revoked.slice(0, -1)}é`,
      revoked.slice(0, 20),
      `dlk_${'x'.repeat(30)}`,
      `dlk_${'x'.repeat(7000)}`,
    ];
    const bodies = new Set<string>();
    for (const key of refused) {
      for (const path of ['/graphql?query={viewer{name}}', '/feeds/latest.rss', '/feeds/partner.rss', '/sitemap.xml']) {
        const response = await service.request(path, { headers: { authorization: `Bearer ${key.replace('é', 'e')}` } });
        expect([path, response.status]).toEqual([path, 401]);
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        bodies.add(`${path} ${await response.text()}`);
      }
    }
    // Whatever is wrong with it, it is told the same.
    expect(bodies.size).toBe(4);
  });

  it('writes nothing, whatever it asks', async () => {
    const { headers } = await aPartner(service, 'riac');
    const before = await service.db.prisma.auditEntry.count();
    const input = { headline: 'Mine', section: 'world' };
    const { data } = await service.query(documentOf('createArticle', 'article { id }'), { input }, headers);
    expect(data.createArticle).toEqual({
      __typename: 'ForbiddenError',
      message: 'You are signed in as partner; to write drafts you must be contributor or editor or admin.',
    });
    expect(await service.db.prisma.auditEntry.count()).toBe(before);
  });

  it('cannot be given to a user as a role, nor to a partner that is not there', async () => {
    const role = await mutate(service, 'createUser', { name: 'Ann', role: 'PARTNER' }, 'user { id }', admin);
    expect(role).toMatchObject({ __typename: 'ValidationError', fields: [{ path: 'role' }] });
    const partner = globalId('Partner', '018f4b7e-0000-7000-8000-000000000000');
    const nobodys = await mutate(service, 'issueApiKey', { partner, name: 'x' }, issued, admin);
    expect(nobodys).toMatchObject({ __typename: 'NotFoundError', message: 'There is no such partner.' });
  });
});

describe('the feed of a partner', () => {
  it.each([
    ['no key', {}],
    ['a wrong password', basic('dlk_nothing')],
    ['a password without a user', { authorization: `Basic ${Buffer.from('dlk_x').toString('base64')}` }],
    ['what is no header', { authorization: 'Basic !!' }],
  ])('is closed to %s, and says how to open it', async (_what, headers) => {
    const response = await service.request('/feeds/partner.atom', { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      'Basic realm="Dateline partners", charset="UTF-8", Bearer realm="Dateline"',
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toContain('as the password of any user');
  });

  it('is closed to a token of the newsroom', async () => {
    expect((await service.request('/feeds/partner.atom', { headers: admin })).status).toBe(401);
  });

  it('opens to the key as a bearer and as the password of any user, HEAD and 304 included, and is kept by no cache', async () => {
    const partner = await aPartner(service, 'riac');
    await partner.grant({});
    for (const headers of [bearer(partner.key), basic(partner.key), basic(partner.key, '')]) {
      const response = await service.request('/feeds/partner.json', { headers });
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
      const feed = (await response.json()) as { title: string; items: { url: string }[] };
      expect(feed.title).toBe('The Test for RIAC');
      expect(feed.items).toHaveLength(2);
      const etag = response.headers.get('etag') ?? '';
      const again = await service.request('/feeds/partner.json', { headers: { ...headers, 'if-none-match': etag } });
      expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-store']);
      expect((await service.request('/feeds/partner.json', { method: 'HEAD', headers })).status).toBe(200);
    }
  });
});

describe('an entitlement', () => {
  const set =
    'entitlement { revision depth sections { slug } tags { slug } excludedPartners { slug } delayMinutes images languages }';

  it('is set whole, against the revision that was read', async () => {
    const { data } = await service.query('{ partner(by: { slug: "owl" }) { id entitlement { revision } } }', {}, admin);
    const { id: partner, entitlement } = data.partner;
    expect(entitlement).toBeNull();
    const first = await mutate(
      service,
      'setEntitlement',
      { partner, depth: 'TEASER', sections: ['world'], delayMinutes: 10, images: false },
      set,
      admin,
    );
    expect(first.entitlement).toEqual({
      revision: 1,
      depth: 'TEASER',
      sections: [{ slug: 'world' }],
      tags: null,
      excludedPartners: [],
      delayMinutes: 10,
      images: false,
      languages: null,
    });
    const stale = await mutate(service, 'setEntitlement', { partner, depth: 'FULL' }, set, admin);
    expect(stale).toMatchObject({ __typename: 'ConflictError', currentRevision: 1 });
    const second = await mutate(service, 'setEntitlement', { partner, depth: 'FULL', expectedRevision: 1 }, set, admin);
    expect(second.entitlement).toMatchObject({ revision: 2, depth: 'FULL', sections: null, images: true });
  });

  it.each([
    ['sections that are not there', { sections: ['world', 'mars'] }, 'sections.1'],
    ['no sections at all', { sections: [] }, 'sections'],
    ['no languages', { languages: ['not a language'] }, 'languages.0'],
    ['time that runs backwards', { delayMinutes: -1 }, 'delayMinutes'],
  ])('is refused that names %s', async (_what, more, path) => {
    const { data } = await service.query('{ partner(by: { slug: "riac" }) { entitlement { revision } } }', {}, admin);
    const expectedRevision = data.partner.entitlement?.revision;
    const input = { partner: riac, depth: 'FULL', expectedRevision, ...more };
    const answer = await mutate(service, 'setEntitlement', input, set, admin);
    expect(answer).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });

  it('is explained to an editor, bound by bound', async () => {
    const editor = await service.signIn('editor');
    const partner = await aPartner(service, 'fox');
    await partner.grant({ delayMinutes: 60, languages: ['en'] });
    const document = `query ($article: ID!, $partner: ID!) { whyVisible(article: $article, partner: $partner) {
      visible from checks { rule holds explanation } } }`;
    const ids = await service.query(
      `{ lent: article(by: { slug: "lent" }) { id } fresh: article(by: { slug: "fresh" }) { id }
      ours: article(by: { slug: "ours" }) { id } partner(by: { slug: "fox" }) { id } }`,
      {},
      editor,
    );
    const why = async (slug: string) =>
      (await service.query(document, { article: ids.data[slug].id, partner: ids.data.partner.id }, editor)).data
        .whyVisible;
    service.now = new Date(aMoment.getTime() + 50 * 60_000);
    const fresh = await why('fresh');
    expect(fresh).toMatchObject({ visible: false, from: '2026-06-15T12:55:00.000Z' });
    expect(fresh.checks.filter(({ holds }: any) => !holds)).toEqual([
      {
        rule: 'DELAY',
        holds: false,
        explanation:
          'The partner has pieces 60 minutes after their first publication: this one from 2026-06-15T12:55:00.000Z on.',
      },
    ]);
    service.now = new Date(aMoment.getTime() + 90 * 60_000);
    expect(await why('fresh')).toMatchObject({ visible: true });
    const lent = await why('lent');
    expect(lent.visible).toBe(false);
    expect(lent.checks.filter(({ holds }: any) => !holds)).toEqual([
      {
        rule: 'RESALE',
        holds: false,
        explanation: 'Its licence is “All rights reserved”, which does not let it be passed on to another partner.',
      },
    ]);
    const seen = await service.query('{ articles { nodes { slug } } }', {}, partner.headers);
    expect(seen.data.articles.nodes).toEqual(expect.arrayContaining([{ slug: 'fresh' }, { slug: 'ours' }]));
    expect(seen.data.articles.nodes).toHaveLength(2);
  });
});
