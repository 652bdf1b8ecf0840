import { loadSampleNewsroom } from '../../../src/importing/sample.js';
import { mutate } from '../../support/mutation.js';
import { operation } from '../../support/operations.js';
import { startService, type TestService } from '../../support/service.js';

// The paper as pages, as a browser that runs no script gets them.

let service: TestService;
let editor: { authorization: string };
const kinmen = 'kinmen-ferry-timetable';

beforeAll(async () => {
  service = await startService({ answers: true });
  await loadSampleNewsroom(service.db, service.site, service.now);
  editor = await service.signIn('editor');
});
afterAll(() => service.close());

async function page(path: string) {
  const response = await service.request(path, { headers: { accept: 'text/html' } });
  return { response, status: response.status, html: await response.text() };
}

const textOf = (html: string) =>
  html
    .replace(/<(script|style)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const done = (mutation: string, input: object, success = 'article { id path revision }') =>
  mutate(service, mutation, input, success, editor);

async function drafted(headline: string, html = '<p>Now.</p>') {
  const { article } = await done('createArticle', { headline, section: 'asia', body: { html } });
  return article as { id: string; path: string; revision: number };
}

async function published({ id, revision }: { id: string; revision: number }): Promise<string> {
  await done('submitArticle', { id, expectedRevision: revision });
  return (await done('publishArticle', { id, expectedRevision: revision })).article.path as string;
}

async function pieceAt(slug: string) {
  const { data } = await service.query(
    `query ($slug: String!) { article(by: { slug: $slug }) { id path revision headline } }`,
    { slug },
    editor,
  );
  return data.article as { id: string; path: string; revision: number; headline: string };
}

describe('the front page', () => {
  it('leads with the newest piece, and shows every section that has one, Publications and Latest', async () => {
    const { html, status } = await page('/');
    const text = textOf(html);
    expect(status).toBe(200);
    expect(html).toContain('<title>The Test</title>');
    expect(text.indexOf('A ferry timetable is the best news')).toBeGreaterThan(0);
    for (const words of ['Publications', 'The Water Papers', 'Latest', 'Connect with us', 'Energy and Climate'])
      expect(text).toContain(words);
  });

  it('asks by documents of schema/operations and by nothing else', async () => {
    const shown = textOf((await page('/')).html);
    const { data } = await service.query(operation('home-page'));
    for (const { article } of data.latestFeed.entries.nodes) expect(shown).toContain(article.headline);
  });

  it('names its feeds, and lets no script in but its own', async () => {
    const { html, response } = await page('/');
    expect(html).toContain(
      '<link rel="alternate" type="application/rss+xml" href="https://news.example/feeds/latest.rss"',
    );
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    expect(html).not.toMatch(/<script(?![^>]*(src=|ld\+json))|\son\w+=|\sstyle=/);
  });
});

describe('a piece', () => {
  it('stands at its own path with byline, notes, credit, date, Continue Reading and its comments', async () => {
    const { path } = await pieceAt(kinmen);
    const { html, status } = await page(path);
    const text = textOf(html);
    expect(status).toBe(200);
    for (const words of [
      'A ferry timetable is the best news from the strait this year',
      'Centre for Strait Studies, Keelung. The author crossed on the first Sunday sailing',
      'Image credit : Photograph: Centre for Strait Studies'.replace(' :', ':'),
      'Published on',
      'Continue Reading',
      '3 comments',
      'Was the duty-free open?',
    ])
      expect(text).toContain(words);
    expect(html).toContain('<a rel="author" href="/author/lin-qiaoyun/">Lin Qiaoyun</a>');
  });

  it('says whose it is where a partner lent it', async () => {
    const { path } = await pieceAt('typhoon-bonds-shared-storm');
    const { html } = await page(path);
    expect(textOf(html)).toMatch(/From our partner .* · Originally published here · Reprinted with permission/);
  });

  it('is a NewsArticle of schema.org, and has Open Graph', async () => {
    const { path } = await pieceAt(kinmen);
    const { html } = await page(path);
    const [, json = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      '@type': 'NewsArticle',
      headline: 'A ferry timetable is the best news from the strait this year',
      articleSection: 'East Asia',
      author: [{ '@type': 'Person', name: 'Lin Qiaoyun', url: 'https://news.example/author/lin-qiaoyun/' }],
      image: { creditText: 'Photograph: Centre for Strait Studies' },
      publisher: { name: 'The Test' },
    });
    expect(html).toContain(`<meta property="og:url" content="https://news.example${path}"/>`);
    expect(html).toContain('<meta property="og:type" content="article"/>');
  });

  it('shows what was typed as text, whatever was typed', async () => {
    const bad = '</script><img src=x onerror=alert(1)>"\'';
    const draft = await drafted(bad, '<p>x<script>alert(1)</script></p>');
    const { html } = await page(await published(draft));
    expect(html).toContain('&lt;img src=x onerror=alert(1)>');
    expect(html).not.toMatch(/<img src=x|<script>alert/);
    await done('retractArticle', { id: draft.id, expectedRevision: draft.revision, reason: 'A test.' });
  });
});

