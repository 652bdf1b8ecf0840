import { getNamedType, isCompositeType, isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import { makeGraph } from '../../src/content/graph.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { startService, type TestService } from '../support/service.js';

// A list reads no more of its articles than is asked for. Whatever is asked for alone must be what it is beside everything else.

let service: TestService;
let editor: Record<string, string>;
beforeAll(async () => {
  service = await startService();
  await loadSampleNewsroom(service.db, service.site, service.now);
  editor = await service.signIn('editor');
});
afterAll(() => service.close());

const schema = makeGraph();
const type = schema.getType('Article');
if (!isObjectType(type)) throw new Error('there is no Article');
/** Each field, with a little of what it holds. */
const fields = Object.values(type.getFields())
  .filter(({ args }) => !args.some(isRequiredArgument))
  .map((field): [string, string] => {
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return [field.name, field.name];
    const inner = isObjectType(named) || isInterfaceType(named) ? named.getFields() : {};
    if ('nodes' in inner) return [field.name, `${field.name} { nodes { __typename } }`];
    const leaves = Object.values(inner).filter((each) => !isCompositeType(getNamedType(each.type)));
    const shown = leaves.filter(({ args }) => !args.some(isRequiredArgument)).map(({ name }) => name);
    return [field.name, `${field.name} { ${['__typename', ...shown].join(' ')} }`];
  });

it.each(fields)('%s is the same on a card as on a whole row', async (name, asked) => {
  const { data, errors } = await service.query(
    `fragment Card on Article { ${asked} }
    {
      alone: articles(first: 40) { nodes { ...Card } }
      beside: articles(first: 40) { nodes { ...Card revision } }
      each: articles(first: 40) { edges { node { ... on Article { ${asked} } } } }
      here: sections { articles(first: 3) { nodes { ...Card } } }
      there: sections { articles(first: 3) { nodes { ...Card revision } } }
    }`,
    {},
    editor,
  );
  expect(errors).toBeUndefined();
  const of = (rows: Record<string, unknown>[]) => rows.map((row) => row[name]);
  expect(of(data.alone.nodes)).toEqual(of(data.beside.nodes));
  expect(of(data.each.edges.map(({ node }: { node: Record<string, unknown> }) => node))).toEqual(of(data.beside.nodes));
  const inSections = (sections: { articles: { nodes: Record<string, unknown>[] } }[]) =>
    sections.map(({ articles }) => of(articles.nodes));
  expect(inSections(data.here)).toEqual(inSections(data.there));
  expect(data.alone.nodes.length).toBeGreaterThan(20);
});
