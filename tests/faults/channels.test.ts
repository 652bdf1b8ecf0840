import { correctArticle, publishArticle, retractArticle } from '../../src/content/article/editing/moves.js';
import { updateArticle } from '../../src/content/article/editing/save.js';
import { globalId } from '../../src/graphql/builder.js';
import { eventually } from '../support/eventually.js';
import { Mirror } from '../support/mirror.js';
import { type Office, openOffice } from '../support/office.js';
import { aPartner, type TestPartner } from '../support/partners.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

// A partner for each channel, subscribed before anything happens: what is published, corrected, renamed and retracted is there
// within two seconds. And another for each that is away all the while, and has everything afterwards, once.

const withinMs = 2000;

let office: Office;
let partner: TestPartner;
const receivers: Receiver[] = [];
beforeAll(async () => {
  office = await openOffice('1', { answers: true });
  partner = await aPartner(office.service, 'riac', { requestsPerMinute: 100_000, requestsPerDay: 1_000_000 });
  await partner.grant({});
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await office.close();
});

async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
}

/** Where somebody asks again and again, and has what was there. */
interface Address {
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Every answer's tag and date so far. */
  readonly known: { etag: string | null; date: string | null }[];
  body: string;
}

const addresses: Address[] = [
  '/feeds/latest.rss',
  '/feeds/latest.atom',
  '/feeds/latest.json',
  '/feeds/latest.ninjs',
  '/sitemap-1.xml',
  '/sitemap-news.xml',
  `/graphql?query=${encodeURIComponent('{ articles { nodes { path headline body { html } corrections { text } } } }')}`,
].map((path) => ({ path, headers: { accept: 'application/json, */*' }, known: [], body: '' }));

/** Asks as a client does that has it already. Answers what it has then. */
async function asked(address: Address): Promise<string> {
  const { etag } = address.known.at(-1) ?? { etag: null };
  const headers = { ...address.headers, ...(etag ? { 'if-none-match': etag } : {}) };
  const response = await office.service.request(address.path, { headers });
  if (response.status === 304) return address.body;
  expect([address.path, response.status]).toEqual([address.path, 200]);
  address.known.push({ etag: response.headers.get('etag'), date: response.headers.get('last-modified') });
  address.body = await response.text();
  return address.body;
}

/** What is asked with any tag or date that was ever given out, or with today's, is answered whole, and without `words`. */
async function nobodyIsTold(words: RegExp) {
  for (const { path, headers, known } of addresses) {
    expect(known.length).toBeGreaterThan(1);
    const current = known.at(-1)?.etag;
    for (const { etag, date } of known) {
      const conditions = [
        ...(etag && etag !== current ? [{ 'if-none-match': etag }] : []),
        { 'if-modified-since': date ?? office.service.now.toUTCString() },
      ];
      for (const condition of conditions) {
        const response = await office.service.request(path, { headers: { ...headers, ...condition } });
        expect([path, condition, response.status]).toEqual([path, condition, 200]);
        expect(await response.text()).not.toMatch(words);
      }
    }
  }
}

interface Expected {
  readonly kind: string;
  /** Whether what stands at an address, or was sent, is as it is then. */
  readonly shown: (text: string, path: string) => boolean;
}

const isMap = (path: string) => path.startsWith('/sitemap');
const sent = (receiver: Receiver) =>
  receiver.received.filter(({ method }) => method === 'POST').map(({ body }) => body);

