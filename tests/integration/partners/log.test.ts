import { announceDue } from '../../../src/content/change/announce.js';
import { settleAll } from '../../../src/content/change/partner-log.js';
import { sql } from '../../../src/database/sql.js';
import { everythingFor, Mirror, settled } from '../../support/mirror.js';
import { mutate } from '../../support/mutation.js';
import { aPartner, type TestPartner } from '../../support/partners.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService();
  editor = await service.signIn('admin');
  await service.load([
    aSection(),
    aSection({ slug: 'asia', name: 'Asia', parent: 'world' }),
    aSection({ slug: 'ideas', name: 'Ideas' }),
    { kind: 'tag', slug: 'rice', name: 'Rice' },
  ]);
});
afterAll(() => service.close());
afterEach(async () => {
  service.now = aMoment;
  await service.db.rows(sql`delete from article`);
  await service.db.rows(sql`delete from entitlement`);
  await service.db.rows(sql`delete from partner`);
});

let count = 0;
async function aFollower(
  terms: Parameters<TestPartner['grant']>[0],
): Promise<{ partner: TestPartner; mirror: Mirror }> {
  count += 1;
  const partner = await aPartner(service, `partner-${count}`);
  await partner.grant(terms);
  const mirror = new Mirror(service, partner.headers, 7);
  await mirror.poll();
  return { partner, mirror };
}

const kindsIn = (told: readonly { kind: string; path: string }[]) =>
  told.map(({ kind, path }) => `${kind} ${path.split('/').at(-2)}`);
const after = (minutes: number) => new Date(aMoment.getTime() + minutes * 60_000);

async function done(mutation: string, slug: string, more: object) {
  service.now = new Date(service.now.getTime() + 1000);
  const { data } = await service.query(`{ article(by: { slug: "${slug}" }) { id revision } }`, {}, editor);
  const { id, revision: expectedRevision } = data.article;
  const answer = await mutate(service, mutation, { id, expectedRevision, ...more }, 'article { revision }', editor);
  expect(answer.__typename).toMatch(/Success$/);
}

it('tells a partner of what it may have, in order, and of nothing else', async () => {
  await service.load([anArticle({ slug: 'old', section: 'asia' }), anArticle({ slug: 'other', section: 'ideas' })]);
  const { mirror, partner } = await aFollower({ sections: ['world'] });
  expect(kindsIn(mirror.told)).toEqual(['PUBLISHED old']);
  await service.load([anArticle({ slug: 'new', section: 'asia' }), anArticle({ slug: 'another', section: 'ideas' })]);
  await done('correctArticle', 'new', { note: 'A comma.' });
  await done('correctArticle', 'another', { note: 'Secret.' });
  await done('retractArticle', 'old', { reason: 'Made up.' });
  await done('unpublishArticle', 'another', { reason: 'Secret.' });
  const told = await mirror.poll();
  expect(told.map(({ kind, path, reason }) => [kind, path.split('/').at(-2), reason])).toEqual([
    ['PUBLISHED', 'new', null],
    ['CORRECTED', 'new', 'A comma.'],
    ['RETRACTED', 'old', 'Made up.'],
  ]);
  expect(mirror.sorted()).toEqual(await everythingFor(service, partner.headers));
  expect(await mirror.poll()).toEqual([]);
});

it('a piece that leaves the entitlement is withdrawn, and told of again when it is back', async () => {
  await service.load([anArticle({ slug: 'moves', section: 'asia' })]);
  const { mirror } = await aFollower({ sections: ['world'] });
  await done('updateArticle', 'moves', { section: 'ideas' });
  expect(await mirror.poll()).toEqual([]);
  await done('publishArticle', 'moves', {});
  expect(kindsIn(await mirror.poll())).toEqual(['WITHDRAWN moves']);
  await done('updateArticle', 'moves', { section: 'asia' });
  await done('publishArticle', 'moves', {});
  expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED moves']);

  const { data } = await service.query('{ section(by: { slug: "asia" }) { id revision } }');
  const move = (parent: string | null, expectedRevision: number) =>
    mutate(service, 'moveSection', { id: data.section.id, expectedRevision, parent }, '__typename', editor);
  await move(null, data.section.revision);
  expect(kindsIn(await mirror.poll())).toEqual(['WITHDRAWN moves']);
  await move('world', data.section.revision + 1);
  expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED moves']);
});

