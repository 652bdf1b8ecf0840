import { sql } from '../../../src/database/sql.js';
import { mutate } from '../../support/mutation.js';
import { anArticle, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { idOf, paper } from './paper.js';

let service: TestService;

beforeAll(async () => {
  service = await startService({ answers: true });
  await service.load(paper);
}, 120_000);
beforeEach(() => {
  service.now = aMoment;
});
afterAll(() => service.close());

/** What is answered once this instance has heard of everything written so far. */
async function get(path: string): Promise<Response> {
  await service.answers?.caughtUp();
  return service.request(path);
}

describe('a withdrawal', () => {
  const gravesIn = (body: string) =>
    (JSON.parse(body) as { _dateline: { deleted: { id: string }[] } })._dateline.deleted.map(({ id }) => id.slice(9));

  it('is told in the feeds the piece was in, and in no other', async () => {
    const gone = await idOf(service, 'gone');
    for (const feed of ['latest', 'sections/world', 'sections/east-asia', 'authors/anna-kolotova', 'tags/trade']) {
      expect(gravesIn(await (await get(`/feeds/${feed}.json`)).text())).toEqual([gone]);
    }
    for (const feed of ['authors/pia-lens', 'tags/ports'])
      expect(gravesIn(await (await get(`/feeds/${feed}.json`)).text())).toEqual([]);
  });

  it('is told where the piece stood before, though it had moved; while it is there to be read nothing is', async () => {
    const asked = async (feed: string) => await (await get(`/feeds/${feed}.json`)).text();
    const left = ['sections/east-asia', 'authors/zhao-wenbin', 'tags/ports'];
    const stayed = ['sections/world', 'authors/anna-kolotova', 'tags/trade'];
    const mover = { slug: 'mover', headline: 'Mover', publishedAt: minutesAgo(50) };
    const authors = ['anna-kolotova', 'zhao-wenbin'];
    await service.load([anArticle({ ...mover, section: 'east-asia', authors, tags: ['trade', 'ports'] })]);
    const id = await idOf(service, 'mover');
    for (const feed of [...left, ...stayed]) expect(await asked(feed)).toContain(id);

    await service.load([anArticle({ ...mover, section: 'world', authors: ['anna-kolotova'], tags: ['trade'] })]);
    for (const feed of left) expect(await asked(feed)).not.toContain(id);
    for (const feed of stayed) expect(gravesIn(await asked(feed))).not.toContain(id);

    service.now = new Date(aMoment.getTime() + 60_000);
    await service.db.rows(sql`
      update article set status = 'RETRACTED', withdrawn_at = ${aMoment.toISOString()}::timestamptz, withdrawn_reason = 'No.' where slug = 'mover'`);
    for (const feed of [...left, ...stayed]) expect(gravesIn(await asked(feed))).toContain(id);
    expect(gravesIn(await asked('authors/pia-lens'))).not.toContain(id);
    await service.db.rows(sql`delete from article where slug = 'mover'`);
  });

  it('is told where the piece stood before its section moved', async () => {
    const admin = await service.signIn('admin');
    const { data } = await service.query('{ section(by: { slug: "east-asia" }) { id revision } }');
    const { id, revision: expectedRevision } = data.section;
    const move = (parent: string | null, revision: number) =>
      mutate(service, 'moveSection', { id, expectedRevision: revision, parent }, '__typename', admin);
    await service.load([anArticle({ slug: 'carried', section: 'east-asia' })]);
    const carried = await idOf(service, 'carried');
    await move(null, expectedRevision);
    service.now = new Date(aMoment.getTime() + 60_000);
    await service.db.rows(sql`
      update article set status = 'RETRACTED', withdrawn_at = ${aMoment.toISOString()}::timestamptz, withdrawn_reason = 'No.' where slug = 'carried'`);
    expect(gravesIn(await (await get('/feeds/sections/world.json')).text())).toContain(carried);
    await service.db.rows(sql`delete from article where slug = 'carried'`);
    await move('world', expectedRevision + 1);
  });

  it('is told for 30 days at the head, and afterwards on the page where the piece stood', async () => {
    const { next_url: next = '' } = JSON.parse(await (await get('/feeds/latest.json?limit=2')).text()) as {
      next_url?: string;
    };
    const gone = await idOf(service, 'gone');
    service.now = new Date(aMoment.getTime() + 31 * 86_400_000);
    // The piece stood between the second entry and the third.
    expect(gravesIn(await (await get('/feeds/latest.json?limit=3')).text())).toEqual([]);
    expect(gravesIn(await (await get('/feeds/latest.json?limit=4')).text())).toEqual([gone]);
    service.now = aMoment;
    expect(gravesIn(await (await get(next)).text())).toEqual([gone]);
  });

  it('is not told of a schedule that was called off before its moment', async () => {
    const { slug, ...rest } = anArticle({
      headline: 'Secret never',
      publishedAt: minutesAgo(30),
      withdrawnAt: minutesAgo(40),
      status: 'UNPUBLISHED',
      reason: 'No.',
    });
    await service.load([{ ...rest, slug }]);
    const never = await idOf(service, slug);
    expect(await (await get('/feeds/latest.json')).text()).not.toContain(never);
  });

  it('moves the date of the feed', async () => {
    const before = await get('/feeds/tags/trade.atom');
    await service.db.rows(sql`
      update article set status = 'UNPUBLISHED', withdrawn_at = ${minutesAgo(1)}::timestamptz, withdrawn_reason = 'Later.' where slug = 'rich'`);
    const after = await get('/feeds/tags/trade.atom');
    await service.db.rows(
      sql`update article set status = 'PUBLISHED', withdrawn_at = null, withdrawn_reason = null where slug = 'rich'`,
    );
    expect(before.headers.get('last-modified')).toBe('Mon, 15 Jun 2026 11:55:00 GMT');
    expect(after.headers.get('last-modified')).toBe('Mon, 15 Jun 2026 11:59:00 GMT');
    expect(await after.text()).not.toContain('Qingdao');
  });
});
