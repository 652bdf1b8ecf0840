import type { Browser, BrowserContextOptions } from 'playwright-core';
import { openBrowser, until } from '../../support/browser.js';
import { documentOf } from '../../support/mutation.js';
import { aReader, type Reader } from '../../support/reader.js';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.js';

// The paper as its readers see it.

let service: ServiceProcess;
let browser: Browser;
let editor: string;

beforeAll(async () => {
  service = await startServiceProcess({ TRUSTED_PROXIES: '127.0.0.1' });
  browser = await openBrowser();
  editor = await service.tokenFor('editor', 'Ada Lindqvist');
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function done(mutation: string, input: object, success = 'article { id path revision }'): Promise<any> {
  const { data, errors } = await service.query(documentOf(mutation, success), { input }, editor);
  expect(errors).toBeUndefined();
  expect(data[mutation].__typename).toMatch(/Success$/);
  return data[mutation];
}

async function publish(headline: string): Promise<{ id: string; path: string; revision: number }> {
  const { article } = await done('createArticle', { headline, section: 'asia', body: { html: '<p>It has come.</p>' } });
  await done('submitArticle', { id: article.id, expectedRevision: article.revision });
  return (await done('publishArticle', { id: article.id, expectedRevision: article.revision })).article;
}

const kinmen = 'A ferry timetable is the best news from the strait this year';
const ferries = async (): Promise<string> =>
  (await service.query('{ article(by: { slug: "kinmen-ferry-timetable" }) { path } }')).data.article.path;

async function reading(options: BrowserContextOptions, work: (reader: Reader) => Promise<void>): Promise<void> {
  const reader = await aReader(browser, service.url, options);
  try {
    await work(reader);
    expect(reader.troubles).toEqual([]);
  } finally {
    await reader.leave();
  }
}

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const rooms: [string, BrowserContextOptions][] = [
  ['wide-light', { colorScheme: 'light' }],
  ['wide-dark', { colorScheme: 'dark' }],
  ['phone-light', { colorScheme: 'light', ...phone }],
  ['phone-dark', { colorScheme: 'dark', ...phone }],
];

// In CI each scheme and each width once.
const looked =
  process.env['CI'] === undefined ? rooms : rooms.filter(([room]) => /^(wide-light|phone-dark)$/.test(room));

describe.each(looked)('%s', (room, options) => {
  it.each([
    ['front', '/', 'Latest'],
    ['section', '/section/asia/', 'Continue Reading'],
    ['piece', '', 'Write a comment'],
    ['author', '/author/lin-qiaoyun/', 'Lin Qiaoyun'],
    ['tag', '/tag/water/', 'Water'],
    ['collection', '/collection/chokepoints/', 'Chokepoints'],
    ['search', '/search?q=water', /^\d+ pieces$/],
    ['nothing-found', '/search?q=xylophonicz', 'Nothing was found'],
    ['missing', '/nothing/at/all/', 'There is no such page'],
  ])('%s is no wider than the screen, and axe finds nothing serious', async (name, address, words) => {
    const reader = await aReader(browser, service.url, options);
    await reader.page.goto(address || (await ferries()));
    await reader.page.getByText(words).first().waitFor();
    await reader.shot(`${room}/${name}`, true);
    expect(await reader.overflow()).toBeLessThanOrEqual(0);
    expect(await reader.seriousFindings()).toEqual([]);
    const isMissing = (trouble: string) => name === 'missing' && trouble.includes('404');
    expect(reader.troubles.filter((trouble) => !isMissing(trouble))).toEqual([]);
    await reader.leave();
  });
});

describe.each([
  ['at a desk', {}],
  ['on a phone', phone],
])('a reader %s', (where, options) => {
  const named = (step: string) => `story-${where.replaceAll(' ', '-')}/${step}`;
  let reader: Reader;
  const said = `Is there coffee on board? Asked ${where}.`;

  beforeAll(async () => {
    reader = await aReader(browser, service.url, options);
  });
  afterAll(() => reader.leave());

  it('arrives at the front page, and reads what leads it', async () => {
    const { page } = reader;
    await page.goto('/');
    await reader.shot(named('01-arrives'));
    await page.locator('.lead h2 a').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.title()).toContain('The Roadstead');
    await page.goto(await ferries());
    await page.getByRole('heading', { level: 1, name: kinmen }).waitFor();
    await reader.shot(named('02-reads'));
  });

  it('continues reading with the next piece of the section', async () => {
    const { page } = reader;
    const next = page.getByRole('region', { name: 'Continue Reading' });
    await next.scrollIntoViewIfNeeded();
    await reader.shot(named('03-continue-reading'));
    const headline = await next.getByRole('heading', { level: 3 }).innerText();
    await next.getByRole('heading', { level: 3 }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: headline }).waitFor();
    await reader.shot(named('04-the-next-piece'));
  });

  it('is offered what they may mean while they type, and goes there by the keyboard', async () => {
    const { page } = reader;
    const box = page.getByRole('combobox', { name: 'Search for' });
    await box.pressSequentially('ferr', { delay: 30 });
    const option = page.getByRole('option').filter({ hasText: 'A ferry timetable' });
    await option.waitFor();
    await reader.shot(named('05-suggestions'));
    expect(await reader.seriousFindings()).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await until(async () => (await page.locator('[role=option][aria-selected=true]').count()) === 1);
    await page.keyboard.press('Escape');
    await option.waitFor({ state: 'hidden' });
    await box.pressSequentially('y t', { delay: 30 });
    await option.waitFor();
    while ((await option.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: kinmen }).waitFor();
  });

  it('searches with a typing error, is asked what was meant, and narrows it', async () => {
    const { page } = reader;
    await page.getByRole('combobox', { name: 'Search for' }).fill('timetabel');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing was found for “timetabel”. Did you mean').waitFor();
    await reader.shot(named('06-did-you-mean'));
    await page.getByRole('link', { name: 'timetable', exact: true }).click();
    await page.locator('mark').first().waitFor();
    await reader.shot(named('07-found'));
    const facet = page.getByRole('navigation', { name: 'Narrow it' }).getByRole('link', { name: 'East Asia' });
    await facet.click();
    await page.getByRole('link', { name: 'Search without East Asia' }).waitFor();
    await reader.shot(named('08-narrowed'));
    await page.getByRole('link', { name: kinmen }).first().click();
    await page.getByRole('heading', { level: 1, name: kinmen }).waitFor();
  });

  it('writes a comment, is told that it is held, and finds it there once an editor has let it through', async () => {
    const { page } = reader;
    const form = page.locator('form.comment-form').last();
    await form.getByLabel('Your name').fill('   ');
    await form.getByLabel('Your comment').fill(said);
    await form.getByRole('button', { name: 'Send the comment' }).click();
    await page.getByText('Your name must not be empty.').waitFor();
    await reader.shot(named('09-refused'));
    const again = page.locator('form.comment-form').last();
    expect(await again.getByLabel('Your comment').inputValue()).toBe(said);
    await again.getByLabel('Your name').fill('Bo');
    await again.getByRole('button', { name: 'Send the comment' }).click();
    await page.getByText('Your comment waits for a moderator').waitFor();
    await reader.shot(named('10-held'));
    expect(await page.getByText(said).count()).toBe(0);

    const { data } = await service.query('{ moderationQueue { nodes { id text } } }', {}, editor);
    const { id } = data.moderationQueue.nodes.find(({ text }: { text: string }) => text === said);
    await done('moderateComment', { id, decision: 'APPROVE' }, 'comment { id }');
    await page.goto(await ferries());
    await page.getByText(said).scrollIntoViewIfNeeded();
    await reader.shot(named('11-approved'));
  });

  it('sees Latest change without a reload when something is published, and again when it is retracted', async () => {
    const { page } = reader;
    await page.goto('/');
    const latest = page.getByRole('region', { name: 'Latest' });
    await page.evaluate(() => (document.documentElement.dataset['loaded'] = 'once'));
    const headline = `News of the hour, ${where}`;
    const piece = await publish(headline);
    const line = latest.getByRole('listitem').filter({ hasText: headline });
    await line.waitFor();
    await line.scrollIntoViewIfNeeded();
    await reader.shot(named('12-latest-changed'));
    expect(await latest.getByRole('listitem').first().innerText()).toContain(headline);
    expect(await latest.getByRole('listitem').count()).toBe(8);
    await done('retractArticle', { id: piece.id, expectedRevision: piece.revision, reason: 'A test.' });
    await line.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.documentElement.dataset['loaded'])).toBe('once');
  });

  it('has had no trouble with a page, its policy or another host', () =>
    expect(reader.troubles.filter((trouble) => !trouble.includes('422'))).toEqual([]));
});

