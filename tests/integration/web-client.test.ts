import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Front, openPaper } from '../../examples/web-client/src/paper.js';
import { type KnownDocuments, readKnownDocuments } from '../../src/graphql/documents.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { startService, type TestService } from '../support/service.js';

// The client in examples/web-client, as it stands, against the service that was told of its documents.

const example = new URL('../../examples/web-client/', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, example));

let service: TestService;
let documents: KnownDocuments;
const asked: { method: string; address: URL; body: string | null; response: Response }[] = [];

beforeAll(async () => {
  documents = await readKnownDocuments(pathOf('src/generated'));
  service = await startService({ answers: true, documents });
  await loadSampleNewsroom(service.db, service.site, service.now);
});
afterAll(() => service.close());
beforeEach(() => asked.splice(0));

const paper = () =>
  openPaper('https://news.example', {
    fetch: async (input, init) => {
      const address = new URL(input instanceof Request ? input.url : input);
      const response = await service.request(address.href, init);
      asked.push({ method: init?.method ?? 'GET', address, body: init?.body as string | null, response });
      return response;
    },
  });

it('reads the front page by a document that is named, by GET, so that caches may keep it', async () => {
  const reading = paper();
  const { latestFeed, publication } = await reading.front();
  expect(publication.name).toBe('The Test');
  expect(latestFeed.entries.nodes).toHaveLength(10);
  const [{ method, address, response }] = asked as [(typeof asked)[0]];
  expect(method).toBe('GET');
  expect([...address.searchParams.keys()].sort()).toEqual(['documentId', 'variables']);
  expect(documents.get(address.searchParams.get('documentId')!.replace('sha256:', ''))).toContain('query FrontPage');
  expect(response.headers.get('etag')).toMatch(/^"/);
  expect(response.headers.get('cache-control')).toMatch(/^public, max-age=/);
});

it('pages on to the end, each piece once', async () => {
  const reading = paper();
  const seen: string[] = [];
  let page: Front | undefined;
  do {
    page = (await reading.front(page?.pageInfo.endCursor ?? undefined)).latestFeed.entries;
    seen.push(...page.nodes.map(({ article }) => article.path));
  } while (page.pageInfo.hasNextPage);
  const { data } = await service.query('{ articles { totalCount } }');
  expect(seen).toHaveLength(data.articles.totalCount);
  expect(new Set(seen).size).toBe(seen.length);
});

it('shows a piece as soon as its words are there, and its comments when they come', async () => {
  const { data } = await service.query('{ article(by: { slug: "kinmen-ferry-timetable" }) { path } }');
  const shown: any[] = [];
  await paper().read(data.article.path, (piece, isWhole) => shown.push([structuredClone(piece), isWhole]));
  expect(shown[0]).toMatchObject([{ byline: 'Lin Qiaoyun', body: { html: expect.stringContaining('<p>') } }, false]);
  expect(shown[0][0].comments).toBeUndefined();
  expect(shown.at(-1)).toMatchObject([{ commentCount: 3, related: expect.any(Array) }, true]);
  expect(shown.at(-1)[0].comments.nodes[0].author).toBe('Old Quemoy hand');
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  expect(asked[0]!.response.headers.get('content-type')).toContain('multipart/mixed');
});

it('shows nothing where there is no piece', async () => {
  const shown: unknown[] = [];
  await paper().read('/nothing/', (piece, isWhole) => shown.push([piece, isWhole]));
  expect(shown.at(-1)).toEqual([null, true]);
});

it('is built into one file for browsers', async () => {
  const { outputFiles, errors } = await build({
    entryPoints: [pathOf('src/main.ts')],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  });
  expect(errors).toEqual([]);
  const text = outputFiles[0]?.text ?? '';
  expect(text).toContain('sha256:');
  expect(text.length).toBeLessThan(60_000);
});
