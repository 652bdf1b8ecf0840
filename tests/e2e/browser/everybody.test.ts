import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, readyDocuments, type Seat, takeSeat, until } from '../../support/browser.js';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.js';

// The desk for those who use no mouse, a phone, a dark room, or a screen reader.

let service: ServiceProcess;
let browser: Browser;
let token: string;

beforeAll(async () => {
  service = await startServiceProcess();
  browser = await openBrowser();
  token = await service.tokenFor('editor', 'Ada Lindqvist');
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function seated<T>(options: BrowserContextOptions, work: (seat: Seat) => Promise<T>): Promise<T> {
  const seat = await takeSeat(browser, service.url, options);
  try {
    const done = await work(seat);
    expect(seat.troubles).toEqual([]);
    return done;
  } finally {
    await seat.leave();
  }
}

/** What has the focus, as a screen reader would say it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    const labelled = element?.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null;
    const region = element?.closest('section[aria-label]')?.getAttribute('aria-label');
    const isEditor = element?.querySelector(':scope .view-lines') !== null;
    const name = element?.getAttribute('aria-label') ?? labelled ?? (isEditor ? 'editor' : element?.textContent) ?? '';
    return region ? `${region}: ${name}` : name;
  });

describe('without a mouse', () => {
  it('an editor signs in, walks the tabs, leaves an editor by Tab, and runs by Ctrl-Enter from either', async () => {
    await seated({}, async (seat) => {
      const { page } = seat;
      await page.getByLabel('Token').focus();
      await page.keyboard.insertText(token);
      await page.keyboard.press('Enter');
      await page.getByText('Signed in as').waitFor();

      const passed: string[] = [];
      await page.getByText('Signed in as').focus();
      for (let presses = 0; presses < 40 && !passed.at(-1)?.startsWith('Result Window'); presses += 1) {
        await page.keyboard.press('Tab');
        passed.push(await focused(page));
      }
      expect(passed).toEqual(
        expect.arrayContaining([
          'Sign out',
          'What is on the site',
          'New tab',
          'Operation Editor: editor',
          expect.stringMatching(/Execute query/),
          'Variables: editor',
        ]),
      );

      // An editor is one stop of the Tab key; Enter goes into it, and Tab leads out again.
      const editor = page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox');
      await editor.focus();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toMatch(/Execute query/);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe('Operation Editor: Editor content');

      const tabs = page.getByRole('tab');
      expect(await tabs.allInnerTexts()).toEqual(readyDocuments.map(({ title }) => title));
      await tabs.first().focus();
      await page.keyboard.press('End');
      expect(await focused(page)).toBe(readyDocuments.at(-1)?.title);
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.getByRole('tabpanel', { name: 'Front page' }).waitFor();
      await seat.shot('20-by-the-keyboard');

      await editor.focus();
      await page.keyboard.press('Control+Enter');
      await until(async () => (await seat.onScreen()).includes('"sections"'));
      await tabs.nth(1).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Variables' }).getByRole('textbox').focus();
      await page.keyboard.press('Control+Enter');
      await until(async () => (await seat.onScreen()).includes('"latestFeed"'));
    });
  });
});

const rooms: [string, BrowserContextOptions][] = [
  ['in the light', { colorScheme: 'light' }],
  ['in the dark', { colorScheme: 'dark' }],
  ['on a phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }],
];

describe.each(rooms)('%s', (room, options) => {
  const named = (what: string) => `30-${room.replaceAll(' ', '-')}-${what}`;

  it('an editor signs in, opens a tab, runs it and reads the answer; nothing is wider than the screen', async () => {
    await seated(options, async (seat) => {
      const { page } = seat;
      await seat.shot(named('1-nobody'));
      expect(await seat.seriousFindings()).toEqual([]);
      await seat.signIn(token);
      await seat.open('Find a piece');
      const { data } = await seat.run();
      expect(data.articles.nodes.length).toBeGreaterThan(0);
      expect(await seat.onScreen()).toContain('"articles"');
      await seat.shot(named('2-found'));
      expect(await seat.seriousFindings()).toEqual([]);

      await page.getByRole('button', { name: 'Show The working day' }).click();
      await page.getByRole('heading', { name: 'The working day' }).waitFor();
      await seat.shot(named('3-working-day'));
      expect(await seat.seriousFindings()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(paper).toBe(options.colorScheme === 'dark' ? 'rgb(33, 42, 59)' : 'rgb(255, 255, 255)');
    });
  });
});

it('a token that is not good is refused in words, and forgotten', async () => {
  const seat = await takeSeat(browser, service.url);
  await seat.page.getByLabel('Token').fill('dlt_a-token-that-nobody-ever-gave-out');
  await seat.page.getByRole('button', { name: 'Sign in' }).click();
  await seat.page.getByText('This token is not accepted').waitFor();
  await seat.shot('40-not-accepted');
  expect(await seat.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain('dlt_');
  await seat.leave();
});
