import { mutate } from '../../support/mutation.js';
import { anArticle, anAuthor, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };
beforeAll(async () => {
  service = await startService();
  editor = await service.signIn('editor', 'Ed');
});
afterAll(() => service.close());

const author = 'author { id slug name affiliation bio links revision image { url alt credit } articleCount }';
const tag = 'tag { id slug name revision articles { totalCount } }';
const success = (mutation: string) => (mutation === 'deleteTag' ? 'id' : mutation.includes('Author') ? author : tag);
const send = (mutation: string, input: object) => mutate(service, mutation, input, success(mutation), editor);
const read = async (document: string, variables: object = {}) => {
  const { data, errors } = await service.query(document, variables as Record<string, unknown>);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const resolve = async (path: string) =>
  (await read('query ($path: String!) { resolvePath(path: $path) { __typename ... on Redirect { to } } }', { path }))
    .resolvePath;
const authorBy = async (slug: string) =>
  (await read('query ($slug: String!) { author(by: { slug: $slug }) { id revision articleCount } }', { slug })).author;
const logOf = async (id: string) =>
  (
    await service.query(
      'query ($id: ID!) { auditLog(filter: { subject: $id }) { nodes { action actorName before after } } }',
      { id },
      await service.signIn('admin'),
    )
  ).data.auditLog.nodes;

describe('createAuthor and updateAuthor', () => {
  it('keep a portrait with its credit, links, and words', async () => {
    const made = await send('createAuthor', {
      name: 'Ngũgĩ wa Mũgo',
      affiliation: 'University of Nairobi',
      bio: 'Writes.\n\nAnd reads.',
      links: ['https://example.org/a', 'https://example.org/a', 'http://example.org/b'],
      image: { url: 'https://example.org/portrait.jpg', alt: 'A man at a desk', credit: 'W. K.' },
    });
    expect(made.author).toEqual({
      id: expect.any(String),
      slug: 'ngugi-wa-mugo',
      name: 'Ngũgĩ wa Mũgo',
      affiliation: 'University of Nairobi',
      bio: 'Writes.\n\nAnd reads.',
      links: ['https://example.org/a', 'http://example.org/b'],
      image: { url: 'https://example.org/portrait.jpg', alt: 'A man at a desk', credit: 'W. K.' },
      revision: 1,
      articleCount: 0,
    });
    const { id } = made.author;
    const bare = await send('updateAuthor', {
      id,
      expectedRevision: 1,
      image: null,
      links: [],
      affiliation: null,
      bio: null,
    });
    expect(bare.author).toMatchObject({
      name: 'Ngũgĩ wa Mũgo',
      image: null,
      links: [],
      affiliation: null,
      bio: null,
      revision: 2,
    });
  });

  it('rename without touching a printed byline or breaking an address', async () => {
    await service.load([
      aSection(),
      anAuthor({ slug: 'maiden', name: 'Maiden Name' }),
      anArticle({ slug: 'signed', authors: ['maiden'] }),
    ]);
    const { id, revision } = await authorBy('maiden');
    await send('updateAuthor', { id, expectedRevision: revision, name: 'Married Name', slug: 'married' });
    const { article } = await read(
      '{ article(by: { slug: "signed" }) { byline bylines { name author { name slug } } } }',
    );
    expect(article).toEqual({
      byline: 'Maiden Name',
      bylines: [{ name: 'Maiden Name', author: { name: 'Married Name', slug: 'married' } }],
    });
    expect(await resolve('/author/maiden/')).toEqual({ __typename: 'Redirect', to: '/author/married/' });
    const { authors } = await read('{ authors { nodes { name } } }');
    expect(authors.nodes).toContainEqual({ name: 'Married Name' });
  });

  it.each([
    [{ name: 'X', links: ['ftp://example.org/'] }, 'links.0'],
    [{ name: 'X', links: Array.from({ length: 21 }, (_, index) => `https://example.org/${index}`) }, 'links'],
    [{ name: 'X', image: { url: 'javascript:alert(1)', alt: '' } }, 'image.url'],
    [{ name: 'X', image: { url: 'https://example.org/x.jpg', alt: '', width: 0 } }, 'image.width'],
    [{ name: 'X', bio: 'x'.repeat(5001) }, 'bio'],
    [{ name: '' }, 'name'],
  ])('refuse %j', async (input, path) => {
    expect(await send('createAuthor', input)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });

  it('tell the slower of two racing editors', async () => {
    const { id } = (await send('createAuthor', { name: 'Racer' })).author;
    const outcomes = await Promise.all(['A', 'B'].map((bio) => send('updateAuthor', { id, expectedRevision: 1, bio })));
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'UpdateAuthorSuccess']);
  });
});