describe('search', () => {
  const linksOf = (html: string) =>
    [...html.matchAll(/<a [^>]*href="([^"]+)"[^>]*>(.*?)<\/a>/gs)].map(([, href = '', text = '']) => ({
      href: href.replaceAll('&amp;', '&'),
      text: textOf(text).trim(),
    }));
  const hitsOf = (html: string) => html.match(/<article class="teaser"/g)?.length ?? 0;

  it('shows what was found with its words marked, by document and not for search engines', async () => {
    const { html, status } = await page('/search?q=ferry');
    expect(status).toBe(200);
    expect(html).toContain('<mark>');
    expect(textOf(html)).toContain('A ferry timetable is the best news');
    expect(html).toContain('<meta name="robots" content="noindex"/>');
    expect(html).toContain('value="ferry"');
    expect(html.match(/role="search"/g)).toHaveLength(1);
  });

  it('is narrowed by links, each with the number of pieces that it leads to, and widened again', async () => {
    const { html } = await page('/search?q=water');
    const [, count = ''] = /(\d+) pieces/.exec(textOf(html)) ?? [];
    const offered = /<nav class="facets".*?<\/nav>/s.exec(html)![0];
    const facets = [...offered.matchAll(/href="([^"]+)">[^<]*<\/a> <span class="count">(\d+)/g)];
    const kinds = new Set(facets.map(([, href = '']) => /(section|author|tag|year)=/.exec(href)?.[1]));
    expect([...kinds].sort()).toEqual(['author', 'section', 'tag', 'year']);
    for (const kind of kinds) {
      const [, href = '', expected] = facets.find(([, each = '']) => each.includes(`${kind}=`))!;
      const narrowed = (await page(href.replaceAll('&amp;', '&'))).html;
      expect([kind, /(\d+) pieces?/.exec(textOf(narrowed))?.[1]]).toEqual([kind, expected]);
      const out = linksOf(narrowed).find(({ text }) => text.endsWith('×'));
      expect(/(\d+) pieces/.exec(textOf((await page(out!.href)).html))?.[1]).toBe(count);
    }
  });

  it('goes on from page to page, and shows each piece once', async () => {
    const { data } = await service.query('{ search(query: "water or sea or road or year or border") { totalCount } }');
    expect(data.search.totalCount).toBeGreaterThan(20);
    const seen: string[] = [];
    let next: string | undefined = '/search?q=water+or+sea+or+road+or+year+or+border&order=date';
    while (next) {
      const { html } = await page(next);
      const hits = html.slice(html.indexOf('class="list"'), html.indexOf('class="pager"'));
      seen.push(...linksOf(hits).flatMap(({ href }) => (/^\/\d{4}\//.test(href) ? [href] : [])));
      next = linksOf(html).find(({ text }) => text === 'More results')?.href;
    }
    expect(seen).toHaveLength(data.search.totalCount);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('finds the neighbour of a typing error, and says what it searched for', async () => {
    const { html } = await page('/search?q=timetabel');
    expect(textOf(html)).toMatch(/Nothing was found for “timetabel”. Did you mean timetable \?/);
    expect(linksOf(html)).toContainEqual({ href: '/search?q=timetable', text: 'timetable' });
    expect(hitsOf(html)).toBeGreaterThan(0);
  });

  it('says that nothing was found, asks for words where there are none, and says why where it refuses', async () => {
    expect(textOf((await page('/search?q=xylophonicz')).html)).toContain('Nothing was found for “xylophonicz”.');
    expect(textOf((await page('/search')).html)).toContain('Words in quotes stand together');
    const tooLong = await page(`/search?q=${'a'.repeat(400)}`);
    expect(tooLong.status).toBe(400);
    expect(textOf(tooLong.html)).toMatch(/at most 300/);
    expect((await page('/search?q=ferry&after=x')).status).toBe(400);
  });

  it('shows what was typed as text', async () => {
    const { html } = await page(`/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(html).not.toContain('<script>alert');
  });

  it('knows a piece as soon as it is published, also where the page was kept', async () => {
    expect(hitsOf((await page('/search?q=zeppelins')).html)).toBe(0);
    const draft = await drafted('Zeppelins over the strait');
    expect(hitsOf((await page('/search?q=zeppelins')).html)).toBe(0);
    await published(draft);
    expect(hitsOf((await page('/search?q=zeppelins')).html)).toBe(1);
    await done('retractArticle', { id: draft.id, expectedRevision: draft.revision, reason: 'A test.' });
    expect(hitsOf((await page('/search?q=zeppelins')).html)).toBe(0);
  });
});

describe('the form for comments', () => {
  const own = { origin: 'https://news.example' };
  let address = 0;

  async function send(path: string, fields: Record<string, string>, headers: Record<string, string> = own) {
    const response = await service.request(
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
        redirect: 'manual',
      },
      `192.0.2.${(address += 1)}`,
    );
    return { status: response.status, html: await response.text(), headers: response.headers };
  }

  const waiting = async () =>
    (await service.query('{ moderationQueue { nodes { author text } } }', {}, editor)).data.moderationQueue.nodes;

  async function formAt(path: string) {
    const { html } = await page(path);
    const [, form = ''] = /<h3 id="write">.*?(<form.*?<\/form>)/s.exec(html) ?? [];
    const [, action = ''] = /action="([^"]+)"/.exec(form) ?? [];
    const [, article = ''] = /name="article" value="([^"]+)"/.exec(form) ?? [];
    return { action, article };
  }

  it('is sent to the page itself, and leads back to it with the word that it is held', async () => {
    const { path } = await pieceAt(kinmen);
    const { action, article } = await formAt(path);
    const sent = await send(action, { article, author: 'Bo', text: 'Is the <b>duty-free</b> open?' });
    expect(sent.status).toBe(303);
    expect(sent.headers.get('location')).toBe(`${path}?comment=held#comments`);
    expect(sent.headers.get('cache-control')).toBe('no-store');
    const { html } = await page(sent.headers.get('location')!.replace(/#.*/, ''));
    expect(textOf(html)).toContain('Your comment waits for a moderator');
    expect(html).not.toContain('Is the &lt;b>');
    expect(await waiting()).toContainEqual({ author: 'Bo', text: 'Is the <b>duty-free</b> open?' });
  });

  it('shows what was let through, as text, with the form to answer it', async () => {
    const { path } = await pieceAt(kinmen);
    const { data } = await service.query('{ moderationQueue { nodes { id text } } }', {}, editor);
    const { id } = data.moderationQueue.nodes.find(({ text }: { text: string }) => text.includes('duty-free'));
    expect((await page(path)).html).not.toContain(`comment-${id}`);
    await done('moderateComment', { id, decision: 'APPROVE' }, 'comment { id }');
    const { html } = await page(path);
    expect(html).toContain(`<li id="comment-${id}">`);
    expect(html).toContain('Is the &lt;b&gt;duty-free&lt;/b&gt; open?');
    const { article } = await formAt(path);
    const answer = await send(path, { article, parent: id, author: 'Cy', text: 'It is.' });
    expect(answer.headers.get('location')).toContain('comment=held');
    expect(await waiting()).toContainEqual({ author: 'Cy', text: 'It is.' });
  });

  it('says in words what is wrong, and keeps what was written', async () => {
    const { path } = await pieceAt(kinmen);
    const { article } = await formAt(path);
    const { status, html, headers } = await send(path, { article, author: ' ', text: 'Kept "words"' });
    expect(status).toBe(422);
    expect(textOf(html)).toContain('Your name must not be empty.');
    expect(html).toContain('Kept &quot;words&quot;</textarea>');
    expect(html).toMatch(/aria-invalid="true" aria-describedby="problems"/);
    expect(headers.get('cache-control')).toBe('no-store');
    const many = await send(path, { article, author: 'x'.repeat(100), text: 'y'.repeat(6000) });
    expect(textOf(many.html)).toMatch(
      /Your name must not be longer than 80 characters. Your comment must not be longer than 5000 characters./,
    );
  });

  it('says that comments are closed, and that somebody writes too often', async () => {
    const draft = await drafted('Closed soon');
    const path = await published(draft);
    const { article } = await formAt(path);
    await done('updateArticle', { id: draft.id, expectedRevision: draft.revision, commentsOpen: false });
    await done('publishArticle', { id: draft.id, expectedRevision: draft.revision + 1 });
    const closed = await send(path, { article, author: 'Bo', text: 'Late.' });
    expect([closed.status, textOf(closed.html)]).toEqual([
      422,
      expect.stringMatching(/This piece takes no comments; an editor has closed them\./),
    ]);
    const { path: open } = await pieceAt(kinmen);
    const form = await formAt(open);
    address = 200;
    const often = [];
    for (let count = 0; count < 6; count += 1) {
      address = 200;
      often.push(await send(open, { article: form.article, author: 'Bo', text: `No. ${count}` }));
    }
    expect(often.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 429]);
    expect(textOf(often.at(-1)!.html)).toMatch(/as many as one reader may write\. Try again in \d+ seconds\./);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://other.news.example' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:4000' }, 303],
    [{ origin: 'https://roads.example', host: 'roads.example' }, 303],
    [{ origin: 'https://news.example' }, 303],
    [{}, 303],
  ])('sent with %j it is answered %d', async (headers, status) => {
    const { path } = await pieceAt('typhoon-bonds-shared-storm');
    const { article } = await formAt(path);
    const before = (await waiting()).length;
    expect((await send(path, { article, author: 'Bo', text: 'From where?' }, headers)).status).toBe(status);
    expect((await waiting()).length - before).toBe(status === 303 ? 1 : 0);
  });

  it('takes no other form, no more than a comment may have, and no id that is none', async () => {
    const { path } = await pieceAt(kinmen);
    const { article } = await formAt(path);
    const json = { 'content-type': 'application/json' };
    expect((await send(path, { article }, json)).status).toBe(415);
    expect((await send(path, { article, author: 'Bo', text: 'x'.repeat(200_000) })).status).toBe(413);
    expect((await send(path, { article: 'nonsense', author: 'Bo', text: 'x' })).status).toBe(400);
    expect((await send('/nothing/at/all/', { article: 'nonsense', author: 'Bo', text: 'x' })).status).toBe(400);
  });
});

describe('lists', () => {
  it('a section runs on from piece to piece, whole, and goes on to older ones and back without script', async () => {
    const { html } = await page('/section/asia/');
    expect(html.match(/<article class="piece"/g)).toHaveLength(4);
    const [, next = ''] = /<a rel="next" href="([^"]+)"/.exec(html) ?? [];
    const older = await page(next.replaceAll('&amp;', '&'));
    expect(older.status).toBe(200);
    const [, back = ''] = /<a rel="prev" href="([^"]+)"/.exec(older.html) ?? [];
    const newer = await page(back.replaceAll('&amp;', '&'));
    const headlines = (text: string) => text.match(/<h2 class="headline">.*?<\/h2>/g);
    expect(headlines(newer.html)).toEqual(headlines(html));
    expect(headlines(older.html)).not.toEqual(headlines(html));
  });

  it.each([
    ['/author/lin-qiaoyun/', 'Lin Qiaoyun', 'application/rss+xml" href="/feeds/authors/lin-qiaoyun.rss'],
    ['/tag/water/', 'Water', '/feeds/tags/water.atom'],
    ['/collection/chokepoints/', 'Chokepoints: a Roadstead reader', 'Publication'],
  ])('%s has its pieces', async (path, title, more) => {
    const { html, status } = await page(path);
    expect(status).toBe(200);
    expect(textOf(html)).toContain(title);
    expect(html).toContain(more);
    expect(html.match(/<article class="teaser"/g)!.length).toBeGreaterThan(0);
  });

  it('a cursor that nobody gave out is no page', async () =>
    expect((await page('/tag/water/?after=x')).status).toBe(400));
});

describe('addresses', () => {
  it.each(['/nothing/at/all/', '/section/nothing/', '/author/nobody/', '/collection/nothing/'])(
    '%s is 404, as a page',
    async (path) => {
      const { status, html } = await page(path);
      expect(status).toBe(404);
      expect(textOf(html)).toContain('There is no such page');
    },
  );

  it.each(['/graphql/nothing', '/feeds/nothing', '/metrics/x', '/hub/x', '/sitemap-x.xml', '/site/nothing.css'])(
    '%s is 404, as text for programs',
    async (path) => {
      const { response, status } = await page(path);
      expect(status).toBe(404);
      expect(response.headers.get('content-type')).toContain('text/plain');
    },
  );

  it('an old address leads to the present one, and a section’s without its slash', async () => {
    expect((await page('/section/asia')).response.headers.get('location')).toBe('/section/asia/');
    const { data } = await service.query('{ section(by: { slug: "ideas" }) { id revision } }');
    const { id, revision } = data.section;
    await done('updateSection', { id, expectedRevision: revision, slug: 'thoughts' }, 'section { slug }');
    const { status, response } = await page('/section/ideas/');
    expect([status, response.headers.get('location')]).toEqual([301, '/section/thoughts/']);
  });

  it('a retracted piece is 410, and says why, at once', async () => {
    const { id, path, revision } = await pieceAt('central-bank-gold-by-road');
    expect((await page(path)).status).toBe(200);
    await done('retractArticle', { id, expectedRevision: revision, reason: 'The convoy was invented.' });
    const { status, html } = await page(path);
    expect(status).toBe(410);
    expect(textOf(html)).toContain('The convoy was invented.');
    expect(textOf(html)).not.toContain('Central banks are moving their gold');
  });

  it('a preview link opens the draft here, for nobody else’s cache', async () => {
    const { id } = await drafted('Not yet');
    const url = new URL((await done('createPreviewLink', { id }, 'url')).url);
    const { status, html, response } = await page(url.pathname + url.search);
    expect(status).toBe(200);
    expect(textOf(html)).toContain('Preview of revision 1. Readers do not see this.');
    expect(html).not.toContain('<form class="comment-form"');
    expect(html).toContain('<meta name="robots" content="noindex"/>');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await page(url.pathname)).status).toBe(404);
    expect((await page(`${url.pathname}?preview=wrong`)).status).toBe(400);
  });
});

