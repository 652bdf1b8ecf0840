import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { makeLoaders } from '../../../src/content/loaders.js';
import { startWebhooks } from '../../../src/content/webhook/dispatch.js';
import { listen, type Listening } from '../../../src/http/server.js';
import { eventually } from '../../support/eventually.js';
import { mutate } from '../../support/mutation.js';
import { aPartner, type TestPartner } from '../../support/partners.js';
import { anArticle, aSection } from '../../support/records.js';
import { settled } from '../../support/mirror.js';
import { startService, type TestService } from '../../support/service.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let service: TestService;
let partner: TestPartner;
let listening: Listening;
let folder: string;
/** An administrator's. */
let token: string;

beforeAll(async () => {
  service = await startService({ environment: { WEBHOOK_ALLOW_PRIVATE: '1' } });
  await service.load([aSection(), anArticle({ slug: 'one' }), anArticle({ slug: 'two' })]);
  partner = await aPartner(service, 'riac');
  await partner.grant({});
  token = (await service.signIn('admin')).authorization.replace('Bearer ', '');
  listening = await listen(service.app, { host: '127.0.0.1', port: 0 });
  folder = await mkdtemp(path.join(tmpdir(), 'mirror-'));
});
afterAll(async () => {
  await listening.close();
  await service.close();
  await rm(folder, { recursive: true });
});

/** The words of a line as a shell has them: in single quotes as they stand. */
const wordsOf = (line: string, variables: Record<string, string>): string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"|([^'"]+)/g, (_all, asItStands: string | undefined, ...others: string[]) => {
      const [quoted, bare] = others;
      return (
        asItStands ?? (quoted ?? bare ?? '').replace(/\$([A-Z]+)/g, (_name, name: string) => variables[name] ?? '')
      );
    }),
  );

/** The request that a line of curl stands for. */
function requestOf(line: string): [string, RequestInit] {
  const parts = wordsOf(line, { DATELINE: listening.url, KEY: partner.key, TOKEN: token });
  const headers = new Headers();
  let url = '';
  let body: string | undefined;
  for (let at = 1; at < parts.length; at += 1) {
    const part = parts[at]!;
    if (part === '-H') {
      const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(parts[(at += 1)]!) ?? [];
      headers.set(name, value);
    } else if (part === '-u')
      headers.set('authorization', `Basic ${Buffer.from(parts[(at += 1)]!).toString('base64')}`);
    else if (part === '-d') body = parts[(at += 1)];
    else if (part !== '-sS') url = part;
  }
  return [url, { headers, ...(body === undefined ? {} : { method: 'POST', body }) }];
}

it('every line of curl in docs/partners.md is answered well', async () => {
  const text = await readFile(path.join(root, 'docs/partners.md'), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('curl '));
  expect(lines.length).toBeGreaterThan(13);
  for (const line of lines) {
    const response = await fetch(...requestOf(line));
    const said = await response.text();
    expect([line, response.status, said.includes('"errors"'), said.includes('"message"')]).toEqual([
      line,
      200,
      false,
      false,
    ]);
    expect(response.headers.has('ratelimit')).toBe(line.includes('$KEY'));
  }
});

/** Runs the example as a partner does. */
function run(environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'], DATELINE_URL: listening.url, DATELINE_KEY: partner.key, ...environment };
  return spawn(process.execPath, ['examples/partner-mirror/mirror.mjs', folder], { cwd: root, env });
}

const files = async () => (await readdir(folder)).filter((file) => file.endsWith('.json'));

async function kept(): Promise<string[]> {
  const pieces = (await files()).map(
    async (file) => JSON.parse(await readFile(path.join(folder, file), 'utf8')) as { headline: string },
  );
  return (await Promise.all(pieces)).map(({ headline }) => headline).sort();
}

async function granted(): Promise<string[]> {
  const { data } = await service.query('{ articles { nodes { headline } } }', {}, partner.headers);
  return data.articles.nodes.map(({ headline }: { headline: string }) => headline).sort();
}

async function retract(slug: string): Promise<void> {
  const { data } = await service.query(`{ article(by: { slug: "${slug}" }) { id revision } }`);
  const { id, revision: expectedRevision } = data.article;
  await mutate(service, 'retractArticle', { id, expectedRevision, reason: 'Made up.' }, 'article { id }', {
    authorization: `Bearer ${token}`,
  });
}

describe('examples/partner-mirror', () => {
  it('keeps a folder equal to what is granted, each time it is run', async () => {
    // One run reads what is settled: on a server that others write to, too, that may be a moment later.
    await settled(service);
    expect(await once(run(), 'exit')).toEqual([0, null]);
    expect(await kept()).toEqual(await granted());
    expect(await kept()).toHaveLength(2);

    await retract('one');
    await service.load([anArticle({ slug: 'three' })]);
    await settled(service);
    expect(await once(run(), 'exit')).toEqual([0, null]);
    expect(await kept()).toEqual(await granted());
    expect(await kept()).toHaveLength(2);
  });

  it('stays, and follows as soon as its webhook is told; it believes nobody else', async () => {
    const { webhook, secret } = await aWebhook();
    const { db, site, outgoing } = service;
    const log = pino({ level: 'silent' });
    const dispatch = startWebhooks({
      db,
      site,
      outgoing,
      log,
      makeLoaders,
      clock: () => new Date(),
      keptDays: 30,
      pollEveryMs: 20,
    });
    const mirror = run({ WEBHOOK_SECRET: secret, PORT: '0' });
    try {
      const [said] = (await once(mirror.stdout!, 'data')) as [Buffer];
      const url = `http://127.0.0.1:${/\d+/.exec(said.toString())?.[0]}/`;
      const forged = await fetch(url, { method: 'POST', body: '{"type":"article.published"}' });
      expect(forged.status).toBe(401);
      const input = { id: webhook.id, expectedRevision: webhook.revision, url };
      await mutate(service, 'updateWebhook', input, 'webhook { id }', { authorization: `Bearer ${token}` });
      await service.load([anArticle({ slug: 'four' })]);
      await eventually(async () => (await files()).length === 3);
      await retract('two');
      await eventually(async () => (await files()).length === 2);
      expect(await kept()).toEqual(await granted());
    } finally {
      await dispatch.stop();
      mirror.kill();
      await once(mirror, 'exit');
    }
  });
});

/** One of the partner's, at an address that will be known later. */
async function aWebhook(): Promise<{ webhook: { id: string; revision: number }; secret: string }> {
  const input = { url: 'http://127.0.0.1:9000/', content: 'NOTHING', partner: 'riac' };
  return mutate(service, 'createWebhook', input, 'secret webhook { id revision }', {
    authorization: `Bearer ${token}`,
  });
}
