import { importing } from '../support/exports.js';
import { mutate } from '../support/mutation.js';
import { anArticle, aSection, minutesAgo } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let editor: { authorization: string };
beforeEach(async () => {
  service = await startService();
  editor = await service.signIn('editor');
});
afterEach(() => service.close());

/** Two transactions of articles. What the later ones name, editors make and remove between the two. */
const lines = [
  aSection({ slug: 'world', name: 'World' }),
  { kind: 'tag' as const, slug: 'war', name: 'The war' },
  ...Array.from({ length: 210 }, (_, at) =>
    anArticle({
      slug: `story-${at}`,
      publishedAt: minutesAgo(at),
      ...(at < 200 ? {} : { tags: ['war', 'harbours'] }),
    }),
  ),
].map((record) => JSON.stringify(record));

it('goes on with what editors make and remove while it runs', async () => {
  const outcomes: Record<string, number> = {};
  const notes = new Set<string>();
  let isBetween = true;
  for await (const { kind, outcome, notes: noted = [] } of importing(lines, service)) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    for (const note of noted) notes.add(note);
    if (kind !== 'article' || !isBetween) continue;
    isBetween = false;
    const made = await mutate(service, 'createTag', { name: 'Harbours' }, '__typename', editor);
    expect(made).toMatchObject({ __typename: 'CreateTagSuccess' });
    const { data } = await service.query('{ tag(by: { slug: "war" }) { id revision } }');
    const { id, revision } = data.tag;
    const deleted = await mutate(service, 'deleteTag', { id, expectedRevision: revision }, '__typename', editor);
    expect(deleted).toMatchObject({ __typename: 'DeleteTagSuccess' });
  }
  expect(outcomes).toEqual({ created: 212 });
  const { data } = await service.query(`{ articles { totalCount }
    harbours: tag(by: { slug: "harbours" }) { name articles { totalCount } } war: tag(by: { slug: "war" }) { name articles { totalCount } } }`);
  expect(data).toEqual({
    articles: { totalCount: 210 },
    harbours: { name: 'Harbours', articles: { totalCount: 10 } },
    war: { name: 'War', articles: { totalCount: 10 } },
  });
  expect([...notes]).toEqual(['the tag “war” is described nowhere; it is named after its slug']);
});