describe('what is kept', () => {
  it('a page asked for again is given without a statement, with 304 to who has it, compressed, and named', async () => {
    const { path } = await pieceAt(kinmen);
    const first = await service.request(path);
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('surrogate-key')).toMatch(/^\w+( \w+)+$/);
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=/);
    service.statements();
    expect((await service.request(`${path}?utm_source=x`)).status).toBe(200);
    expect((await service.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const small = await service.request(path, { headers: { 'accept-encoding': 'br' } });
    expect(small.headers.get('content-encoding')).toBe('br');
    expect(service.statements().filter((text) => !text.includes('select 1'))).toEqual([]);
  });

  it('a page that was not there is there as soon as it is published', async () => {
    const draft = await drafted('Fresh off the press');
    expect((await page(draft.path)).status).toBe(404);
    expect(textOf((await page('/')).html)).not.toContain('Fresh off the press');
    expect((await page(await published(draft))).status).toBe(200);
    expect(textOf((await page('/')).html)).toContain('Fresh off the press');
    expect(textOf((await page('/section/asia/')).html)).toContain('Fresh off the press');
  });
});

it('SITE=off leaves the graph and the feeds, and no page', async () => {
  const without = await startService({ environment: { SITE: 'off' }, beside: service });
  expect((await without.request('/')).status).toBe(404);
  expect((await without.request('/section/asia/')).status).toBe(404);
  expect((await without.request('/feeds/latest.rss')).status).toBe(200);
  expect((await without.query('{ publication { name } }')).status).toBe(200);
  await without.close();
});

it('a piece never takes an address of the service', async () => {
  const other = await startService({ environment: { ARTICLE_PATH: '/{slug}/' }, beside: service });
  const create = (input: object) =>
    mutate(
      other,
      'createArticle',
      { section: 'asia', body: { html: '<p>x</p>' }, ...input },
      'article { path }',
      editor,
    );
  expect((await create({ headline: 'Search' })).article.path).toBe('/search-2/');
  expect((await create({ headline: 'x', slug: 'metrics' })).fields[0].message).toMatch(
    /would stand at an address of the service itself/,
  );
  await other.close();
});