it('Trending moves once several readers have read the same piece', async () => {
  const { data } = await service.query(
    '{ articles(first: 2, filter: { sections: ["europe"] }) { nodes { path headline } } }',
  );
  const [first, second] = data.articles.nodes as { path: string; headline: string }[];
  const read = async ({ path }: { path: string }, times: number) => {
    for (let time = 0; time < times; time += 1) {
      await reading({}, async ({ page }) => {
        const counted = page.waitForResponse((response) => response.request().method() === 'POST');
        await page.goto(path);
        await counted;
      });
    }
  };
  const ranked = async (reader: Reader) => {
    await reader.page.goto('/');
    return reader.page.locator('#trending li h3').allInnerTexts();
  };
  await reading({}, async (reader) => {
    await read(second!, 4);
    const isListed = async ({ headline }: { headline: string }) => (await ranked(reader)).includes(headline);
    await until(() => isListed(second!), 40_000, 1000);
    expect(await isListed(first!)).toBe(false);
    await reader.page.locator('#trending').scrollIntoViewIfNeeded();
    await reader.shot('story-trending/1-one-is-listed');
    await read(first!, 7);
    await until(() => isListed(first!), 40_000, 1000);
    const order = await ranked(reader);
    expect(order.indexOf(first!.headline)).toBeLessThan(order.indexOf(second!.headline));
    await reader.page.locator('#trending').scrollIntoViewIfNeeded();
    await reader.shot('story-trending/2-another-leads-it');
  });
});

