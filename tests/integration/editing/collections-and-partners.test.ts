import { mutate } from '../../support/mutation.js';
import { anArticle, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };
let admin: { authorization: string };
beforeAll(async () => {
  service = await startService();
  editor = await service.signIn('editor', 'Ed');
  admin = await service.signIn('admin', 'Ada');
  await service.load([
    aSection(),
    ...['one', 'two', 'three', 'four'].map((slug) => anArticle({ slug })),
    anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
  ]);
});
afterAll(() => service.close());

const collection = 'collection { id slug kind title description revision articles { nodes { slug } totalCount } }';
const partner = 'partner { id slug name url attribution license revision }';
const send = (mutation: string, input: object) => mutate(service, mutation, input, collection, editor);
const sendPartner = (mutation: string, input: object, headers = admin) =>
  mutate(service, mutation, input, partner, headers);
const slugs = (answer: { collection: { articles: { nodes: { slug: string }[] } } }) =>
  answer.collection.articles.nodes.map(({ slug }) => slug);
const make = async (title: string) => (await send('createCollection', { title, kind: 'SERIES' })).collection;
const logOf = async (id: string) =>
  (
    await service.query(
      'query ($id: ID!) { auditLog(filter: { subject: $id }) { nodes { action before after } } }',
      { id },
      admin,
    )
  ).data.auditLog.nodes;