it('a partner that reads feeds alone is told there, too, of what it must let go of', async () => {
  await service.load([anArticle({ slug: 'moves', section: 'asia' }), anArticle({ slug: 'stays', section: 'asia' })]);
  const partner = await aPartner(service, 'reader');
  await partner.grant({ sections: ['world'] });
  const ids = await service.db.rows<{ slug: string; id: string }>(sql`select slug, id from article`);
  const slugOf = new Map(ids.map(({ slug, id }) => [`urn:uuid:${id}`, slug]));
  const asked = async (headers = {}) => {
    await settled(service);
    const response = await service.request(`/feeds/${'authorization' in headers ? 'partner' : 'latest'}.json`, {
      headers,
    });
    const { items, _dateline } = (await response.json()) as {
      items: { id: string }[];
      _dateline: { deleted: { id: string; reason: string }[] };
    };
    return [
      items.map(({ id }) => slugOf.get(id)).sort(),
      _dateline.deleted.map(({ id, reason }) => `${slugOf.get(id)}: ${reason}`),
    ];
  };
  const move = async (section: string) => {
    await done('updateArticle', 'moves', { section });
    await done('publishArticle', 'moves', {});
  };
  expect(await asked(partner.headers)).toEqual([['moves', 'stays'], []]);
  await move('ideas');
  expect(await asked(partner.headers)).toEqual([['stays'], ['moves: No longer granted to you.']]);
  expect(await asked()).toEqual([['moves', 'stays'], []]);
  await move('asia');
  expect(await asked(partner.headers)).toEqual([['moves', 'stays'], []]);
  await move('ideas');
  await done('retractArticle', 'moves', { reason: 'Made up.' });
  expect(await asked(partner.headers)).toEqual([['stays'], ['moves: Made up.']]);
  service.now = after(60);
  await partner.grant({ sections: ['ideas'] });
  expect(await asked(partner.headers)).toEqual([[], ['stays: No longer granted to you.', 'moves: Made up.']]);
});

it('a piece that was brought back by a transaction that began before the one that let it go is held, until it goes again', async () => {
  await service.load([anArticle({ slug: 'back', section: 'asia' })]);
  const { mirror, partner } = await aFollower({});
  // Its date stays: time alone would tell of it otherwise.
  const put = (status: string, kind: string) =>
    service.db.transaction(async (tx) => {
      await tx.rows(sql`update article set status = ${status}::article_status,
        withdrawn_at = case when ${status === 'UNPUBLISHED'}::boolean then now() end,
        withdrawn_reason = case when ${status === 'UNPUBLISHED'}::boolean then 'Off.' end where slug = 'back'`);
      await tx.rows(sql`insert into change (at, kind, article_id, path)
        select ${service.now.toISOString()}::timestamptz, ${kind}::change_kind, id, path from article where slug = 'back'`);
    });
  await put('UNPUBLISHED', 'WITHDRAWN');
  await put('PUBLISHED', 'UPDATED');
  // In the order in which both began.
  await service.db.rows(sql`
    with last as (select xid, id from change order by xid desc, id desc limit 2)
    update change c set xid = (select min(xid) + max(xid) from last) - c.xid from last
    where (c.xid, c.id) = (last.xid, last.id)`);
  expect(kindsIn(await mirror.poll())).toEqual(['UPDATED back', 'WITHDRAWN back', 'PUBLISHED back']);
  expect(mirror.sorted()).toEqual(await everythingFor(service, partner.headers));
  await put('UNPUBLISHED', 'WITHDRAWN');
  expect(kindsIn(await mirror.poll())).toEqual(['WITHDRAWN back']);
  expect(mirror.sorted()).toEqual([]);
});

it('another entitlement tells of what leaves and of what enters, and anew of all when its depth is another', async () => {
  await service.load([anArticle({ slug: 'a', section: 'asia' }), anArticle({ slug: 'b', section: 'ideas' })]);
  const { mirror, partner } = await aFollower({ sections: ['asia'] });
  await partner.grant({ sections: ['ideas'] });
  expect(kindsIn(await mirror.poll()).sort()).toEqual(['PUBLISHED b', 'WITHDRAWN a']);
  await partner.grant({});
  expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED a']);
  await partner.grant({ depth: 'TEASER' });
  expect(kindsIn(await mirror.poll()).sort()).toEqual(['UPDATED a', 'UPDATED b']);
  await service.db.rows(sql`delete from entitlement`);
  expect(kindsIn(await mirror.poll()).sort()).toEqual(['WITHDRAWN a', 'WITHDRAWN b']);
  expect(mirror.sorted()).toEqual([]);
});

