import fc from 'fast-check';
import { mutate } from '../../support/mutation.js';
import { operation } from '../../support/operations.js';
import { anArticle, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

const pieces = Array.from({ length: 8 }, (_, index) => `piece-of-${index}`);
let service: TestService;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection(),
    ...pieces.map((slug) => anArticle({ slug })),
    anArticle({ slug: 'in-work', status: 'DRAFT', publishedAt: null }),
  ]);
  editor = await service.signIn('editor');
});
afterAll(() => service.close());

async function aBook(title: string, articles: string[] = []): Promise<string> {
  const { collection } = await mutate(
    service,
    'createCollection',
    { title, kind: 'PUBLICATION' },
    'collection { id }',
    editor,
  );
  if (articles.length > 0) await setArticles(collection.id, 1, articles);
  return collection.id;
}

const setArticles = (id: string, expectedRevision: number, articles: string[]) =>
  mutate(service, 'setCollectionArticles', { id, expectedRevision, articles }, 'collection { revision }', editor);

async function contents(id: string): Promise<{ revision: number; slugs: string[] }> {
  const asked = 'query ($id: ID!) { collection(by: { id: $id }) { revision articles(first: 100) { nodes { slug } } } }';
  const { revision, articles } = (await service.query(asked, { id }, editor)).data.collection;
  return { revision, slugs: articles.nodes.map(({ slug }: { slug: string }) => slug) };
}

it('editors who each put their piece first, at once and again when another was before them, lose nobody’s', async () => {
  const id = await aBook('Everybody’s');
  const taken: [revision: number, slug: string][] = [];
  let conflicts = 0;
  const put = async (slug: string) => {
    for (;;) {
      const { revision, slugs } = await contents(id);
      const answer = await setArticles(id, revision, [slug, ...slugs]);
      if (answer.__typename === 'SetCollectionArticlesSuccess')
        return void taken.push([answer.collection.revision, slug]);
      expect(answer).toMatchObject({ __typename: 'ConflictError' });
      expect(answer.currentRevision).toBeGreaterThan(revision);
      conflicts += 1;
    }
  };
  await Promise.all(pieces.map(put));
  const inOrder = [...taken].sort(([one], [other]) => other - one).map(([, slug]) => slug);
  expect(await contents(id)).toEqual({ revision: pieces.length + 1, slugs: inOrder });
  expect(conflicts).toBeGreaterThan(0);
}, 60_000);

it('what is set is read in the order it was set, whatever stood there before', async () => {
  const id = await aBook('Any order');
  let { revision } = await contents(id);
  const numRuns = process.env['TEST_DATABASE_URL'] === undefined ? 8 : 40;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(pieces), async (order) => {
      await setArticles(id, revision, order);
      revision += 1;
      expect(await contents(id)).toEqual({ revision, slugs: order });
      const stale = await setArticles(id, revision - 1, [...order].reverse());
      expect(stale).toMatchObject({ __typename: 'ConflictError', currentRevision: revision });
      expect(await contents(id)).toEqual({ revision, slugs: order });
    }),
    { numRuns },
  );
}, 60_000);

it('the box shows publications by title with what readers may see of them, in as many statements for five as for one', async () => {
  await service.db.send('delete from collection');
  await aBook('B', ['piece-of-3', 'in-work', 'piece-of-1']);
  service.statements();
  const box = async () =>
    (await service.query(operation('publications'))).data.collections.edges.map(({ node }: any) => node);
  expect(await box()).toMatchObject([
    {
      title: 'B',
      articles: { totalCount: 2, nodes: [{ headline: expect.any(String) }, { headline: expect.any(String) }] },
    },
  ]);
  const few = service.statements().length;
  for (const title of ['A', 'C', 'D', 'E']) await aBook(title, pieces.slice(0, 4));
  await mutate(service, 'createCollection', { title: 'A series', kind: 'SERIES' }, 'collection { id }', editor);
  service.statements();
  expect((await box()).map(({ title }: { title: string }) => title)).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(service.statements()).toHaveLength(few);
  expect(few).toBeLessThanOrEqual(3);
});

it('a new order makes anew what shows that publication, and nothing else', async () => {
  const [one, other] = [await aBook('One', ['piece-of-1']), await aBook('Other', ['piece-of-2'])];
  const kept = await startService({ answers: true, beside: service });
  const ask = async (id: string) =>
    (await kept.query('query ($id: ID!) { collection(by: { id: $id }) { articles { nodes { slug } } } }', { id })).data
      .collection.articles.nodes;
  await ask(one);
  await ask(other);
  const { counts } = kept.answers!.memory;
  const evicted = counts.evicted;
  await setArticles(one, 2, ['piece-of-5', 'piece-of-1']);
  await kept.answers!.caughtUp();
  expect(counts.evicted).toBe(evicted + 1);
  expect(await ask(one)).toEqual([{ slug: 'piece-of-5' }, { slug: 'piece-of-1' }]);
  expect(await ask(other)).toEqual([{ slug: 'piece-of-2' }]);
  await kept.close();
});
