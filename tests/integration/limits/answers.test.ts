import { charactersIn } from '../../../src/graphql/limits/answers.js';
import { anArticle, aSection } from '../../support/records.js';
import { codesOf } from '../../support/one-of-each.js';
import { startService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService({ answers: true });
  const body = `<p>${'word '.repeat(4000)}</p>`;
  await service.load([aSection(), ...Array.from({ length: 100 }, () => anArticle({ body }))]);
});
afterAll(() => service.close());

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_each, n) => part(n)).join(' ');
const long = 'x'.repeat(900_000);

/** Nine times the words of 100 pieces: within the price that an operation may have, and 18 million characters. */
const ofPieces = `articles(first: 100) { nodes { body { ${times(9, (n) => `a${n}: html`)} } } }`;

it('of more than 16 million characters is not written out', async () => {
  const { status, errors, data } = await service.query(`{ ${ofPieces} }`);
  expect([status, data]).toEqual([400, undefined]);
  expect(errors?.[0]?.extensions).toEqual({
    code: 'LIMIT_EXCEEDED',
    limit: 'characters in an answer',
    most: 16_000_000,
    sent: 'more',
  });
  const fewer = await service.query('{ articles(first: 10) { nodes { body { html } } } }');
  expect(fewer.data.articles.nodes).toHaveLength(10);
});

it('is not written out in parts that are as long', async () => {
  const response = await service.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
    body: JSON.stringify({
      query: `{ publication { name } ... @defer { ${ofPieces} } }`,
    }),
  });
  const text = await response.text();
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('The limit of characters in an answer is 16000000');
});

it('of a mutation that is too long says that what was to be written has been', async () => {
  const editor = await service.signIn('editor');
  const { errors } = await service.query(
    'mutation { createTag(input: { name: "Trade" }) { ... on CreateTagSuccess { tag { id } } __typename ... on CreateTagSuccess { tag { articles { totalCount } } } } }',
    {},
    editor,
  );
  expect(errors).toBeUndefined();
  const article = `... on CreateSectionSuccess { section { parent { ${ofPieces} } } }`;
  const answer = await service.query(
    `mutation { createSection(input: { name: "Asia", parent: "world" }) { ${article} } }`,
    {},
    editor,
  );
  expect(answer.errors?.[0]?.message).toMatch(/^What was to be written has been written\. The limit of characters/);
  expect((await service.query('{ section(by: { slug: "asia" }) { name } }')).data.section).toEqual({ name: 'Asia' });
});

it('is counted no further than it has to be', () => {
  expect(charactersIn({ a: 'bc', d: [1, null] }, 1000)).toBe(5 + 4 + 5 + 5 + 5);
  expect(charactersIn([long, long, long], 1000)).toBeLessThan(1_000_000);
});

describe('what is sent is not sent back many times over', () => {
  it.each([
    [
      'in a variable that is wrong in 60 ways',
      'query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }',
      { filter: { language: long, ...Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`x${at}`, 1])) } },
    ],
    ['as the name of a field', `{ ${long} }`, {}],
    ['as an id', `query ($id: ID!) { ${times(30, (n) => `a${n}: node(id: $id) { id }`)} }`, { id: long }],
    [
      'as a language',
      `query ($l: String) { ${times(30, (n) => `a${n}: latestFeed(language: $l) { updatedAt }`)} }`,
      { l: long },
    ],
    [
      'as a section',
      `query ($s: String) { ${times(30, (n) => `a${n}: trending(section: $s) { rank }`)} }`,
      { s: long },
    ],
    [
      'as a slug',
      `query ($s: [String!]) { ${times(30, (n) => `a${n}: articles(filter: { tags: $s }) { totalCount }`)} }`,
      { s: [long] },
    ],
    [
      'as a cursor',
      `query ($c: String) { ${times(30, (n) => `a${n}: articles(after: $c) { totalCount }`)} }`,
      { c: long },
    ],
  ])('%s', async (_where, query, variables) => {
    const began = performance.now();
    const response = await service.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    expect((await response.text()).length).toBeLessThan(100_000);
    expect(response.status).toBeLessThan(500);
    // It took minutes where what was sent was repeated for each field.
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('in the problems of a refusal', async () => {
    const editor = await service.signIn('editor', 'Another editor');
    const { data } = await service.query(
      'mutation ($section: String!) { createArticle(input: { headline: "A", section: $section }) { ... on ValidationError { message fields { path message } } } }',
      { section: long },
      editor,
    );
    expect(JSON.stringify(data).length).toBeLessThan(3000);
    expect(data.createArticle.fields[0].path).toBe('section');
  });
});

describe('a body of JSON that lies 20,000 deep', () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  it.each([
    ['in variables', `{"query":"{ publication { name } }","variables":${deep}}`],
    ['in extensions', `{"query":"{ publication { name } }","extensions":${deep}}`],
    [
      'in a variable that is asked for',
      `{"query":"query ($f: ArticleFilter) { articles(filter: $f) { totalCount } }","variables":{"f":${deep}}}`,
    ],
    ['as the query', `{"query":${deep}}`],
    ['as all of it', deep],
  ])('%s is answered or refused', async (_where, body) => {
    for (const headers of [{}, await service.signIn('editor', 'An editor of depth')]) {
      const response = await service.request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      expect(response.status).toBeLessThan(500);
      expect(codesOf({ status: 0, ...((await response.json()) as { data: null }) })).not.toContain(
        'INTERNAL_SERVER_ERROR',
      );
    }
  });
});
