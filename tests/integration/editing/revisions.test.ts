import { mutate } from '../../support/mutation.js';
import { anArticle, aSection } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

let service: TestService;
let editor: { authorization: string };
let other: { authorization: string };
beforeAll(async () => {
  service = await startService();
  await service.load([aSection({ slug: 'world', name: 'World' })]);
  editor = await service.signIn('editor', 'Ed');
  other = await service.signIn('editor', 'Ola');
});
beforeEach(() => {
  service.now = aMoment;
});
afterAll(() => service.close());

const after = (seconds: number) => (service.now = new Date(aMoment.getTime() + seconds * 1000));

async function done(mutation: string, input: object, headers = editor) {
  const answer = await mutate(service, mutation, input, 'article { id slug revision }', headers);
  expect(answer.__typename).toMatch(/Success$/);
  return answer.article as { id: string; slug: string; revision: number };
}
const draft = (headline: string, html = '<p>One.</p>') =>
  done('createArticle', { headline, section: 'world', body: { html } });
const historyOf = async (id: string) => {
  const { data } = await service.query(
    'query ($id: ID!) { article(by: { id: $id }) { revisions { nodes { number headline } } } }',
    { id },
    editor,
  );
  return data.article.revisions.nodes.map(
    ({ number, headline }: { number: number; headline: string }) => `${number} ${headline}`,
  ) as string[];
};

it('an editor’s autosaves within a minute fold into one; other saves, later ones and other editors’ do not', async () => {
  const { id, revision } = await draft('A');
  let last = revision;
  const save = async (headline: string, autosave: boolean, by = editor) => {
    last = (await done('updateArticle', { id, headline, autosave, expectedRevision: last }, by)).revision;
    return (await historyOf(id)).map((line) => line.replace(/^\d+ /, '')).reverse();
  };
  expect(await save('B', false)).toEqual(['A', 'B']);
  expect(await save('C', true)).toEqual(['A', 'B', 'C']);
  after(30);
  expect(await save('D', true)).toEqual(['A', 'B', 'D']);
  expect(await save('E', true, other)).toEqual(['A', 'B', 'D', 'E']);
  after(200);
  expect(await save('F', true, other)).toEqual(['A', 'B', 'D', 'E', 'F']);
});

it('two revisions are told apart as HTML and as hunks, and an older one is restored as a new one', async () => {
  const { id, revision } = await draft('Ships leave', '<p>Two ships left.</p>');
  const saved = await done('updateArticle', {
    id,
    headline: 'Ships stay',
    body: { html: '<p>Three ships left.</p>' },
    expectedRevision: revision,
  });
  const { data } = await service.query(
    'query ($id: ID!) { article(by: { id: $id }) { difference(from: 1, to: 2) { headline body hunks { __typename } } } }',
    { id },
    editor,
  );
  const { headline, body, hunks } = data.article.difference;
  expect(headline).toMatch(/Ships <del>leave<\/del>\s*<ins>stay<\/ins>/);
  expect(body).toMatch(/<del>Two<\/del>\s*<ins>Three<\/ins>/);
  expect(hunks.length).toBeGreaterThan(0);
  await done('restoreRevision', { id, revision: 1, expectedRevision: saved.revision });
  expect((await historyOf(id)).reverse()).toEqual(['1 Ships leave', '2 Ships stay', '3 Ships leave']);
});

it('a preview link shows its one revision to whoever has it, and nothing else, until it expires', async () => {
  const one = await draft('First words');
  const hidden = await draft('Other draft');
  const link = await mutate(service, 'createPreviewLink', { id: one.id, revision: 1, expiresIn: 60 }, 'token', editor);
  await done('updateArticle', { id: one.id, headline: 'Later words', expectedRevision: one.revision });
  const asked = async (id: string, preview: string) =>
    service.query('query ($id: ID!, $preview: String) { article(by: { id: $id }, preview: $preview) { headline } }', {
      id,
      preview,
    });
  const token = link['token'] as string;
  expect((await asked(one.id, token)).data).toEqual({ article: { headline: 'First words' } });
  const elsewhere = await asked(hidden.id, token);
  expect(elsewhere.data?.article ?? null).toBeNull();
  expect(JSON.stringify(elsewhere)).not.toContain('Other draft');
  const { data } = await service.query('query ($id: ID!) { node(id: $id) { id } articles { totalCount } }', {
    id: one.id,
  });
  expect(data).toEqual({ node: null, articles: { totalCount: 0 } });
  const forged = await asked(one.id, `${token.slice(0, -2)}xx`);
  expect(forged.errors?.[0]?.extensions?.['code']).toBe('NOT_FOUND');
  after(61);
  const late = await asked(one.id, token);
  expect(late.data?.article ?? null).toBeNull();
  expect(JSON.stringify(late)).not.toContain('words');
});

it('a retraction is not undone by the import that brought the piece', async () => {
  const record = anArticle({ slug: 'wrong', headline: 'Wrong' });
  await service.load([record]);
  const { data } = await service.query('{ article(by: { slug: "wrong" }) { id revision path } }', {}, editor);
  const { id, revision, path } = data.article;
  await done('retractArticle', { id, expectedRevision: revision, reason: 'Made up.' });
  const lines = await service.load([{ ...record, headline: 'Wrong again' }]);
  expect(lines).toMatchObject([{ outcome: 'skipped', reason: 'was retracted here' }]);
  const resolved = await service.query(
    'query ($path: String!) { resolvePath(path: $path) { __typename ... on Gone { reason } } }',
    { path },
  );
  expect(resolved.data.resolvePath).toEqual({ __typename: 'Gone', reason: 'Made up.' });
});

it('the desk is told what readers would notice: headline, standfirst, picture without credit, byline without affiliation', async () => {
  const { article } = await mutate(
    service,
    'createArticle',
    {
      headline: 'A'.repeat(121),
      section: 'world',
      body: { html: '<p>Short.</p>' },
      bylines: [{ name: 'Ann' }],
      leadImage: { url: 'https://pictures.example/1.jpg', alt: 'A ship' },
    },
    'article { id }',
    editor,
  );
  const { data, errors } = await service.query(
    'query ($id: ID!) { validateArticle(id: $id) { path message } }',
    { id: article.id },
    editor,
  );
  expect(errors).toBeUndefined();
  const paths = data.validateArticle.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(expect.arrayContaining(['headline', 'standfirst', 'leadImage.credit']));
  expect(JSON.stringify(data)).toContain('affiliation');
});
