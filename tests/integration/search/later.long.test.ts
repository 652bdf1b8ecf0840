import { refreshSearch, searchedLater } from '../../../src/content/search/store.js';
import { sql, type Sql } from '../../../src/database/sql.js';
import { anArticle, anAuthor, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;

beforeEach(async () => {
  service = await startService();
  await service.load([
    aSection({ slug: 'world', name: 'World' }),
    anArticle({ slug: 'kept', headline: 'Harbours at night' }),
    anArticle({ slug: 'changed', headline: 'Harbours by day' }),
  ]);
});
afterEach(() => service.close());

async function found(query: string): Promise<string[]> {
  const { data, errors } = await service.query(
    'query ($query: String!) { search(query: $query) { totalCount nodes { article { slug } } } }',
    { query },
  );
  expect(errors).toBeUndefined();
  const slugs = data.search.nodes.map(({ article }: { article: { slug: string } }) => article.slug) as string[];
  expect(data.search.totalCount).toBe(slugs.length);
  return slugs.sort();
}

const change = (set: Sql) => sql`update article set ${set} where slug = 'changed'`;
const waiting = async () => (await service.db.rows(sql`select from search_stale`)).length;

it('finds what an import writes when the import is in', async () => {
  expect(await found('harbours')).toEqual(['changed', 'kept']);
  expect(await waiting()).toBe(0);
});

it('leaves what is written for later out until its document is made', async () => {
  await service.db.transaction(async (tx) => {
    await searchedLater(tx);
    await tx.rows(change(sql`headline = 'Quays by day'`));
  });
  expect([await found('harbours'), await found('quays')]).toEqual([['kept'], []]);
  await refreshSearch(service.db);
  expect([await found('harbours'), await found('quays'), await waiting()]).toEqual([['kept'], ['changed'], 0]);
});

it('never finds what was taken off the site, whoever makes its document when', async () => {
  await service.db.transaction(async (tx) => {
    await searchedLater(tx);
    await tx.rows(change(sql`status = 'UNPUBLISHED', withdrawn_at = now(), withdrawn_reason = 'It was wrong.'`));
  });
  expect(await found('harbours')).toEqual(['kept']);
  await refreshSearch(service.db);
  expect(await found('harbours')).toEqual(['kept']);
});

it('finds at once what an editor saves, though an import had left it for later', async () => {
  await service.db.transaction(async (tx) => {
    await searchedLater(tx);
    await tx.rows(change(sql`headline = 'Quays by day'`));
  });
  await service.db.transaction((tx) => tx.rows(change(sql`headline = 'Wharves by day'`)));
  expect([await found('wharves'), await waiting()]).toEqual([['changed'], 0]);
});

it('renames who wrote very many pieces without making all their documents, and makes them afterwards', async () => {
  await service.load([
    anAuthor({ slug: 'ann', name: 'Ann Smith' }),
    ...Array.from({ length: 201 }, (_, at) =>
      anArticle({ slug: `piece-${at}`, headline: `Piece ${at}`, authors: ['ann'] }),
    ),
  ]);
  await service.db.rows(sql`update author set name = 'Ann Ostrander' where slug = 'ann'`);
  expect(await waiting()).toBe(201);
  await refreshSearch(service.db);
  expect(await waiting()).toBe(0);
  const { data } = await service.query('{ search(query: "ostrander", first: 1) { totalCount } }');
  expect(data.search.totalCount).toBe(201);
});
