import { accessSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));
const documents = new URL('../../schema/operations/desk/', import.meta.url);

/** Every wait of a story ends after this long; nothing here sleeps. */
const patienceMs = 20_000;

/** A Chromium that knows no host but this machine. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
  try {
    accessSync(executablePath);
  } catch {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (apt-get install chromium), or name another in CHROMIUM.`,
    );
  }
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  args.push('--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1');
  return chromium.launch({ executablePath, headless: true, args });
}

/** The ready documents: what the desk offers, by the title of its tab. */
export const readyDocuments = readdirSync(documents)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => {
    const text = readFileSync(new URL(name, documents), 'utf8');
    const [, title = ''] = /^# title: (.+)/.exec(text) ?? [];
    const [, operation = ''] = /^(?:query|mutation) (\w+)/m.exec(text) ?? [];
    return { title, operation };
  });

/** Somebody who sits at the desk, and what they do there. */
export interface Seat {
  readonly page: Page;
  /** Whatever a browser complains of: errors, violations of the page's policy, requests to another host. */
  readonly troubles: readonly string[];
  readonly answerPane: Locator;
  signIn(token: string): Promise<void>;
  /** Opens a ready tab, and puts `variables` in the place of those it comes with. */
  open(title: string, variables?: unknown): Promise<void>;
  /** Runs the open tab by the keyboard; answers what the service sent, once the screen shows it. */
  run(): Promise<any>;
  /** Runs again and again until the answer is as it should be. */
  runUntil(isSo: (answer: any) => boolean, withinMs: number): Promise<any>;
  /** The part of the answer that is on the screen. */
  onScreen(): Promise<string>;
  shot(name: string): Promise<void>;
  /** What axe finds that is serious or worse. */
  seriousFindings(): Promise<string[]>;
  leave(): Promise<void>;
}

export async function takeSeat(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Seat> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const troubles = troublesOf(page, url);
  const inRegion = (name: string) => page.getByRole('region', { name }).getByRole('textbox');
  const answerPane = page.getByRole('region', { name: 'Result Window' });
  let operation = readyDocuments[0]?.operation;

  await page.goto(`${url}/graphql`);
  await page.getByLabel('Token').waitFor();

  const onScreen = () => linesOf(answerPane);

  async function run() {
    await inRegion('Operation Editor').focus();
    const answered = page.waitForResponse(
      (response) => response.request().method() === 'POST' && operationIn(response.request().postData()) === operation,
    );
    await page.keyboard.press('Control+Enter');
    const answer: unknown = await (await answered).json();
    // Monaco draws what is in view only, and an answer always begins at the top.
    await until(async () => (await answerPane.innerText()).trim().length > 2 && !(await isRunning(page)));
    return answer;
  }

  return {
    page,
    troubles,
    answerPane,
    run,
    onScreen,
    async signIn(token) {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Signed in as').waitFor();
    },
    async open(title, variables) {
      const ready = readyDocuments.find((each) => each.title === title);
      if (!ready) throw new Error(`No ready document is called ${title}.`);
      operation = ready.operation;
      const tab = page.getByRole('tab', { name: title, exact: true });
      await tab.click();
      await page.getByRole('tabpanel', { name: title, exact: true }).waitFor();
      if (variables === undefined) return;
      const text = JSON.stringify(variables, null, 2);
      await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
      await inRegion('Variables').focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Control+V');
      // The editor pastes in its own time, gives it up when the cursor moves, and shows the end of what it pasted.
      const shown = async () => unspaced(await linesOf(page.getByRole('region', { name: 'Variables' })));
      await until(async () => unspaced(text).endsWith((await shown()) || 'nothing'));
      await page.keyboard.press('Control+Home');
      await until(async () => unspaced(text).startsWith((await shown()) || 'nothing'));
    },
    async runUntil(isSo, withinMs) {
      let answer: unknown;
      await until(async () => isSo((answer = await run())), withinMs, 1000);
      return answer;
    },
    shot: (name) => shotOf(page, `desk/${name}`),
    seriousFindings: () => seriousFindings(page),
    leave: () => context.close(),
  };
}

/** Keeps what a page looks like, for somebody to look at: what is in view, or all of it. */
export async function shotOf(page: Page, name: string, fullPage = false): Promise<void> {
  const path = `${artefacts}${name}.png`;
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage });
}

/** What axe finds that is serious or worse. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Waits until `isSo`, looking every `everyMs`. */
export async function until(isSo: () => Promise<boolean>, withinMs = patienceMs, everyMs = 50): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It has not become so within ${withinMs / 1000} s: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const isRunning = async (page: Page) => (await page.getByRole('button', { name: 'Stop query' }).count()) > 0;

const unspaced = (text: string) => text.replaceAll(/\s/g, '');

/** What an editor shows. Monaco draws the lines in view, each at its height, in no order, with blanks that do not break. */
async function linesOf(editor: Locator): Promise<string> {
  const lines = await editor.locator('.view-line').evaluateAll((elements) =>
    elements
      .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text),
  );
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

function operationIn(body: string | null): string | undefined {
  const { operationName } = JSON.parse(body ?? '{}') as { operationName?: string };
  return operationName;
}

/** Gathers whatever a browser complains of: errors, violations of the page's policy, requests to another host. */
export function troublesOf(page: Page, url: string): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      troubles.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== url) troubles.push(`asked ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
  });
  return troubles;
}