describe('mergeAuthors', () => {
  beforeAll(() =>
    service.load([
      aSection(),
      anAuthor({ slug: 'a-lee', name: 'A. Lee' }),
      anAuthor({ slug: 'ann-b-lee', name: 'Ann B. Lee' }),
      anAuthor({ slug: 'bo', name: 'Bo' }),
      anArticle({ slug: 'by-old', authors: ['a-lee', 'bo'] }),
      anArticle({ slug: 'by-kept', authors: ['ann-b-lee'] }),
      anArticle({ slug: 'by-both', authors: ['a-lee', 'ann-b-lee', 'bo'] }),
    ]),
  );

  it('moves the bylines, keeps what was printed, and leads every address to the one who stays', async () => {
    const from = await authorBy('a-lee');
    await send('updateAuthor', { id: from.id, expectedRevision: from.revision, slug: 'alee' });
    const kept = await authorBy('ann-b-lee');
    const merged = await send('mergeAuthors', { id: from.id, expectedRevision: from.revision + 1, into: 'ann-b-lee' });
    expect(merged).toMatchObject({
      __typename: 'MergeAuthorsSuccess',
      author: { id: kept.id, slug: 'ann-b-lee', articleCount: 3, revision: kept.revision + 1 },
    });
    expect(await authorBy('alee')).toBeNull();
    const { old, both } = await read(`{
      old: article(by: { slug: "by-old" }) { byline bylines { name author { slug } } }
      both: article(by: { slug: "by-both" }) { byline bylines { name author { slug } } } }`);
    expect(old).toEqual({
      byline: 'A. Lee and Bo',
      bylines: [
        { name: 'A. Lee', author: { slug: 'ann-b-lee' } },
        { name: 'Bo', author: { slug: 'bo' } },
      ],
    });
    expect(both).toEqual({
      byline: 'Ann B. Lee and Bo',
      bylines: [
        { name: 'Ann B. Lee', author: { slug: 'ann-b-lee' } },
        { name: 'Bo', author: { slug: 'bo' } },
      ],
    });
    for (const path of ['/author/a-lee/', '/author/alee/'])
      expect(await resolve(path)).toEqual({ __typename: 'Redirect', to: '/author/ann-b-lee/' });
    for (const id of [from.id, kept.id]) {
      expect(await logOf(id)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            action: 'mergeAuthors',
            actorName: 'Ed',
            before: expect.objectContaining({ name: 'A. Lee' }),
            after: expect.objectContaining({ bylines: 1 }),
          }),
        ]),
      );
    }
  });

  it('is remembered by a later import of the author who went', async () => {
    const before = await authorBy('ann-b-lee');
    const lines = await service.load([
      anAuthor({ slug: 'a-lee', name: 'A. Lee' }),
      aSection(),
      anArticle({ slug: 'later', authors: ['a-lee'] }),
    ]);
    expect(lines.find(({ kind }) => kind === 'author')).toMatchObject({ outcome: 'unchanged' });
    expect((await authorBy('ann-b-lee')).articleCount).toBe(before.articleCount + 1);
    expect(await authorBy('a-lee')).toBeNull();
  });

  it('is not undone by an import that says something new of the author who went', async () => {
    const before = await authorBy('ann-b-lee');
    const lines = await service.load([anAuthor({ slug: 'a-lee', name: 'Another Lee' })]);
    expect(lines).toMatchObject([
      { kind: 'author', outcome: 'skipped', reason: 'has been changed here since it was imported' },
    ]);
    expect(await authorBy('ann-b-lee')).toEqual(before);
  });

  it('is not overwritten by a later import once an editor has changed the author, and is until then', async () => {
    const given = async (name: string) => (await service.load([anAuthor({ slug: 'cy', name })]))[0]?.outcome;
    expect([await given('Cy'), await given('Cy Young'), await given('Cy Young')]).toEqual([
      'created',
      'updated',
      'unchanged',
    ]);
    const { id, revision } = await authorBy('cy');
    await send('updateAuthor', { id, expectedRevision: revision, name: 'Cyrus Young' });
    expect(await given('C. Young')).toBe('skipped');
    expect(await authorBy('cy')).toMatchObject({ revision: revision + 1 });
  });

  it('refuses an author with themself, with nobody, and at an old revision', async () => {
    const { id, revision } = await authorBy('bo');
    const problem = (into: string) => send('mergeAuthors', { id, expectedRevision: revision, into });
    expect(await problem(id)).toMatchObject({ fields: [{ path: 'into', message: 'is the same author' }] });
    expect(await problem('nobody')).toMatchObject({
      fields: [{ path: 'into', message: 'there is no author with the slug “nobody”' }],
    });
    expect((await send('mergeAuthors', { id, expectedRevision: 99, into: 'ann-b-lee' })).__typename).toBe(
      'ConflictError',
    );
    expect((await authorBy('bo')).articleCount).toBe(2);
  });
});

