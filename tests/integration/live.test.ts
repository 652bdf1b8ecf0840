import { setTimeout as pause } from 'node:timers/promises';
import { mutate } from '../support/mutation.js';
import { operation } from '../support/operations.js';
import { aSection } from '../support/records.js';
import { startService, type TestService } from '../support/service.js';
import { Stream } from '../support/stream.js';

// “Latest” as server-sent events: on every instance, each event once, from a cursor on.

let service: TestService;
let other: TestService;
let editor: { authorization: string };
const streams: Stream[] = [];

const document = `subscription ($sections: [String!], $after: String) {
  latestFeed(sections: $sections, after: $after) {
    cursor kind path reason entry { headline section { slug } article { byline bylines { name } } }
  }
}`;

beforeAll(async () => {
  service = await startService({ answers: true });
  service.now = new Date();
  other = await startService({ beside: service });
  other.now = service.now;
  await service.load([
    aSection(),
    aSection({ slug: 'asia', name: 'Asia' }),
    aSection({ slug: 'japan', name: 'Japan', parent: 'asia' }),
  ]);
  editor = await service.signIn('editor');
});
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close();
});
afterAll(async () => {
  await other.close();
  await service.close();
});

async function follow(
  variables: { sections?: string[]; after?: string } = {},
  { on = service, headers = {} }: { on?: TestService; headers?: Record<string, string> } = {},
): Promise<Stream> {
  const response = await on.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query: document, variables }),
  });
  const stream = new Stream(response);
  streams.push(stream);
  return stream;
}

const done = (mutation: string, input: object, success = 'article { id path revision }') =>
  mutate(service, mutation, input, success, editor);

let pieces = 0;
async function publish(section = 'world'): Promise<{ id: string; path: string; revision: number }> {
  const headline = `Piece ${(pieces += 1)}`;
  const { article } = await done('createArticle', { headline, section, body: { html: '<p>Text.</p>' } });
  await done('submitArticle', { id: article.id, expectedRevision: article.revision });
  return (await done('publishArticle', { id: article.id, expectedRevision: article.revision })).article;
}

it('tells of a publication, a change and a retraction as they happen, each with its cursor as the event’s id', async () => {
  const stream = await follow();
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
  const { id, path, revision } = await publish();
  await stream.until(({ sent }) => sent.length === 1);
  await done('retractArticle', { id, expectedRevision: revision, reason: 'It was invented.' });
  await stream.until(({ sent }) => sent.length === 2);
  expect(stream.told).toEqual([`PUBLISHED ${path}`, `RETRACTED ${path}`]);
  const [first, second] = stream.sent.map(({ data }) => data.data.latestFeed);
  expect(first.entry).toMatchObject({ headline: `Piece ${pieces}`, section: { slug: 'world' } });
  expect(second).toMatchObject({ entry: null, reason: 'It was invented.' });
  expect(stream.sent.map(({ id: event }) => event)).toEqual([first.cursor, second.cursor]);
});

it('whoever comes again with the last cursor misses nothing and is told nothing twice, on whichever instance', async () => {
  const first = await follow();
  const before = [(await publish()).path, (await publish()).path];
  await first.until(({ sent }) => sent.length === 2);
  const { last } = first;
  await first.close();
  const while_ = [(await publish()).path, (await publish()).path];
  const again = await follow({ after: 'overruled' }, { on: other, headers: { 'last-event-id': last! } });
  const named = await follow({ after: last! });
  const after = (await publish()).path;
  for (const stream of [again, named]) {
    await stream.until(({ sent }) => sent.length === 3);
    await pause(50);
    expect(stream.told).toEqual([...while_, after].map((path) => `PUBLISHED ${path}`));
  }
  expect(first.told).toEqual(before.map((path) => `PUBLISHED ${path}`));
});

it('the cursor of the feed leads to all that the feed does not show', async () => {
  const { data } = await service.query('{ latestFeed { cursor entries(first: 1) { nodes { headline } } } }');
  const { path } = await publish();
  const stream = await follow({ after: data.latestFeed.cursor });
  await stream.until(({ sent }) => sent.length > 0);
  expect(stream.told).toEqual([`PUBLISHED ${path}`]);
});

it('what was taken off since is told of, and not shown, to those who come again', async () => {
  const present = await follow();
  const { data } = await service.query('{ latestFeed { cursor } }');
  const { id, revision } = await publish();
  await present.until(({ sent }) => sent.length === 1);
  await done('retractArticle', { id, expectedRevision: revision, reason: 'Invented.' });
  await present.until(({ sent }) => sent.length === 2);
  await pause(1100);
  const late = await follow({ after: data.latestFeed.cursor });
  await late.until(({ sent }) => sent.length === 2);
  expect(late.sent.map(({ data: { data: told } }) => told.latestFeed.entry)).toEqual([null, null]);
});

it('sections are followed with their descendants', async () => {
  const asia = await follow({ sections: ['asia'] });
  await publish('world');
  const { path } = await publish('japan');
  await asia.until(({ sent }) => sent.length > 0);
  await pause(50);
  expect(asia.told).toEqual([`PUBLISHED ${path}`]);
});

it('a draft, a submission and a schedule tell of nothing until there is something to see', async () => {
  const stream = await follow();
  const { article } = await done('createArticle', { headline: 'Later', section: 'world', body: { html: '<p>x</p>' } });
  await done('submitArticle', { id: article.id, expectedRevision: article.revision });
  const at = new Date(service.now.getTime() + 3_600_000).toISOString();
  await done('scheduleArticle', { id: article.id, expectedRevision: article.revision, at });
  const { path } = await publish();
  await stream.until(({ sent }) => sent.length > 0);
  await pause(50);
  expect(stream.told).toEqual([`PUBLISHED ${path}`]);
});

it('costs as many statements for forty subscribers as for one', async () => {
  const few = async (count: number) => {
    const all = await Promise.all(Array.from({ length: count }, () => follow()));
    const { article } = await done('createArticle', { headline: 'One', section: 'world', body: { html: '<p>x</p>' } });
    await done('submitArticle', { id: article.id, expectedRevision: article.revision });
    service.statements();
    await done('publishArticle', { id: article.id, expectedRevision: article.revision });
    for (const stream of all) await stream.until(({ sent }) => sent.length === 1);
    const statements = service
      .statements()
      .filter((text) => /byline|from change c|section above|article a/i.test(text));
    for (const stream of all) await stream.close();
    return statements.length;
  };
  const one = await few(1);
  // On a server that others write to, the log is looked at again until the change is settled: a few times, for all at once.
  expect(await few(40)).toBeLessThan(one + 20);
});

it('a cursor that nobody gave out is refused, in words', async () => {
  const stream = await follow({ after: 'nonsense' });
  await stream.until(({ sent }) => sent.length > 0);
  expect(stream.sent[0]?.data.errors[0].extensions.code).toBe('BAD_CURSOR');
});

it('the shipped document is followed by GET, by its hash, as a browser does', async () => {
  const text = operation('latest-live');
  const response = await service.request(`/graphql?query=${encodeURIComponent(text)}`, {
    headers: { accept: 'text/event-stream' },
  });
  const stream = new Stream(response);
  streams.push(stream);
  await publish();
  await stream.until(({ sent }) => sent.length > 0);
  expect(stream.sent[0]?.data.data.latestFeed.entry.headline).toBe(`Piece ${pieces}`);
});
