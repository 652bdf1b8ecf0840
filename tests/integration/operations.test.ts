import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, OperationTypeNode, parse, validate } from 'graphql';
import { makeGraph } from '../../src/content/graph.js';
import { addViews } from '../../src/content/trending/store.js';
import { sql } from '../../src/database/sql.js';
import { partsOfGlobalId } from '../../src/graphql/builder.js';
import { uuidv7 } from '../../src/identifiers.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { operation } from '../support/operations.js';
import { startService, type TestService } from '../support/service.js';

// The documents that are shipped, sent as they stand: an editor's first question must not be answered by an error.

const folder = new URL('../../schema/operations/', import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => name.replaceAll('\\', '/').replace(/\.graphql$/, ''))
  .sort();

/** In a ready document, where the id of somebody's own piece is to stand. */
const placeholder = 'the id of the piece';

const operationOf = (document: DocumentNode) => {
  const [found] = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (!found) throw new Error('the document holds no operation');
  return found;
};
const reading = names.filter((name) => operationOf(parse(operation(name))).operation === OperationTypeNode.QUERY);
const ofTheDesk = (name: string) => `desk/${name}`;

/** What the documents of pages have to be told. */
const ofPages: Record<string, Record<string, unknown>> = {
  get 'article-page'() {
    return { path };
  },
  get 'resolve-path'() {
    return { path };
  },
  'author-page': { slug: 'lin-qiaoyun' },
  'collection-page': { slug: 'chokepoints' },
  search: { query: 'ferries' },
  'section-page': { slug: 'asia' },
  suggest: { prefix: 'ferr' },
  'tag-page': { slug: 'water' },
};

function variablesOf(name: string, id: string): Record<string, unknown> {
  if (name === 'comments') return { article: id };
  if (!name.startsWith('desk/')) return { ...ofPages[name] };
  const text = readFileSync(new URL(`${name}.variables.json`, folder), 'utf8');
  return JSON.parse(text.replaceAll(placeholder, id)) as Record<string, unknown>;
}

const schema = makeGraph();
let service: TestService;
let editor: { authorization: string };
let aPiece: string;
let path: string;

beforeAll(async () => {
  service = await startService();
  await loadSampleNewsroom(service.db, service.site, service.now);
  editor = await service.signIn('editor');
  const { data } = await service.query('{ article(by: { slug: "kinmen-ferry-timetable" }) { id path } }');
  aPiece = data.article.id;
  path = data.article.path;
  const views = ['a', 'b', 'c'].map((letter) => ({
    articleId: partsOfGlobalId(aPiece).id,
    reader: letter.repeat(32),
    halfHour: service.now.getTime(),
  }));
  await addViews(service.db, views, service.now);
  await service.db.rows(sql`insert into comment (id, article_id, author_name, text, created_at)
    values (${uuidv7()}::uuid, ${partsOfGlobalId(aPiece).id}::uuid, 'Bo', 'Well?', ${service.now.toISOString()}::timestamptz)`);
});
afterAll(() => service.close());

it.each(names)('%s is valid', (name) => expect(validate(schema, parse(operation(name)))).toEqual([]));

it.each(reading)('%s answers an editor without an error, and not with nothing', async (name) => {
  const { data, errors } = await service.query(operation(name), variablesOf(name, aPiece), editor);
  expect(errors).toBeUndefined();
  const [answer] = Object.values(data as Record<string, unknown>);
  expect(JSON.stringify(answer)).toMatch(
    name === ofTheDesk('30-look-it-over') ? /^\[/ : /"(headline|path)":"|"feeds":\[/,
  );
});

it.each(reading.filter((name) => !/30-look-it-over|90-history|95-moderation-queue/.test(name)))(
  '%s answers anyone without an error',
  async (name) => expect((await service.query(operation(name), variablesOf(name, aPiece))).errors).toBeUndefined(),
);

describe('a day at the desk', () => {
  async function send(name: string, changes: Record<string, unknown> = {}, headers = editor) {
    const variables = variablesOf(ofTheDesk(name), typeof changes['id'] === 'string' ? changes['id'] : placeholder);
    const input = { ...(variables['input'] as object), ...changes };
    const { data, errors } = await service.query(operation(ofTheDesk(name)), { input }, headers);
    expect(errors).toBeUndefined();
    const [answer] = Object.values(data as Record<string, any>);
    return answer;
  }

  it('goes from the draft to the retraction by the ready documents, each with the revision the last one answered', async () => {
    const written = await send('20-write-a-draft');
    expect(written).toMatchObject({ __typename: 'CreateArticleSuccess', article: { status: 'DRAFT', revision: 1 } });
    const { id } = written.article;
    const preview = await send('35-preview-link', { id });
    expect(preview).toMatchObject({ __typename: 'CreatePreviewLinkSuccess' });
    expect(await send('40-submit', { id })).toMatchObject({ article: { status: 'IN_REVIEW', revision: 1 } });
    expect(await send('50-schedule', { id })).toMatchObject({
      article: { status: 'SCHEDULED', scheduledFor: '2036-01-31T06:00:00.000Z' },
    });
    expect(await send('60-publish', { id })).toMatchObject({ article: { status: 'PUBLISHED' } });
    expect(await send('25-change-a-piece', { id })).toMatchObject({ article: { revision: 2 } });
    expect(await send('70-correct', { id })).toMatchObject({
      article: { revision: 2, corrections: [{ at: service.now.toISOString() }] },
    });
    expect(await send('75-retract', { id })).toMatchObject({ article: { status: 'RETRACTED' } });
  });

  const steps = names
    .filter((name) => /^desk\/(25|35|40|50|60|70|75)/.test(name))
    .map((name) => name.slice('desk/'.length));

  it.each(steps)('%s, sent before an id is filled in, is told where ids come from', async (name) => {
    const { errors } = await service.query(
      operation(ofTheDesk(name)),
      variablesOf(ofTheDesk(name), placeholder),
      editor,
    );
    expect(errors?.map(({ message }) => message)).toEqual([
      '“the id of the piece” is not an id of this service; ids come from the `id` field of an object.',
    ]);
  });

  it.each(['20-write-a-draft', ...steps])('%s says to those who are not signed in what they must be', async (name) => {
    const variables = variablesOf(ofTheDesk(name), aPiece);
    const { data, errors } = await service.query(operation(ofTheDesk(name)), variables);
    expect(errors).toBeUndefined();
    const [answer] = Object.values(data as Record<string, unknown>);
    expect(answer).toMatchObject({
      __typename: 'ForbiddenError',
      message: expect.stringContaining('You are not signed in'),
    });
  });
});
