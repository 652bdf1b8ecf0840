import { anArticle, aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let ids: string[];

beforeAll(async () => {
  service = await startService();
  await service.load([aSection(), anArticle({ slug: 'one' }), anArticle({ slug: 'two' })]);
  const { data } = await service.query('{ articles { nodes { id } } }');
  ids = data.articles.nodes.map(({ id }: { id: string }) => id);
});
afterAll(() => service.close());

it.each([
  ['node twice', '{ a: node(id: $id) { id } b: node(id: $id) { id } }', { a: 0, b: 0 }],
  ['nodes and node', '{ a: nodes(ids: [$id]) { id } b: node(id: $id) { id } }', { a: [0], b: 0 }],
  ['node and nodes', '{ a: node(id: $id) { id } b: nodes(ids: [$other, $id, $id]) { id } }', { a: 0, b: [1, 0, 0] }],
  [
    'nodes of both twice',
    '{ a: nodes(ids: [$id, $other]) { id } b: nodes(ids: [$other, $id]) { id } }',
    { a: [0, 1], b: [1, 0] },
  ],
])('one request asks for one thing several times: %s', async (_, fields, expected) => {
  const variables = { id: ids[0], other: ids[1] };
  const used = fields.includes('$other') ? '$id: ID!, $other: ID!' : '$id: ID!';
  const { data, errors } = await service.query(`query (${used}) ${fields}`, variables);
  expect(errors).toBeUndefined();
  const node = (index: number) => ({ id: ids[index] });
  expect(data).toEqual(
    Object.fromEntries(Object.entries(expected).map(([key, at]) => [key, Array.isArray(at) ? at.map(node) : node(at)])),
  );
});
