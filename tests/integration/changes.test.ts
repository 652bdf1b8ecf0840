import { announceDue } from '../../src/content/change/announce.js';
import { adoptLog } from '../../src/content/change/store.js';
import { sql } from '../../src/database/sql.js';
import { globalId } from '../../src/graphql/builder.js';
import { everythingFor, Mirror } from '../support/mirror.js';
import { mutate } from '../support/mutation.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService();
  editor = await service.signIn('admin');
  await service.load([aSection()]);
});
afterAll(() => service.close());

/** A follower who has read all there is. */
async function aFollower(pageSize?: number): Promise<Mirror> {
  const mirror = new Mirror(service, {}, pageSize);
  await mirror.poll();
  return mirror;
}

const tick = () => {
  service.now = new Date(service.now.getTime() + 1000);
};

async function done(mutation: string, input: object, success: string): Promise<any> {
  tick();
  const answer = await mutate(service, mutation, input, success, editor);
  if (answer.__typename !== `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Success`)
    throw new Error(`${mutation}: ${JSON.stringify(answer)}`);
  return answer;
}

const move = (mutation: string, id: string, more: object = {}) =>
  done(mutation, { id, expectedRevision: revisions.get(id) ?? 1, ...more }, 'article { revision }').then((answer) =>
    revisions.set(id, answer.article.revision),
  );
const revisions = new Map<string, number>();

const kindsIn = (told: readonly { kind: string; path: string }[]) =>
  told.map(({ kind, path }) => `${kind} ${path.split('/').at(-2)}`);

