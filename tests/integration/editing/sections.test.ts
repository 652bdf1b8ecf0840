import { mutate } from '../../support/mutation.js';
import { anArticle, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };
beforeAll(async () => {
  service = await startService();
  editor = await service.signIn('editor', 'Ed');
});
afterAll(() => service.close());

const shown = 'section { id slug name description revision parent { slug } children { slug } articleCount }';
const send = (mutation: string, input: object) => mutate(service, mutation, input, shown, editor);
const make = async (name: string, more: object = {}) => (await send('createSection', { name, ...more })).section;
const tree = async () =>
  (await service.query('{ sections { slug children { slug children { slug } } } }')).data.sections;
const resolve = async (path: string) =>
  (
    await service.query(
      'query ($path: String!) { resolvePath(path: $path) { __typename ... on Section { slug } ... on Redirect { to } } }',
      { path },
    )
  ).data.resolvePath;

describe('createSection', () => {
  it('adds a section with a slug made from its name', async () => {
    expect(await send('createSection', { name: ' São Tomé & Príncipe ', description: 'Islands.' })).toEqual({
      __typename: 'CreateSectionSuccess',
      section: expect.objectContaining({
        slug: 'sao-tome-principe',
        name: 'São Tomé & Príncipe',
        description: 'Islands.',
        revision: 1,
        parent: null,
      }),
    });
  });

  it('numbers a made slug that is taken, and refuses a chosen one', async () => {
    await make('Energy');
    expect((await make('Energy')).slug).toBe('energy-2');
    expect(await send('createSection', { name: 'X', slug: 'energy' })).toMatchObject({
      __typename: 'ValidationError',
      fields: [{ path: 'slug', message: expect.stringContaining('another section') }],
    });
  });

  it('gives two of one name at once two slugs', async () => {
    const made = await Promise.all([make('Twins'), make('Twins'), make('Twins')]);
    expect(made.map(({ slug }) => slug).sort()).toEqual(['twins', 'twins-2', 'twins-3']);
  });

  it('takes a parent by id or by slug', async () => {
    const parent = await make('Parent');
    for (const by of [parent.id, 'parent'])
      expect((await make('Child', { parent: by })).parent).toEqual({ slug: 'parent' });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ name: 'two\nlines' }, 'name'],
    [{ name: 'X', slug: 'a/b' }, 'slug'],
    [{ name: 'X', slug: 'a b' }, 'slug'],
    [{ name: 'X', slug: '' }, 'slug'],
    [{ name: 'X', description: 'x'.repeat(2001) }, 'description'],
    [{ name: 'X', parent: 'nowhere' }, 'parent'],
  ])('refuses %j', async (input, path) => {
    expect(await send('createSection', input)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });

  it('names every wrong field at once', async () => {
    const { fields } = await send('createSection', { name: ' ', slug: '?' });
    expect(fields.map(({ path }: { path: string }) => path)).toEqual(['name', 'slug']);
  });
});

describe('updateSection', () => {
  it('changes what is named and leaves the rest, and null empties', async () => {
    const { id } = await make('Before', { description: 'Words.' });
    expect((await send('updateSection', { id, expectedRevision: 1, name: 'After' })).section).toMatchObject({
      slug: 'before',
      name: 'After',
      description: 'Words.',
      revision: 2,
    });
    expect((await send('updateSection', { id, expectedRevision: 2, description: null })).section).toMatchObject({
      name: 'After',
      description: null,
    });
  });

  it('keeps a former address leading to it, after any number of slugs, and lets it come back', async () => {
    const { id } = await make('Alpha');
    await send('updateSection', { id, expectedRevision: 1, slug: 'beta' });
    await send('updateSection', { id, expectedRevision: 2, slug: 'gamma' });
    for (const path of ['/section/alpha/', '/section/beta/'])
      expect(await resolve(path)).toEqual({ __typename: 'Redirect', to: '/section/gamma/' });
    await send('updateSection', { id, expectedRevision: 3, slug: 'alpha' });
    expect(await resolve('/section/alpha/')).toEqual({ __typename: 'Section', slug: 'alpha' });
    expect(await resolve('/section/gamma/')).toEqual({ __typename: 'Redirect', to: '/section/alpha/' });
  });

  it('never lets another section take a slug that old links carry', async () => {
    const { id } = await make('Owner');
    await send('updateSection', { id, expectedRevision: 1, slug: 'owner-now' });
    expect(await send('createSection', { name: 'X', slug: 'owner' })).toMatchObject({
      fields: [{ path: 'slug', message: expect.stringContaining('or was') }],
    });
    expect((await make('Owner')).slug).toBe('owner-2');
    expect(await resolve('/section/owner/')).toEqual({ __typename: 'Redirect', to: '/section/owner-now/' });
  });

  it('lets one of two racing editors save, and tells the other', async () => {
    const { id } = await make('Race');
    const outcomes = await Promise.all(
      ['A', 'B', 'C'].map((name) => send('updateSection', { id, expectedRevision: 1, name })),
    );
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual([
      'ConflictError',
      'ConflictError',
      'UpdateSectionSuccess',
    ]);
    expect(outcomes.filter(({ currentRevision }) => currentRevision === 2)).toHaveLength(2);
  });

  it('says when there is no such section, whatever the id is of', async () => {
    const gone = Buffer.from('Section:018f4b7e-0000-7000-8000-000000000000').toString('base64url');
    const other = Buffer.from('Tag:018f4b7e-0000-7000-8000-000000000000').toString('base64url');
    for (const id of [gone, other])
      expect((await send('updateSection', { id, expectedRevision: 1 })).__typename).toBe('NotFoundError');
  });
});

