import { editorsAtWork, expectWholeHistories } from '../support/editors.js';
import { mutate } from '../support/mutation.js';
import { aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

it('fifty clients that write to ten pieces at once lose nothing, and learn of each other', async () => {
  const done = await editorsAtWork(service, { clients: 50, articles: 10, ms: 5000 });
  await expectWholeHistories(service, done);
  expect([...done.acknowledged.values()].flat().length).toBeGreaterThan(5);
  expect(done.conflicts).toBeGreaterThan(0);
}, 60_000);

it('drafts begun at once under one headline each get a slug of their own', async () => {
  await service.load([aSection()]);
  const editor = await service.signIn('editor');
  const begun = await Promise.all(
    Array.from({ length: 12 }, () =>
      mutate(
        service,
        'createArticle',
        { headline: 'Breaking news', section: 'world' },
        'article { slug path }',
        editor,
      ),
    ),
  );
  const slugs = begun.map((answer) => answer.article?.slug ?? answer);
  expect([...slugs].sort()).toEqual(
    Array.from({ length: 12 }, (_, index) => (index === 0 ? 'breaking-news' : `breaking-news-${index + 1}`)).sort(),
  );
  expect(new Set(begun.map(({ article }) => article.path)).size).toBe(12);
});

it('one of those who choose a slug at once has it, the others are told', async () => {
  const editor = await service.signIn('editor');
  const begun = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      mutate(
        service,
        'createArticle',
        { headline: `Piece ${index}`, section: 'world', slug: 'chosen' },
        'article { slug }',
        editor,
      ),
    ),
  );
  expect(begun.filter(({ article }) => article?.slug === 'chosen')).toHaveLength(1);
  expect(begun.filter(({ __typename }) => __typename === 'ValidationError')).toHaveLength(7);
});
