import { mutate } from '../../support/mutation.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
let admin: { authorization: string };
beforeAll(async () => {
  service = await startService();
  admin = await service.signIn('admin', 'Ada');
});
afterAll(() => service.close());

const user = 'user { id name role revision disabledAt }';
const successes: Record<string, string> = {
  createUser: user,
  updateUser: user,
  issueToken: 'secret: token issued { id name prefix expiresAt user { name } }',
  revokeToken: 'token { revokedAt }',
};

const done = (mutation: string, input: object, headers: Record<string, string> = admin) =>
  mutate(service, mutation, input, successes[mutation]!, headers);

const me = (headers: Record<string, string>) => service.query('{ viewer { name role permissions } }', {}, headers);

describe('viewer', () => {
  it('is null for anyone, and says who a token belongs to and what they may do', async () => {
    expect((await me({})).data).toEqual({ viewer: null });
    const { data } = await me(await service.signIn('contributor', 'Con'));
    expect(data.viewer).toEqual({
      name: 'Con',
      role: 'CONTRIBUTOR',
      permissions: ['read', 'write drafts', 'submit drafts', 'read revisions'],
    });
    const permissions = (await me(admin)).data.viewer.permissions as string[];
    expect(permissions).toEqual(expect.arrayContaining(['publish', 'manage users', 'read the audit log']));
  });
});

describe('an administrator', () => {
  it('adds a user, gives them a token that works, and ends it', async () => {
    const { user } = await done('createUser', { name: ' Grace ', role: 'EDITOR' });
    expect(user).toMatchObject({ name: 'Grace', role: 'EDITOR', revision: 1, disabledAt: null });
    const issued = await done('issueToken', { user: user.id, name: 'laptop', expiresAt: '2026-06-16T00:00:00Z' });
    expect(issued).toMatchObject({
      __typename: 'IssueTokenSuccess',
      secret: expect.stringMatching(/^dlt_\w{30}$/),
      issued: { name: 'laptop', expiresAt: '2026-06-16T00:00:00.000Z', user: { name: 'Grace' } },
    });
    expect(issued.secret.startsWith(issued.issued.prefix)).toBe(true);
    const headers = { authorization: `Bearer ${issued.secret}` };
    expect((await me(headers)).data.viewer).toMatchObject({ name: 'Grace', role: 'EDITOR' });
    expect(await done('revokeToken', { id: issued.issued.id })).toEqual({
      __typename: 'RevokeTokenSuccess',
      token: { revokedAt: aMoment.toISOString() },
    });
    expect((await me(headers)).status).toBe(401);
  });

  it('changes what a user may do from the next request on', async () => {
    const { user } = await done('createUser', { name: 'Rank', role: 'EDITOR' });
    const { secret } = await done('issueToken', { user: user.id, name: 'x' });
    const headers = { authorization: `Bearer ${secret}` };
    await done('updateUser', { id: user.id, expectedRevision: 1, role: 'CONTRIBUTOR' });
    expect((await me(headers)).data.viewer.role).toBe('CONTRIBUTOR');
    expect(await done('updateUser', { id: user.id, expectedRevision: 1, role: 'ADMIN' })).toMatchObject({
      __typename: 'ConflictError',
      currentRevision: 2,
    });
    await done('updateUser', { id: user.id, expectedRevision: 2, disabled: true });
    expect((await me(headers)).status).toBe(401);
    expect(await done('issueToken', { user: user.id, name: 'x' })).toMatchObject({
      __typename: 'ValidationError',
      fields: [{ path: 'user' }],
    });
  });

  it('who is the last one stays', async () => {
    const { data } = await service.query(
      '{ users { nodes { id name role revision tokens { prefix } } totalCount } }',
      {},
      admin,
    );
    const ada = data.users.nodes.find(({ name }: { name: string }) => name === 'Ada');
    for (const change of [{ role: 'EDITOR' }, { disabled: true }]) {
      expect(await done('updateUser', { id: ada.id, expectedRevision: ada.revision, ...change })).toMatchObject({
        __typename: 'ValidationError',
        fields: [{ path: Object.keys(change)[0], message: expect.stringContaining('nobody to administer') }],
      });
    }
    expect(data.users.totalCount).toBe(data.users.nodes.length);
    expect(ada.tokens).toHaveLength(1);
  });

  it.each([
    ['createUser', { name: ' ', role: 'EDITOR' }, 'name'],
    ['createUser', { name: 'x'.repeat(201), role: 'EDITOR' }, 'name'],
    ['createUser', { name: 'a\nb', role: 'EDITOR' }, 'name'],
  ])('%s refuses %j at its %s', async (mutation, input, path) => {
    expect(await done(mutation, input)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });

  it('is told that what is gone is not there', async () => {
    const nobody = Buffer.from('User:018f4b7e-0000-7000-8000-000000000000').toString('base64url');
    expect((await done('updateUser', { id: nobody, expectedRevision: 1 })).__typename).toBe('NotFoundError');
    expect((await done('issueToken', { user: nobody, name: 'x' })).__typename).toBe('NotFoundError');
    expect((await done('revokeToken', { id: nobody })).__typename).toBe('NotFoundError');
  });

  it('may not issue a token that is over already', async () => {
    const { user } = await done('createUser', { name: 'Late', role: 'EDITOR' });
    expect(await done('issueToken', { user: user.id, name: 'x', expiresAt: aMoment.toISOString() })).toMatchObject({
      fields: [{ path: 'expiresAt', message: 'must be in the future' }],
    });
  });
});

describe('a user, a token and an entry of the log', () => {
  it('come back from node for an administrator, and are nothing to others', async () => {
    const { data } = await service.query(
      '{ users(first: 1) { nodes { id tokens { id } } } auditLog(first: 1) { nodes { id } } }',
      {},
      admin,
    );
    const ids = [data.users.nodes[0].id, data.users.nodes[0].tokens[0]?.id, data.auditLog.nodes[0].id].filter(Boolean);
    const nodes = async (headers: Record<string, string>) =>
      (await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }, headers)).data.nodes;
    expect(await nodes(admin)).toEqual(ids.map((id) => ({ id })));
    for (const headers of [{}, await service.signIn('contributor'), await service.signIn('editor')]) {
      expect(await nodes(headers)).toEqual(ids.map(() => null));
    }
  });
});

