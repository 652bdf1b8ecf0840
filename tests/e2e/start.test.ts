import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

describe('a service over a folder of its own', () => {
  let folder: string;
  let service: ServiceProcess;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dateline-start-'));
    service = await started();
  });
  afterAll(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const started = () =>
    startServiceProcess({ DATA_DIR: folder, DATELINE_NEWSROOM: 'off', DATELINE_ADMIN_TOKEN: undefined });
  const firstToken = () => /^ +(dlt_\w+)$/m.exec(service.said())?.[1];
  const viewer = (token: string) => service.query('{ viewer { name role } }', {}, token);

  it('hands out the first administrator’s token when it starts', async () => {
    expect(await viewer(firstToken() ?? '')).toMatchObject({
      data: { viewer: { name: 'Administrator', role: 'ADMIN' } },
    });
  });

  it('counts what there is for anyone and for an editor, before it was ever started anew', async () => {
    const asAnyone = await fetch(
      `${service.url}/graphql?${new URLSearchParams({ query: '{ articles { totalCount } }' })}`,
    );
    const { data } = (await asAnyone.json()) as { data: { articles: { totalCount: number } } };
    expect(data.articles).toEqual({ totalCount: 0 });
    const ofStatus = await service.query(
      '{ articles(filter: { status: [PUBLISHED] }) { totalCount } }',
      {},
      firstToken(),
    );
    expect(ofStatus.data.articles).toEqual(data.articles);
  });

  it('takes the tokens that the command line gives out beside it, until the command line ends them', async () => {
    const token = await service.command('token', 'create', '--role', 'editor', '--name', 'Ann', '--expires', '30d');
    expect(token).toMatch(/^dlt_\w{30}$/);
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Ann', role: 'EDITOR' } } });
    const list = await service.command('token', 'list');
    expect(list).toMatch(/editor +Ann/);
    expect(list).not.toContain(token);
    await service.command('token', 'revoke', token.slice(0, 10));
    expect((await viewer(token)).status).toBe(401);
  });

  it('takes the keys of partners that the command line gives out beside it, until the command line ends them', async () => {
    const [slug, name] = ['riac', 'RIAC'];
    const create = 'mutation { createPartner(input: { slug: "riac", name: "RIAC" }) { __typename } }';
    expect((await service.query(create, {}, firstToken())).data.createPartner.__typename).toBe('CreatePartnerSuccess');
    const key = await service.command('key', 'create', '--partner', slug, '--name', 'their site', '--expires', '30d');
    expect(key).toMatch(/^dlk_\w{30}$/);
    const ask = () => service.query('{ viewer { name role } articles { totalCount } }', {}, key);
    // Nothing is granted yet.
    expect((await ask()).data).toEqual({ viewer: { name, role: 'PARTNER' }, articles: { totalCount: 0 } });
    const list = await service.command('key', 'list');
    expect(list).toMatch(new RegExp(`${key.slice(0, 10)} +${name} +their site +until `));
    expect(list).not.toContain(key);
    expect(await service.command('key', 'revoke', key.slice(0, 10))).toBe(`${key.slice(0, 10)} of ${name} is revoked.`);
    expect((await ask()).status).toBe(401);
    expect(await service.command('key', 'list')).toMatch(/their site +revoked /);
  });

  it.each([
    [
      ['key', 'create', '--partner', 'nobody', '--name', 'x'],
      1,
      /There is no partner with the slug “nobody”; there is /,
    ],
    [['key', 'create', '--name', 'x'], 2, /--partner/],
    [['key', 'revoke', 'dlt_wrong'], 1, /is not the beginning of a key/],
    [['key', 'revoke', 'dlk_zzzzzz'], 1, /No key begins with dlk_zzzzzz/],
  ])('dateline %j ends with %i and says why', async (args, code, why) => {
    await expect(service.command(...args)).rejects.toMatchObject({ code, stderr: expect.stringMatching(why) });
  });

  it('hands out no token when it starts again, and knows the first one', async () => {
    const first = firstToken() ?? '';
    await service.stop();
    service = await started();
    expect(firstToken()).toBeUndefined();
    expect(await viewer(first)).toMatchObject({ data: { viewer: { role: 'ADMIN' } } });
  });
});
