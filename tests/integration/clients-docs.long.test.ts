import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readKnownDocuments } from '../../src/graphql/documents.js';
import { listen, type Listening } from '../../src/http/server.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { eventually } from '../support/eventually.js';
import { mutate } from '../support/mutation.js';
import { startService, type TestService } from '../support/service.js';

// docs/clients.md, every snippet as it stands.

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = new URL('../artefacts/clients/', import.meta.url);
const documented = 'http://127.0.0.1:4000';

const text = await readFile(new URL('../../docs/clients.md', import.meta.url), 'utf8');
const snippets = text.split(/^## /m).flatMap((section) => {
  const title = section.slice(0, section.indexOf('\n')).toLowerCase();
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, language = '', code = '']) => ({
    title,
    language,
    code,
  }));
});
const written = snippets.filter(({ language }) => language === 'ts');
const typed = snippets.filter(({ language }) => language === 'sh');

let service: TestService;
let listening: Listening;
let editor: { authorization: string };

beforeAll(async () => {
  service = await startService({ answers: true, documents: await readKnownDocuments() });
  service.now = new Date();
  await loadSampleNewsroom(service.db, service.site, service.now);
  editor = await service.signIn('editor');
  listening = await listen((request, peer) => service.app(request, peer), { host: '127.0.0.1', port: 0 });
  process.env['PAPER'] = listening.url;
  await mkdir(folder, { recursive: true });
  for (const { title, code } of written) await writeFile(new URL(`${title}.ts`, folder), code);
}, 60_000);
afterAll(async () => {
  await listening.close(0);
  await service.close();
  await rm(folder, { recursive: true });
});

const run = async (title: string): Promise<any> => import(new URL(`${title}.ts`, folder).href);
const resultOf = async (title: string): Promise<any> => (await run(title)).result;

const done = async (mutation: string, input: object) =>
  (await mutate(service, mutation, input, 'article { id path revision }', editor)).article;
async function publish(headline: string): Promise<{ id: string; path: string; revision: number }> {
  const { id, revision } = await done('createArticle', { headline, section: 'asia', body: { html: '<p>x</p>' } });
  await done('submitArticle', { id, expectedRevision: revision });
  return done('publishArticle', { id, expectedRevision: revision });
}

it('has a snippet for each thing that it tells of, and no other language', () => {
  expect(written.map(({ title }) => title)).toEqual(['asking', 'paging', 'caching', 'errors', 'live', 'offline']);
  expect(typed.map(({ title }) => title)).toEqual(['asking', 'parts']);
  expect(snippets).toHaveLength(written.length + typed.length);
});

it('what is TypeScript is typed', async () => {
  const files = written.map(({ title }) => fileURLToPath(new URL(`${title}.ts`, folder)));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2023', '--module', 'nodenext'];
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  await promisify(execFile)(process.execPath, [tsc, ...options, '--types', 'node', ...files], { cwd: root });
}, 60_000);

it.each(typed)('what is typed under “$title” is answered', async ({ code }) => {
  expect(code).toContain(documented);
  const { stdout } = await promisify(execFile)('bash', ['-ec', code.replaceAll(documented, listening.url)], {
    cwd: root,
  });
  expect(stdout).toContain('"headline":"');
  expect(stdout).not.toContain('"errors"');
});

it('asking', async () => expect((await resultOf('asking')).publication.name).toBe('The Test'));

it('paging goes through the whole list, each piece once', async () => {
  const { data } = await service.query('{ articles(filter: { sections: ["asia"] }) { totalCount } }');
  const paths = (await resultOf('paging')).map(({ path }: { path: string }) => path);
  expect(paths).toHaveLength(data.articles.totalCount);
  expect(new Set(paths).size).toBe(paths.length);
});

it('caching', async () => expect(await resultOf('caching')).toEqual([200, 304]));

it('errors', async () =>
  expect(await resultOf('errors')).toMatchObject({
    __typename: 'ValidationError',
    fields: [{ path: 'author', message: 'must not be empty' }],
  }));

it('live goes on from a cursor', async () => {
  const { follow } = await run('live');
  const { data } = await service.query('{ latestFeed { cursor } }');
  const before = await publish('Before anybody followed');
  const told: string[] = [];
  const following = follow(data.latestFeed.cursor, ({ path }: { path: string }) => told.push(path) < 2);
  await eventually(() => told.length === 1);
  const after = await publish('While somebody follows');
  await following;
  expect(told).toEqual([before.path, after.path]);
});

it('offline: a copy becomes equal to the paper, whatever was written meanwhile', async () => {
  const { Copy } = await run('offline');
  const copy = new Copy();
  const isEqual = async () => {
    await copy.sync();
    const truth: Record<string, string> = {};
    let after: string | null = null;
    do {
      const { data } = await service.query(
        'query ($after: String) { articles(first: 100, after: $after) { nodes { id headline } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      for (const { id, headline } of data.articles.nodes) truth[id] = headline;
      after = data.articles.pageInfo.hasNextPage ? data.articles.pageInfo.endCursor : null;
    } while (after !== null);
    const kept = [...copy.pieces].map(([id, { headline }]) => [id, headline]);
    expect(Object.fromEntries(kept)).toEqual(truth);
  };
  await isEqual();
  const piece = await publish('New to the phone');
  await isEqual();
  await done('updateArticle', { id: piece.id, expectedRevision: 1, headline: 'Called otherwise' });
  await done('publishArticle', { id: piece.id, expectedRevision: 2 });
  await isEqual();
  await done('retractArticle', { id: piece.id, expectedRevision: 2, reason: 'A test.' });
  await isEqual();
});