describe('the audit log', () => {
  const log = async (filter: object, args = '') =>
    (
      await service.query(
        `query ($filter: AuditFilter) { auditLog(filter: $filter${args}) { totalCount pageInfo { hasNextPage endCursor } nodes {
          at action actorName actor { id name } subjectKind subjectId before after requestId } } }`,
        { filter },
        admin,
      )
    ).data.auditLog;

  it('says who did what to what, by which request, with what was before and after', async () => {
    const { user } = await done(
      'createUser',
      { name: 'Subject', role: 'EDITOR' },
      { ...admin, 'x-request-id': 'req-1' },
    );
    await done('updateUser', { id: user.id, expectedRevision: 1, name: 'Renamed' });
    const { nodes } = await log({ subject: user.id });
    expect(nodes).toMatchObject([
      {
        at: aMoment.toISOString(),
        action: 'updateUser',
        actorName: 'Ada',
        actor: { name: 'Ada' },
        subjectKind: 'User',
        subjectId: user.id,
        before: { name: 'Subject', role: 'EDITOR', disabled: false },
        after: { name: 'Renamed', role: 'EDITOR', disabled: false },
      },
      { action: 'createUser', before: null, after: { name: 'Subject', role: 'EDITOR' }, requestId: 'req-1' },
    ]);
  });

  it('is filtered by actor, action and time, and paged', async () => {
    const all = await log({});
    expect(all.totalCount).toBe(all.nodes.length);
    const actor = all.nodes.find(({ actorName }: { actorName: string }) => actorName === 'Ada').actor.id;
    const byAda = await log({ actor });
    expect(byAda.nodes.every(({ actorName }: { actorName: string }) => actorName === 'Ada')).toBe(true);
    expect(byAda.totalCount).toBeLessThan(all.totalCount);
    const issued = await log({ action: 'issueToken' });
    expect(new Set(issued.nodes.map(({ action }: { action: string }) => action))).toEqual(new Set(['issueToken']));
    expect((await log({ until: aMoment.toISOString() })).totalCount).toBe(0);
    expect((await log({ since: aMoment.toISOString() })).totalCount).toBe(all.totalCount);
    expect((await log({ actor: issued.nodes[0].subjectId })).totalCount).toBe(0);
    const first = await log({}, ', first: 2');
    const rest = await log({}, `, after: "${first.pageInfo.endCursor}"`);
    expect([...first.nodes, ...rest.nodes]).toEqual(all.nodes);
  });

  it('never has a token in it', async () => {
    const { user } = await done('createUser', { name: 'Secretive', role: 'EDITOR' });
    const { secret } = await done('issueToken', { user: user.id, name: 'x' });
    expect(JSON.stringify(await log({}))).not.toContain(secret.slice(10));
  });
});
