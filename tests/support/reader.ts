import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { seriousFindings, shotOf, troublesOf } from './browser.js';

/** Somebody with a browser who reads the paper. */
export interface Reader {
  readonly page: Page;
  /** Whatever the browser complains of. */
  readonly troubles: readonly string[];
  shot(name: string, fullPage?: boolean): Promise<void>;
  seriousFindings(): Promise<string[]>;
  /** By how much the page is wider than the screen. */
  overflow(): Promise<number>;
  leave(): Promise<void>;
}

let readers = 0;

/** In place of the pictures of the sample newsroom, whose host is nowhere. */
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><rect width="3" height="2" fill="#8a9ba8"/><path d="M0 2V1.5q.8-.4 1.5 0t1.5 0V2z" fill="#4a6274"/></svg>`;

/** A reader of their own: at another address than any before, as a proxy in front tells, and no program by its name. */
export async function aReader(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Reader> {
  readers += 1;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 800 },
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    extraHTTPHeaders: { 'x-forwarded-for': `198.51.100.${readers}` },
    ...options,
  });
  await context.route('https://images.example.org/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: picture }),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const troubles = troublesOf(page, url);
  return {
    page,
    get troubles() {
      return troubles.filter((trouble) => !trouble.startsWith('asked https://images.example.org/'));
    },
    shot: (name, fullPage = false) => shotOf(page, `reader/${name}`, fullPage),
    seriousFindings: () => seriousFindings(page),
    overflow: () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    leave: () => context.close(),
  };
}