describe('the log of changes', () => {
  it('tells of everything that is public from its beginning, and of nothing else', async () => {
    await service.load([
      anArticle({ slug: 'one' }),
      anArticle({ slug: 'two' }),
      anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
      anArticle({ slug: 'plan', status: 'SCHEDULED', publishedAt: minutesAgo(-10) }),
      anArticle({ slug: 'gone', status: 'RETRACTED', reason: 'Made up.', withdrawnAt: minutesAgo(1) }),
    ]);
    const mirror = new Mirror(service);
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED one', 'PUBLISHED two']);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
    expect(await mirror.poll()).toEqual([]);

    service.now = new Date(aMoment.getTime() + 11 * 60_000);
    await announceDue(service.db, service.now);
    expect(await mirror.poll()).toMatchObject([{ kind: 'PUBLISHED', at: '2026-06-15T12:10:00.000Z' }]);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
  });

  it('tells of each step along the workflow, with its words, once', async () => {
    const mirror = await aFollower();
    const { article } = await done('createArticle', { headline: 'It rains', section: 'world' }, 'article { id }');
    const { id } = article;
    revisions.set(id, 1);
    await move('submitArticle', id);
    await move('publishArticle', id);
    await move('updateArticle', id, { slug: 'it-pours' });
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED it-rains']);
    await move('publishArticle', id);
    await move('correctArticle', id, { note: 'It pours.' });
    await move('unpublishArticle', id, { reason: 'A lawyer wrote.' });
    await move('publishArticle', id);
    await move('retractArticle', id, { reason: 'Made up.' });
    expect((await mirror.poll()).map(({ kind, path, reason }) => [kind, path, reason])).toEqual([
      ['UPDATED', '/2026/06/15/it-pours/', null],
      ['CORRECTED', '/2026/06/15/it-pours/', 'It pours.'],
      ['WITHDRAWN', '/2026/06/15/it-pours/', 'A lawyer wrote.'],
      ['PUBLISHED', '/2026/06/15/it-pours/', null],
      ['RETRACTED', '/2026/06/15/it-pours/', 'Made up.'],
    ]);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
  });

  it('tells of an import that changes, withdraws or retracts what was public', async () => {
    const pieces = ['changed', 'same', 'off', 'false'].map((slug) => anArticle({ slug }));
    const [changed, same, off, untrue] = pieces;
    await service.load(pieces);
    const mirror = await aFollower();
    tick();
    await service.load([
      { ...changed!, headline: 'Other' },
      same!,
      { ...off!, status: 'UNPUBLISHED', reason: 'Wrong day.' },
      { ...untrue!, status: 'RETRACTED', reason: 'Made up.' },
    ]);
    expect((await mirror.poll()).map(({ kind, path, reason }) => [kind, path.split('/').at(-2), reason])).toEqual([
      ['UPDATED', 'changed', null],
      ['WITHDRAWN', 'off', 'Wrong day.'],
      ['RETRACTED', 'false', 'Made up.'],
    ]);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
  });

  describe('tells of pieces that show something else because', () => {
    let mirror: Mirror;

    beforeAll(async () => {
      await service.load([
        aSection({ slug: 'asia', name: 'Asia', parent: 'world' }),
        aSection({ slug: 'ideas', name: 'Ideas' }),
        anAuthor({ slug: 'ann', name: 'Ann' }),
        anAuthor({ slug: 'bo', name: 'Bo' }),
        anAuthor({ slug: 'cy', name: 'Cy' }),
        aSection({ slug: 'life', name: 'Life' }),
        ...['rice', 'corn', 'oats'].map((slug) => ({ kind: 'tag' as const, slug, name: slug })),
        { kind: 'tag', slug: 'trade', name: 'Trade' },
        { kind: 'partner', slug: 'riac', name: 'RIAC' },
        anArticle({ slug: 'of-life', section: 'life', tags: ['rice', 'corn', 'oats'], authors: ['ann', 'cy'] }),
        anArticle({ slug: 'of-asia', section: 'asia', partner: 'riac' }),
        anArticle({ slug: 'of-ideas', section: 'ideas', tags: ['trade'] }),
        anArticle({ slug: 'hidden', section: 'life', tags: ['rice'], authors: ['ann'], status: 'DRAFT' }),
      ]);
      mirror = await aFollower();
    });

    async function target(mutation: string, slug: string) {
      const [, noun = ''] = /(section|tag|partner|author)s?$/i.exec(mutation) ?? [];
      const { data } = await service.query(
        `{ thing: ${noun.toLowerCase()}(by: { slug: "${slug}" }) { id revision }
          tag(by: { slug: "trade" }) { id } author(by: { slug: "bo" }) { id } }`,
      );
      const { id, revision: expectedRevision } = data.thing;
      const into = mutation.startsWith('merge') ? { into: data[noun.toLowerCase()].id } : {};
      return { id, expectedRevision, ...into };
    }

    it.each([
      ['their section is renamed', 'updateSection', 'life', { name: 'Living' }, ['of-life']],
      ['their section is another part of the paper', 'moveSection', 'asia', { parent: null }, ['of-asia']],
      ['their tag is renamed', 'updateTag', 'rice', { name: 'Grain' }, ['of-life']],
      ['their tag is another', 'mergeTags', 'corn', {}, ['of-life']],
      ['their tag is gone', 'deleteTag', 'oats', {}, ['of-life']],
      ['their source is renamed', 'updatePartner', 'riac', { name: 'The RIAC' }, ['of-asia']],
      ['their author has another address', 'updateAuthor', 'ann', { slug: 'ann-lee' }, ['of-life']],
      ['their author is another', 'mergeAuthors', 'cy', {}, ['of-life']],
      ['nothing: a name printed on them stays', 'updateAuthor', 'bo', { name: 'Bo Å' }, []],
      ['nothing: a section is described anew', 'updateSection', 'life', { description: 'All of it.' }, []],
    ])('%s', async (_why, mutation, name, input, slugs) => {
      await done(mutation, { ...(await target(mutation, name)), ...input }, '__typename');
      expect(kindsIn(await mirror.poll())).toEqual(slugs.map((slug) => `UPDATED ${slug}`));
      expect(mirror.sorted()).toEqual(await everythingFor(service));
    });
  });

  it('is read page by page, each entry once, from any cursor that it gave out', async () => {
    await service.load(Array.from({ length: 7 }, () => anArticle()));
    const whole = await new Mirror(service).poll();
    const inPages = new Mirror(service, {}, 2);
    expect(await inPages.poll()).toEqual(whole);
    const { data } = await service.query(
      '{ changes(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } edges { cursor node { cursor } } } }',
    );
    expect(data.changes).toMatchObject({
      totalCount: whole.length,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    for (const { cursor, node } of data.changes.edges) expect(cursor).toBe(node.cursor);
  });

  it.each([
    ['words', 'BAD_CURSOR', { since: 'tomorrow' }],
    ['a cursor of another list', 'BAD_CURSOR', { since: Buffer.from('["articles",1,"x"]').toString('base64url') }],
    ['places that are no numbers', 'BAD_CURSOR', { since: Buffer.from('["changes","1;","2"]').toString('base64url') }],
    [
      'places past every number',
      'BAD_CURSOR',
      { since: Buffer.from(`["changes","${'9'.repeat(30)}","2"]`).toString('base64url') },
    ],
    ['none at all', 'BAD_USER_INPUT', { first: 0 }],
    ['too many', 'BAD_USER_INPUT', { first: 101 }],
  ])('refuses %s, and says so', async (_what, code, variables) => {
    const { errors } = await service.query(
      'query ($since: String, $first: Int) { changes(since: $since, first: $first) { nodes { path } } }',
      variables,
    );
    expect(errors?.[0]?.extensions).toEqual({ code });
  });

  it('keeps back what a machine whose clock runs ahead has written, until it is there', async () => {
    const mirror = await aFollower();
    await service.load([anArticle({ slug: 'now' })]);
    const { now } = service;
    service.now = new Date(now.getTime() + 5000);
    await service.load([anArticle({ slug: 'ahead', publishedAt: service.now.toISOString() })]);
    service.now = now;
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED now']);
    service.now = new Date(now.getTime() + 5000);
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED ahead']);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
  });

  it('that a dump brought from another server stands before what is written here; its cursors are refused', async () => {
    const elsewhere = '999999999999';
    await service.db.rows(sql`update change set xid = ${elsewhere}::bigint`);
    const since = Buffer.from(JSON.stringify(['changes', elsewhere, '1'])).toString('base64url');
    await adoptLog(service.db);
    const mirror = await aFollower();
    expect(mirror.sorted()).toEqual(await everythingFor(service));
    await service.load([anArticle({ slug: 'after-the-move' })]);
    expect(kindsIn(await mirror.poll())).toEqual(['PUBLISHED after-the-move']);
    const { errors } = await service.query(`{ changes(since: "${since}") { nodes { path } } }`);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_CURSOR' });
  });

  it('names pieces by the id that the graph knows them by', async () => {
    const mirror = await aFollower();
    await service.load([anArticle({ slug: 'named' })]);
    const [row] = await service.db.rows<{ id: string }>(sql`select id from article where slug = 'named'`);
    const [entry] = await mirror.poll();
    expect(entry?.articleId).toBe(globalId('Article', row?.id ?? ''));
    expect(entry?.article?.id).toBe(entry?.articleId);
  });
});

describe('a writer that is slow to commit', () => {
  it('loses nothing to a reader who has been past its beginning', async () => {
    // The embedded database has one connection: there no two transactions overlap.
    if (service.db.kind !== 'postgres') return;
    const { db } = service;
    await service.load([anArticle({ slug: 'slow' }), anArticle({ slug: 'fast' })]);
    const mirror = await aFollower();
    const rename = (slug: string) => sql`
      with renamed as (update article set headline = 'Other' where slug = ${slug} returning id, path)
      insert into change (at, kind, article_id, path) select ${service.now.toISOString()}::timestamptz, 'UPDATED', id, path from renamed`;
    await db.transaction(async (slow) => {
      await slow.rows(rename('slow'));
      await db.transaction((fast) => fast.rows(rename('fast')));
      // The fast one has committed, and is kept back all the same: it must not come before the slow one.
      const before = mirror.told.length;
      await mirror.step();
      expect(mirror.told.slice(before)).toEqual([]);
    });
    expect(kindsIn(await mirror.poll())).toEqual(['UPDATED slow', 'UPDATED fast']);
    expect(mirror.sorted()).toEqual(await everythingFor(service));
  });
});
