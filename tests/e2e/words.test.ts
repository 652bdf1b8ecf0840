import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as work from '../../src/content/article/words/work.js';
import type * as Words from '../../src/content/article/words/words.js';
import type { Database } from '../../src/database/database.js';
import { openScratch } from '../../src/database/scratch.js';
import { sql } from '../../src/database/sql.js';
import { documentOf } from '../support/mutation.js';
import { anArticle, aSection } from '../support/records.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { turnsDuring } from '../support/turns.js';
import { testServer } from '../support/server.js';

const built = new URL('../../dist/content/article/words/words.js', import.meta.url).href;

/** A body of about so many characters, most of them in elements. */
const bodyOf = (length: number, name: string) => {
  const paragraph = `<p>The <em>harbour</em> of ${name} was <strong>quiet</strong> when the <em>ships</em> came in.</p>\n`;
  return paragraph.repeat(Math.ceil(length / paragraph.length));
};

/** The same as Markdown. */
const markdownOf = (length: number, name: string) => {
  const paragraph = `The _harbour_ of ${name} was **quiet** when the _ships_ came in.\n\n`;
  return paragraph.repeat(Math.ceil(length / paragraph.length));
};

describe('the built module', () => {
  let words: typeof Words;
  beforeAll(async () => {
    words = (await import(built)) as typeof Words;
  });
  afterAll(() => words.endThreads());

  it('reads many long bodies, and one of very many characters, within the memory of its threads', async () => {
    const lengths = [...Array.from({ length: 150 }, () => 67_000), 500_000, 10];
    const bodies = lengths.map((length, index) => ({ html: bodyOf(length, `place ${index}`), options: {} }));
    const parsed = await words.bodiesOf(bodies);
    expect(parsed.map(({ tree }) => /place \d+/.exec(tree)?.[0])).toEqual(bodies.map((_, index) => `place ${index}`));
  });

  // Here at once, on the thread for most, and on the one for what is very long.
  it.each([200, 40_000, 150_000])('makes of %i characters the same as is made here', async (length) => {
    const [html, markdown] = [bodyOf(length, 'Aden'), markdownOf(length, 'Aden')];
    const read = await words.bodyOfHtml(html);
    expect(read).toEqual(work.bodies([{ html, options: {} }])[0]);
    expect(await words.bodyOfMarkdown(markdown)).toEqual(work.bodyOfMarkdown(markdown));
    const { tree } = read;
    expect(await words.markdownIn(tree)).toBe(work.markdown(tree));
    expect(await words.textIn(tree)).toBe(work.text(tree));
    expect(await words.htmlIn(tree)).toBe(work.html(tree));
    expect(await words.blocksIn(tree)).toEqual(work.blocks(tree).flatMap((part) => JSON.parse(part) as unknown[]));
    const revised = { older: tree, newer: (await words.bodyOfHtml(html.replace('quiet', 'loud'))).tree };
    expect(await words.markedIn(revised)).toBe(work.marked(revised));
    expect(await words.hunksIn(revised)).toEqual(work.hunks(revised));
  });

  it('leaves a gallery to the reader of the file, who knows its pictures, wherever it stands among others', async () => {
    const picture = { url: 'https://img.example/7.jpg', alt: 'A quay', caption: null };
    const options = { wordpress: true, resolveAttachment: () => picture };
    const texts = [
      bodyOf(40_000, 'Aden'),
      `${bodyOf(40_000, 'Basra')}<p>[gallery ids="7"]</p>`,
      bodyOf(40_000, 'Cork'),
    ];
    const parsed = await words.bodiesOf(texts.map((html) => ({ html, options })));
    expect(parsed.map(({ html }) => /Aden|Basra|Cork/.exec(html)?.[0])).toEqual(['Aden', 'Basra', 'Cork']);
    expect(parsed.map(({ html }) => html.includes(picture.url))).toEqual([false, true, false]);
  });

  it('lets the loop turn on while a long body is read', async () => {
    const { turns } = await turnsDuring(() => words.bodyOfMarkdown(markdownOf(300_000, 'Aden')));
    expect(turns).toBeGreaterThan(100);
  });

  it('keeps no process from ending', async () => {
    const script = `import { bodyOfMarkdown } from ${JSON.stringify(built)};
      const { wordCount } = await bodyOfMarkdown('One _two_ three. '.repeat(2000));
      console.log(wordCount);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 25_000 });
    expect((await run).stdout).toBe('6000\n');
  });
});

describe('a service whose long words are asked for and saved', () => {
  let db: Database;
  let service: ServiceProcess;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dateline-words-'));
    db = await openScratch(testServer);
    await db.migrate();
    const [row] = await db.rows<{ name: string }>(sql`select current_database() as name`);
    const url = new URL(testServer);
    url.pathname = `/${row?.name}`;
    service = await startServiceProcess({
      DATABASE_URL: url.href,
      DATELINE_NEWSROOM: 'off',
      QUERY_TIMEOUT_SECONDS: '60',
    });
    const records = [
      aSection(),
      ...Array.from({ length: 100 }, (_, index) => anArticle({ body: bodyOf(9000, `place ${index}`) })),
    ];
    const file = path.join(folder, 'pieces.ndjson');
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    await service.command('import', file);
  });
  afterAll(async () => {
    await service?.stop();
    await db?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** For how many seconds at most the loop of the service has stood still since this was last asked. */
  async function longestStill(): Promise<number> {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]);
  }

  // All at one go, each of these is several seconds of work.
  const generous = 1;

  it('goes on with others while Markdown of a hundred pieces is asked for', async () => {
    await longestStill();
    const { data } = await service.query('{ articles(first: 100) { nodes { body { markdown } } } }');
    expect(await longestStill()).toBeLessThan(generous);
    const texts = (data.articles.nodes as { body: { markdown: string } }[]).map(({ body }) => body.markdown);
    expect(new Set(texts.map((text) => /place \d+/.exec(text)?.[0])).size).toBe(100);
  });

  it('goes on with others while a long body is saved and its revisions are compared', async () => {
    const length = 600_000;
    const success = 'article { id revision difference(from: 1) { hunks { lines } } }';
    await longestStill();
    const { data } = await service.query(documentOf('createArticle', 'article { id revision body { wordCount } }'), {
      input: { headline: 'Long', section: 'world', body: { markdown: markdownOf(length, 'Aden') } },
    });
    const { id, revision, body } = data.createArticle.article as { id: string; revision: number; body: any };
    expect(body.wordCount).toBeGreaterThan(length / 10);
    const markdown = markdownOf(length, 'Aden').replace('quiet', 'loud');
    const saved = await service.query(documentOf('updateArticle', success), {
      input: { id, expectedRevision: revision, body: { markdown } },
    });
    expect(await longestStill()).toBeLessThan(generous);
    const { lines } = saved.data.updateArticle.article.difference.hunks[0] as { lines: string[] };
    expect(lines.filter((line) => /^[-+]/.test(line)).map((line) => /quiet|loud/.exec(line)?.[0])).toEqual([
      'quiet',
      'loud',
    ]);
  });

  it('ends when it is told to, though its threads have much to do that nobody waits for any more', async () => {
    const input = { headline: 'Longer', section: 'world', body: { markdown: markdownOf(900_000, 'Aden') } };
    const { data } = await service.query(documentOf('createArticle', 'article { id }'), { input });
    const forms = Array.from({ length: 10 }, (_, index) => `form${index}: markdown`).join(' ');
    const query = `{ node(id: "${data.createArticle.article.id}") { ... on Article { body { ${forms} } } } }`;
    const asked = fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${service.adminToken}` },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(1000),
    });
    await expect(asked).rejects.toThrow(/timeout/);
    const began = performance.now();
    await service.stop();
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
