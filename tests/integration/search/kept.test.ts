import { mutate } from '../../support/mutation.js';
import { anArticle, anAuthor, aSection } from '../../support/records.js';
import { startService, type TestService } from '../../support/service.js';

// Searches and suggestions that are kept are true: nothing else is asked of them than of any other answer.

let service: TestService;
let other: TestService;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService({ answers: true });
  other = await startService({ answers: true, beside: service });
  await service.load([
    aSection({ slug: 'ports', name: 'Ports' }),
    anAuthor({ slug: 'ines', name: 'Inés Óskarsdóttir' }),
    { kind: 'tag', slug: 'nets', name: 'Nets' },
    anArticle({ slug: 'one', headline: 'Lanterns', section: 'ports', authors: ['ines'], tags: ['nets'] }),
  ]);
  editor = await service.signIn('editor');
});
afterAll(async () => {
  await other.close();
  await service.close();
});

const suggested = async (prefix: string, on = other) =>
  (await on.query('query ($p: String!) { suggest(prefix: $p) { text } }', { p: prefix })).data.suggest.map(
    ({ text }: { text: string }) => text,
  );

const found = async (query: string, on = other) =>
  (await on.query('query ($q: String!) { search(query: $q) { nodes { article { slug } } } }', { q: query })).data.search
    .nodes.length;

async function idOf(kind: string, slug: string): Promise<{ id: string; revision: number }> {
  const { data } = await service.query(`{ ${kind}(by: { slug: "${slug}" }) { id revision } }`);
  return data[kind];
}

it.each([
  ['section', 'ports', 'updateSection', 'Harbours and ports', 'harb'],
  ['author', 'ines', 'updateAuthor', 'Agnes Oskarsdottir', 'agne'],
  ['tag', 'nets', 'updateTag', 'Trawling', 'traw'],
])(
  'a %s is suggested by its new name at once, and no longer by its old one',
  async (kind, slug, mutation, name, prefix) => {
    const before = await service.query(`{ ${kind}(by: { slug: "${slug}" }) { name } }`);
    const old: string = before.data[kind].name;
    expect(await suggested(prefix)).toEqual([]);
    expect(await suggested(old)).toContain(old);
    const { id, revision } = await idOf(kind, slug);
    const done = await mutate(service, mutation, { id, expectedRevision: revision, name }, `${kind} { name }`, editor);
    expect(done[kind]).toEqual({ name });
    await other.answers?.caughtUp();
    expect(await suggested(prefix)).toEqual([name]);
    expect(await suggested(old)).not.toContain(old);
  },
);

it('a suggestion is kept while no name, and nothing that could be found, changes', async () => {
  await suggested('lant');
  other.statements();
  service.statements();
  expect(await suggested('lant')).toEqual(['Lanterns']);
  expect(service.statements().filter((text) => text.includes('search_document'))).toEqual([]);
});

it('a search that found nothing finds a piece as soon as it is published, and no longer once it is retracted', async () => {
  expect(await found('zeppelin')).toBe(0);
  const { article } = await mutate(
    service,
    'createArticle',
    { headline: 'Zeppelins', section: 'ports', body: { html: '<p>x</p>' } },
    'article { id revision }',
    editor,
  );
  const move = (mutation: string, more: object = {}) =>
    mutate(service, mutation, { id: article.id, expectedRevision: 1, ...more }, 'article { id }', editor);
  await move('submitArticle');
  await move('publishArticle');
  await other.answers?.caughtUp();
  expect(await found('zeppelin')).toBe(1);
  await move('retractArticle', { reason: 'A test.' });
  await other.answers?.caughtUp();
  expect(await found('zeppelin')).toBe(0);
});