describe('with JavaScript off', () => {
  it.each([
    ['wide', {}],
    ['phone', phone],
  ])('a reader on a %s screen reads, goes on, searches and comments', async (screen, options) => {
    const named = (step: string) => `no-script-${screen}/${step}`;
    await reading({ ...options, javaScriptEnabled: false }, async (reader) => {
      const { page } = reader;
      await page.goto('/');
      await reader.shot(named('1-front'));
      await page.getByRole('region', { name: 'Latest' }).getByRole('link', { name: kinmen }).click();
      await page.getByRole('heading', { level: 1, name: kinmen }).waitFor();
      await page
        .getByRole('region', { name: 'Continue Reading' })
        .getByRole('heading', { level: 3 })
        .getByRole('link')
        .click();
      await page.getByLabel('Search for').fill('timetabel');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByText('Did you mean').waitFor();
      await reader.shot(named('2-did-you-mean'));
      await page.getByRole('link', { name: kinmen }).first().click();
      const answering = page.getByRole('listitem').filter({ hasText: 'Old Quemoy hand' }).last();
      await answering.getByText('Answer', { exact: true }).click();
      await reader.shot(named('3-answering'));
      const form = answering.locator('form');
      await form.getByLabel('Your name').fill('Cy');
      await form.getByLabel('Your comment').fill(`Seconded, on a ${screen} screen.`);
      await form.getByRole('button', { name: 'Send the answer' }).click();
      await page.getByText('Your comment waits for a moderator').waitFor();
      await reader.shot(named('4-held'));
    });
    const { data } = await service.query('{ moderationQueue { nodes { text parent { author } } } }', {}, editor);
    expect(data.moderationQueue.nodes).toContainEqual({
      text: `Seconded, on a ${screen} screen.`,
      parent: { author: 'Old Quemoy hand' },
    });
  });

  it('somebody without a token opens a draft by its preview link', async () => {
    const { article } = await done('createArticle', {
      headline: 'Not for everybody yet',
      section: 'asia',
      body: { html: '<p>A draft.</p>' },
    });
    const { url } = await done('createPreviewLink', { id: article.id }, 'url');
    const { pathname, search } = new URL(url);
    await reading({ javaScriptEnabled: false }, async (reader) => {
      await reader.page.goto(pathname + search);
      await reader.page.getByText('Preview of revision 1. Readers do not see this.').waitFor();
      await reader.shot('preview');
    });
  });
});