describe('a collection', () => {
  it('is made empty, and changed in what is said of it', async () => {
    const made = await make('The Arctic');
    expect(made).toMatchObject({
      slug: 'the-arctic',
      kind: 'SERIES',
      title: 'The Arctic',
      description: null,
      revision: 1,
      articles: { totalCount: 0 },
    });
    const changed = await send('updateCollection', {
      id: made.id,
      expectedRevision: 1,
      title: 'Arctic',
      kind: 'PACKAGE',
      description: 'Ice.',
      slug: 'arctic',
    });
    expect(changed.collection).toMatchObject({
      slug: 'arctic',
      kind: 'PACKAGE',
      title: 'Arctic',
      description: 'Ice.',
      revision: 2,
    });
    expect((await send('updateCollection', { id: made.id, expectedRevision: 1, title: 'Late' })).currentRevision).toBe(
      2,
    );
  });

  it('holds its articles in the editor’s order, named by slug or by id', async () => {
    const { id } = await make('Order');
    const { data } = await service.query('{ article(by: { slug: "two" }) { id } }');
    expect(
      slugs(
        await send('setCollectionArticles', { id, expectedRevision: 1, articles: ['three', data.article.id, 'one'] }),
      ),
    ).toEqual(['three', 'two', 'one']);
    expect(slugs(await send('setCollectionArticles', { id, expectedRevision: 2, articles: ['one', 'three'] }))).toEqual(
      ['one', 'three'],
    );
    expect(slugs(await send('setCollectionArticles', { id, expectedRevision: 3, articles: [] }))).toEqual([]);
  });

  it('holds drafts too, which readers see only when they are published', async () => {
    const { id } = await make('Secret');
    expect(slugs(await send('setCollectionArticles', { id, expectedRevision: 1, articles: ['draft', 'one'] }))).toEqual(
      ['draft', 'one'],
    );
    const { data } = await service.query(
      '{ collection(by: { slug: "secret" }) { articles { nodes { slug } totalCount } } }',
    );
    expect(data.collection.articles).toEqual({ nodes: [{ slug: 'one' }], totalCount: 1 });
  });

  it('never mixes the orders of two editors who save at once', async () => {
    const { id } = await make('Racing');
    const orders = [
      ['one', 'two', 'three'],
      ['three', 'two', 'one'],
      ['two', 'four'],
    ];
    const outcomes = await Promise.all(
      orders.map((articles) => send('setCollectionArticles', { id, expectedRevision: 1, articles })),
    );
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual([
      'ConflictError',
      'ConflictError',
      'SetCollectionArticlesSuccess',
    ]);
    const winner = outcomes.findIndex(({ __typename }) => __typename === 'SetCollectionArticlesSuccess');
    const { data } = await service.query(
      '{ collection(by: { slug: "racing" }) { revision articles { nodes { slug } } } }',
    );
    expect(data.collection).toEqual({ revision: 2, articles: { nodes: orders[winner]!.map((slug) => ({ slug })) } });
  });

  it('refuses what is not there and what is there twice, each at its place', async () => {
    const { id } = await make('Strict');
    expect(
      await send('setCollectionArticles', { id, expectedRevision: 1, articles: ['one', 'nothing', 'two', 'one'] }),
    ).toMatchObject({
      __typename: 'ValidationError',
      fields: [
        { path: 'articles.1', message: 'there is no such article' },
        { path: 'articles.3', message: 'is in the list already' },
      ],
    });
    const many = Array.from({ length: 1001 }, () => 'one');
    expect(await send('setCollectionArticles', { id, expectedRevision: 1, articles: many })).toMatchObject({
      fields: [{ path: 'articles' }],
    });
  });

  it('is in the log with what it held before and after', async () => {
    const { id } = await make('Logged');
    await send('setCollectionArticles', { id, expectedRevision: 1, articles: ['one'] });
    expect(await logOf(id)).toMatchObject([
      { action: 'setCollectionArticles', before: { articles: [] }, after: { articles: [expect.any(String)] } },
      { action: 'createCollection', after: { title: 'Logged', kind: 'SERIES' } },
    ]);
  });

  it.each([
    [{ title: '', kind: 'SERIES' }, 'title'],
    [{ title: 'x'.repeat(301), kind: 'SERIES' }, 'title'],
    [{ title: 'X', kind: 'SERIES', slug: 'a#b' }, 'slug'],
  ])('refuses %j', async (input, path) => {
    expect(await send('createCollection', input)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });
});

describe('a partner', () => {
  it('is kept by administrators, with a line of attribution of its own', async () => {
    const made = await sendPartner('createPartner', { name: 'RIAC', url: 'https://riac.example/' });
    expect(made.partner).toMatchObject({
      slug: 'riac',
      url: 'https://riac.example/',
      attribution: 'From our partner RIAC',
      license: null,
      revision: 1,
    });
    const { id } = made.partner;
    const changed = await sendPartner('updatePartner', {
      id,
      expectedRevision: 1,
      attribution: 'By courtesy of RIAC',
      url: null,
      license: 'CC BY 4.0',
    });
    expect(changed.partner).toMatchObject({
      name: 'RIAC',
      attribution: 'By courtesy of RIAC',
      url: null,
      license: 'CC BY 4.0',
      revision: 2,
    });
    expect((await sendPartner('updatePartner', { id, expectedRevision: 1, name: 'X' })).__typename).toBe(
      'ConflictError',
    );
    expect(await logOf(id)).toMatchObject([
      { action: 'updatePartner', after: { license: 'CC BY 4.0' } },
      { action: 'createPartner' },
    ]);
    expect(await sendPartner('createPartner', { name: 'X' }, editor)).toMatchObject({
      __typename: 'ForbiddenError',
      message: expect.stringContaining('admin'),
    });
  });

  it.each([
    [{ name: 'X', url: 'mailto:a@example.org' }, 'url'],
    [{ name: 'X', attribution: '' }, 'attribution'],
    [{ name: 'X', slug: 'riac' }, 'slug'],
  ])('refuses %j', async (input, path) => {
    expect(await sendPartner('createPartner', input)).toMatchObject({
      __typename: 'ValidationError',
      fields: [{ path }],
    });
  });

  it('renamed leaves the line that a piece has of its own, and changes it where a piece has none', async () => {
    await service.load([
      { kind: 'partner', slug: 'pp', name: 'PP', attribution: 'From PP' },
      aSection(),
      anArticle({ slug: 'lent', partner: 'pp' }),
      anArticle({ slug: 'plain', partner: 'pp' }),
    ]);
    await service.db.prisma.article.update({ where: { slug: 'lent' }, data: { attribution: 'Courtesy of PP' } });
    const { data } = await service.query('{ partner(by: { slug: "pp" }) { id revision } }');
    const { id, revision: expectedRevision } = data.partner;
    await sendPartner('updatePartner', { id, expectedRevision, name: 'QQ', attribution: 'From QQ' });
    const { lent, plain } = (
      await service.query(`{
        lent: article(by: { slug: "lent" }) { source { attribution partner { name } } }
        plain: article(by: { slug: "plain" }) { source { attribution } } }`)
    ).data;
    expect(lent.source).toEqual({ attribution: 'Courtesy of PP', partner: { name: 'QQ' } });
    expect(plain.source).toEqual({ attribution: 'From QQ' });
  });
});