it('each channel shows each change within two seconds, and who was away has it all afterwards, once', async () => {
  const { db, site } = office.service;
  const { hand } = office;
  const hook = await aReceiver();
  const partnersHook = await aReceiver();
  const hookAway = await aReceiver();
  const subscriber = await aReceiver();
  const subscriberAway = await aReceiver();
  const log = new Mirror(office.service);
  const partnersLog = new Mirror(office.service, partner.headers);
  const [logAway, partnersLogAway] = [new Mirror(office.service), new Mirror(office.service, partner.headers)];
  const feedsAway = addresses.map((address) => ({ ...address, known: [] }));

  await office.webhook({ url: hook.url, content: 'FULL' });
  await office.webhook({ url: partnersHook.url, content: 'FULL', partner: globalId('Partner', partner.id) });
  await office.webhook({ url: hookAway.url, content: 'FULL' });
  office.start({ pollEveryMs: 500 });
  for (const { url } of [subscriber, subscriberAway]) {
    const form = { 'hub.mode': 'subscribe', 'hub.topic': `${site.url}/feeds/latest.atom`, 'hub.callback': url };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await office.service.request('/hub', { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  }
  for (const one of [subscriber, subscriberAway]) {
    one.answer = ({ method, path }, response) =>
      void response.end(method === 'GET' ? new URL(path, one.url).searchParams.get('hub.challenge') : '');
  }
  await eventually(async () => (await db.prisma.hubSubscription.count()) === 2);
  const awayAnswers = { hook: hookAway.answer, subscriber: subscriberAway.answer };
  hookAway.answer = subscriberAway.answer = (_request, response) => void response.writeHead(503).end();
  hookAway.received.length = subscriberAway.received.length = 0;
  for (const address of [...addresses, ...feedsAway]) await asked(address);

  const tookMs: Record<string, number[]> = {};

  /** Makes a change, and waits until every channel has it, each for itself. */
  async function change(make: () => Promise<unknown>, { kind, shown }: Expected) {
    for (const receiver of [hook, partnersHook, subscriber]) receiver.received.length = 0;
    office.service.now = new Date();
    await make();
    const began = performance.now();
    const seen = (channel: string, holds: () => Promise<boolean> | boolean) =>
      eventually(holds, withinMs).then(
        () => (tookMs[channel] ??= []).push(Math.round(performance.now() - began)),
        () => Promise.reject(new Error(`${channel} does not show that the piece was ${kind}`)),
      );
    const told = async (mirror: Mirror) => (await mirror.poll()).some((entry) => entry.kind === kind);
    const isSent = (receiver: Receiver) =>
      sent(receiver).some((body) => body.includes(`article.${kind.toLowerCase()}`));
    await Promise.all([
      ...addresses.map((address) =>
        seen(address.path.split('?')[0]!, async () => shown(await asked(address), address.path)),
      ),
      seen('changes', () => told(log)),
      seen('changes of a partner', () => told(partnersLog)),
      seen('webhook', () => isSent(hook)),
      seen('webhook of a partner', () => isSent(partnersHook)),
      seen('WebSub', () => sent(subscriber).some((body) => shown(body, ''))),
    ]);
  }

  let articleId = '';
  await change(async () => (articleId = await office.publish('The boats sail')), {
    kind: 'PUBLISHED',
    shown: (text, path) => text.includes(isMap(path) ? '/the-boats-sail/' : 'The boats sail, in full.'),
  });
  // A correction leaves the words as they are, and a map of news, which knows names and addresses alone, as it is.
  const before = new Map([...addresses.map(({ path, body }) => [path, body] as const), ['', sent(subscriber).at(-1)]]);
  await change(
    () => correctArticle(db, site, hand(), { articleId, expectedRevision: 1, note: 'They sail on Sundays.' }),
    {
      kind: 'CORRECTED',
      shown: (text, path) =>
        text.includes('the-boats-sail') && (path === '/sitemap-news.xml' || text !== before.get(path)),
    },
  );
  await change(
    async () => {
      const changes = { headline: 'Another name', slug: 'another-name' };
      const save = { articleId, expectedRevision: 1, changes, note: null, isAutosave: false };
      await updateArticle(db, site, hand(), save);
      await publishArticle(db, site, hand(), { articleId, expectedRevision: 2, at: null });
    },
    {
      kind: 'UPDATED',
      shown: (text, path) =>
        text.includes('/another-name/') && (path === '/sitemap-1.xml' || text.includes('Another name')),
    },
  );
  await change(() => retractArticle(db, hand(), { articleId, expectedRevision: 2, reason: 'They do not sail.' }), {
    kind: 'RETRACTED',
    shown: (text) => !/in full|Another name|another-name/.test(text),
  });
  await nobodyIsTold(/in full|Another name|another-name/);
  process.stdout.write(`ms until a channel shows it: ${JSON.stringify(tookMs)}\n`);

  // Those who were away.
  const kinds = ['PUBLISHED', 'CORRECTED', 'UPDATED', 'RETRACTED'];
  for (const mirror of [logAway, partnersLogAway, log, partnersLog]) {
    await mirror.poll();
    expect(mirror.told.map(({ kind }) => kind)).toEqual(kinds);
    expect(mirror.pieces.size).toBe(0);
    expect(await mirror.poll()).toEqual([]);
  }
  for (const address of feedsAway) {
    expect(await asked(address)).not.toMatch(/in full|Another name|another-name/);
    const times = address.known.length;
    await asked(address);
    expect(address.known).toHaveLength(times);
  }
  const refused = { hook: sent(hookAway).length, subscriber: sent(subscriberAway).length };
  expect(refused.hook).toBeGreaterThan(0);
  expect(refused.subscriber).toBeGreaterThan(0);
  [hookAway.answer, subscriberAway.answer] = [awayAnswers.hook, awayAnswers.subscriber];
  // Everything that waits is due by then, however often it was tried.
  office.service.now = new Date(Date.now() + 3_600_000);
  await eventually(() => sent(hookAway).length >= refused.hook + 4 && sent(subscriberAway).length > refused.subscriber);
  await eventually(async () => (await db.prisma.webhookDelivery.count({ where: { status: 'PENDING' } })) === 0);
  const taken = hookAway.received.slice(refused.hook);
  expect(taken.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(
    kinds.map((kind) => `article.${kind.toLowerCase()}`),
  );
  expect(new Set(taken.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  // What comes late never holds what was withdrawn meanwhile.
  expect(taken.some(({ body }) => body.includes('in full'))).toBe(false);
  expect(sent(subscriberAway).slice(refused.subscriber)).toEqual([sent(subscriber).at(-1)]);
});
