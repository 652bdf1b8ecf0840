import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { readyTab } from '../../../scripts/build/desk-plugins.mjs';

const folder = join(process.cwd(), 'schema/operations/desk');
const documents = (await readdir(folder)).filter((name) => name.endsWith('.graphql'));

describe.each(documents)('%s', (name) => {
  it('has a title, teaches, and asks one operation', async () => {
    const tab = await readyTab(join(folder, name));
    expect(tab.title).toMatch(/^[A-Z].+[^.]$/);
    expect(tab.teaches).toMatch(/^[A-Z].{20,}\.$/);
    expect(parse(tab.query).definitions.filter(({ kind }) => kind === 'OperationDefinition')).toHaveLength(1);
  });

  it('has a value for every variable it declares, and for no other', async () => {
    const { query, variables } = await readyTab(join(folder, name));
    const declared = parse(query).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition'
        ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
        : [],
    );
    expect(Object.keys(variables ? JSON.parse(variables) : {}).sort()).toEqual(declared.sort());
  });
});

describe('a mistake in a ready document stops the build', () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'dateline-tabs-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  it.each([
    ['no title', 'query A { a }', undefined, 'a.graphql: its first line must be "# title: …", the name of its tab.'],
    ['no GraphQL', '# title: A\nquery A { a', undefined, 'a.graphql: Syntax Error'],
    ['no JSON', '# title: A\nquery A { a }', '{ first: 1 }', 'a.variables.json: '],
  ])('%s', async (_what, query, variables, message) => {
    await writeFile(join(scratch, 'a.graphql'), query);
    await rm(join(scratch, 'a.variables.json'), { force: true });
    if (variables) await writeFile(join(scratch, 'a.variables.json'), variables);
    await expect(readyTab(join(scratch, 'a.graphql'))).rejects.toThrow(message);
  });
});