describe('a delay', () => {
  it('that runs out is a publication at that moment, without a word before', async () => {
    const { mirror } = await aFollower({ delayMinutes: 30 });
    await service.load([anArticle({ slug: 'now', publishedAt: minutesAgo(0) })]);
    await done('correctArticle', 'now', { note: 'Early.' });
    expect(await mirror.poll()).toEqual([]);
    service.now = new Date(after(30).getTime() - 1);
    expect(await mirror.poll()).toEqual([]);
    service.now = after(31);
    const told = await mirror.poll();
    expect(kindsIn(told)).toEqual(['PUBLISHED now']);
    expect(told[0]?.at).toBe(after(30).toISOString());
    expect(await mirror.poll()).toEqual([]);
  });

  it('holds for a schedule, told of once whoever notices first', async () => {
    const { mirror } = await aFollower({ delayMinutes: 30 });
    const { mirror: atOnce } = await aFollower({});
    await service.load([anArticle({ slug: 'plan', status: 'SCHEDULED', publishedAt: minutesAgo(-10) })]);
    service.now = after(10);
    expect(kindsIn(await atOnce.poll())).toEqual(['PUBLISHED plan']);
    await announceDue(service.db, service.now);
    expect(await atOnce.poll()).toEqual([]);
    expect(await mirror.poll()).toEqual([]);
    service.now = after(40);
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED plan']);
  });

  it('is missed by nobody whose clocks are apart', async () => {
    const { mirror } = await aFollower({ delayMinutes: 30 });
    await service.load([anArticle({ slug: 'apart', publishedAt: minutesAgo(0) })]);
    // One machine is ahead, the next is behind: what the first has looked at, the second looks at again.
    for (const minutes of [29.9, 10, 29.95, 20]) {
      service.now = after(minutes);
      expect(await mirror.poll()).toEqual([]);
    }
    service.now = after(30);
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED apart']);
  });

  it('begins with the first publication: a piece whose date is moved stays where it is', async () => {
    await service.load([anArticle({ slug: 'dated', publishedAt: minutesAgo(90) })]);
    const { mirror } = await aFollower({ delayMinutes: 30 });
    await done('publishArticle', 'dated', { at: aMoment.toISOString() });
    expect(kindsIn(await mirror.poll())).toEqual(['UPDATED dated']);
  });

  it('that was cut short by a withdrawal is never told of', async () => {
    const { mirror } = await aFollower({ delayMinutes: 30 });
    await service.load([anArticle({ slug: 'gone', publishedAt: minutesAgo(0) })]);
    await done('retractArticle', 'gone', { reason: 'Made up.' });
    service.now = after(60);
    expect(await mirror.poll()).toEqual([]);
  });
});

it('is written on by the jobs, so that a reader comes to a log that is ready', async () => {
  const { mirror } = await aFollower({});
  await service.load(Array.from({ length: 30 }, () => anArticle()));
  await settleAll(service.db, service.now);
  const [{ count: written }] = (await service.db.rows(sql`select count(*)::int as count from partner_change`)) as [any];
  expect(written).toBe(30);
  expect(await mirror.poll()).toHaveLength(30);
});

it('a log begun by two at once tells everything once', async () => {
  await service.load(Array.from({ length: 20 }, () => anArticle()));
  const partner = await aPartner(service, 'twice');
  await partner.grant({});
  const mirrors = [1, 2, 3].map(() => new Mirror(service, partner.headers, 5));
  await Promise.all(mirrors.map((mirror) => mirror.poll()));
  for (const mirror of mirrors) {
    await mirror.poll();
    expect(mirror.told).toHaveLength(20);
    expect(mirror.told).toEqual(mirrors[0]?.told);
  }
});

it('its cursors are its own: those of the log of all, and of other partners, are refused', async () => {
  await service.load([anArticle()]);
  const { partner, mirror } = await aFollower({});
  const { partner: other } = await aFollower({});
  const all = new Mirror(service);
  await all.poll();
  const refused: [Record<string, string>, string | null][] = [
    [partner.headers, all.cursor],
    [other.headers, mirror.cursor],
    [{}, mirror.cursor],
  ];
  for (const [headers, since] of refused) {
    const { errors } = await service.query(`{ changes(since: "${since}") { nodes { path } } }`, {}, headers);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_CURSOR' });
  }
});