describe('moveSection', () => {
  it('takes all below along, so that the articles are found where it went', async () => {
    await service.load([aSection({ slug: 'deep' }), anArticle({ section: 'deep' }), aSection({ slug: 'elsewhere' })]);
    const middle = await make('Middle');
    const { data } = await service.query('{ section(by: { slug: "deep" }) { id revision } }');
    await send('moveSection', { ...target(data.section), parent: middle.id });
    const moved = await send('moveSection', { id: middle.id, expectedRevision: 1, parent: 'elsewhere' });
    expect(moved.section).toMatchObject({
      parent: { slug: 'elsewhere' },
      children: [{ slug: 'deep' }],
      articleCount: 1,
    });
    const counts = await service.query(
      '{ section(by: { slug: "elsewhere" }) { articleCount } articles(filter: { sections: ["elsewhere"] }) { totalCount } }',
    );
    expect(counts.data).toEqual({ section: { articleCount: 1 }, articles: { totalCount: 1 } });
    const back = await send('moveSection', { id: middle.id, expectedRevision: 2, parent: null });
    expect(back.section.parent).toBeNull();
    expect(
      (await service.query('{ section(by: { slug: "elsewhere" }) { articleCount } }')).data.section.articleCount,
    ).toBe(0);
  });

  const target = ({ id, revision }: { id: string; revision: number }) => ({ id, expectedRevision: revision });

  it('puts it where the editor wants it among its siblings', async () => {
    const parent = await make('Ordered');
    for (const name of ['One', 'Two', 'Three'])
      await make(name, { parent: parent.id, slug: `ordered-${name.toLowerCase()}` });
    const order = async () =>
      (await service.query('{ section(by: { slug: "ordered" }) { children { slug id revision } } }')).data.section
        .children as { slug: string; id: string; revision: number }[];
    const slugs = async () => (await order()).map(({ slug }) => slug.replace('ordered-', ''));
    expect(await slugs()).toEqual(['one', 'two', 'three']);
    const last = (await order())[2]!;
    await send('moveSection', { ...target(last), position: 1 });
    expect(await slugs()).toEqual(['three', 'one', 'two']);
    await send('moveSection', { id: last.id, expectedRevision: 2, position: 2 });
    expect(await slugs()).toEqual(['one', 'three', 'two']);
    await send('moveSection', { id: last.id, expectedRevision: 3, position: 99 });
    expect(await slugs()).toEqual(['one', 'two', 'three']);
    expect(await send('moveSection', { id: last.id, expectedRevision: 4, position: 0 })).toMatchObject({
      fields: [{ path: 'position' }],
    });
  });

  it('refuses to put a section below itself, near or far', async () => {
    const top = await make('Top');
    const inner = await make('Inner', { parent: top.id });
    const innermost = await make('Innermost', { parent: inner.id });
    for (const parent of [top.id, inner.id, innermost.id]) {
      expect(await send('moveSection', { id: top.id, expectedRevision: 1, parent })).toMatchObject({
        __typename: 'ValidationError',
        fields: [{ path: 'parent', message: expect.stringContaining('below it') }],
      });
    }
  });

  it('never makes a loop of two moves at once that are each right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [await make(`Left ${round}`), await make(`Right ${round}`)];
      const outcomes = await Promise.all([
        send('moveSection', { id: left.id, expectedRevision: 1, parent: right.id }),
        send('moveSection', { id: right.id, expectedRevision: 1, parent: left.id }),
      ]);
      expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['MoveSectionSuccess', 'ValidationError']);
    }
    expect(JSON.stringify(await tree())).toContain('left-4');
  });
});

it('every write to a section is in the log with its hand, and what is refused is not', async () => {
  const { id } = await make('Logged');
  await send('updateSection', { id, expectedRevision: 1, name: 'Logged again' });
  await send('updateSection', { id, expectedRevision: 1, name: 'Too late' });
  await send('moveSection', { id, expectedRevision: 2, parent: 'parent' });
  const { data } = await service.query(
    'query ($id: ID!) { auditLog(filter: { subject: $id }) { nodes { action actorName before after subjectKind } } }',
    { id },
    await service.signIn('admin'),
  );
  expect(data.auditLog.nodes).toMatchObject([
    { action: 'moveSection', actorName: 'Ed', before: { parentId: null }, after: { parentId: expect.any(String) } },
    { action: 'updateSection', before: { name: 'Logged' }, after: { name: 'Logged again' } },
    { action: 'createSection', after: { slug: 'logged', name: 'Logged' }, subjectKind: 'Section' },
  ]);
  expect(data.auditLog.nodes[1].before).toEqual({ name: 'Logged' });
});