describe('tags', () => {
  const tagBy = async (slug: string) =>
    (
      await read('query ($slug: String!) { tag(by: { slug: $slug }) { id revision articles { totalCount } } }', {
        slug,
      })
    ).tag;
  beforeAll(() =>
    service.load([
      aSection(),
      { kind: 'tag', slug: 'trade', name: 'Trade' },
      { kind: 'tag', slug: 'commerce', name: 'Commerce' },
      anArticle({ slug: 't-one', tags: ['trade'] }),
      anArticle({ slug: 't-two', tags: ['trade', 'commerce'] }),
      anArticle({ slug: 't-three', tags: ['commerce'] }),
    ]),
  );

  it('are made and renamed, and an old address leads on', async () => {
    const { id } = (await send('createTag', { name: 'Grain deal' })).tag;
    expect((await send('updateTag', { id, expectedRevision: 1, name: 'Grain', slug: 'grain' })).tag).toMatchObject({
      slug: 'grain',
      name: 'Grain',
      revision: 2,
    });
    expect(await resolve('/tag/grain-deal/')).toEqual({ __typename: 'Redirect', to: '/tag/grain/' });
    expect(await send('createTag', { name: 'X', slug: 'grain-deal' })).toMatchObject({ fields: [{ path: 'slug' }] });
    expect((await send('updateTag', { id, expectedRevision: 1, name: 'Late' })).__typename).toBe('ConflictError');
    expect(await logOf(id)).toMatchObject([
      { action: 'updateTag', before: { slug: 'grain-deal', name: 'Grain deal' } },
      { action: 'createTag' },
    ]);
  });

  it('that are one are merged, and no article carries it twice', async () => {
    const { id, revision } = await tagBy('commerce');
    expect((await send('mergeTags', { id, expectedRevision: revision, into: 'trade' })).tag).toMatchObject({
      slug: 'trade',
      articles: { totalCount: 3 },
    });
    expect(await tagBy('commerce')).toBeNull();
    expect(await resolve('/tag/commerce/')).toEqual({ __typename: 'Redirect', to: '/tag/trade/' });
    const { article } = await read('{ article(by: { slug: "t-two" }) { tags { slug } } }');
    expect(article.tags).toEqual([{ slug: 'trade' }]);
    const kept = await tagBy('trade');
    expect(await send('mergeTags', { id: kept.id, expectedRevision: kept.revision, into: kept.id })).toMatchObject({
      fields: [{ path: 'into' }],
    });
  });

  it('that are deleted are gone from every article and lead nowhere, and the log remembers', async () => {
    const { id, revision } = await tagBy('trade');
    expect((await send('deleteTag', { id, expectedRevision: revision + 1 })).__typename).toBe('ConflictError');
    expect(await send('deleteTag', { id, expectedRevision: revision })).toEqual({ __typename: 'DeleteTagSuccess', id });
    expect((await read('{ article(by: { slug: "t-one" }) { tags { slug } } }')).article.tags).toEqual([]);
    for (const path of ['/tag/trade/', '/tag/commerce/']) expect(await resolve(path)).toBeNull();
    expect((await logOf(id))[0]).toMatchObject({
      action: 'deleteTag',
      before: { slug: 'trade', name: 'Trade' },
      after: null,
    });
    expect((await send('deleteTag', { id, expectedRevision: revision })).__typename).toBe('NotFoundError');
  });
});
