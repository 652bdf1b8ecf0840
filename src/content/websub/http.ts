import { anyone, type Sight } from '../../access/viewer.js';
import type { MakeLoaders } from '../loaders.js';
import { plain, type Route } from '../../http/route.js';
import type { Services } from '../../services.js';
import { askedIn } from './rules.js';
import { isSubscribed, keepRequest } from './store.js';
import { topicPage } from './topic.js';

const mostBytes = 16_384;

/** The hub of the feeds (WebSub, W3C Recommendation of 2018): where subscribers ask to be sent them. */
export const hubRoute = (makeLoaders: MakeLoaders): Route => ({
  method: 'POST',
  path: '/hub',
  async handle(request, services) {
    const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/x-www-form-urlencoded') {
      return refused(415, 'Send the request as application/x-www-form-urlencoded.');
    }
    const text = await textOf(request);
    if (text === null) return refused(413, `The request is longer than ${mostBytes} bytes.`);
    return answer(new URLSearchParams(text), services, makeLoaders);
  },
});

async function answer(form: URLSearchParams, services: Services, makeLoaders: MakeLoaders): Promise<Response> {
  const { db, site, outgoing } = services;
  const now = services.clock();
  const asked = askedIn(form);
  if (typeof asked === 'string') return refused(400, asked);
  const { callback, topic } = asked;
  if (!URL.canParse(callback) || callback.length > 2048 || callback.includes('#')) {
    return refused(400, '`hub.callback` must be a whole address of at most 2048 characters, without a #.');
  }
  const problem = outgoing.refusalOf(new URL(callback));
  if (problem !== null) return refused(400, `\`hub.callback\` ${problem}.`);

  if (asked.mode === 'unsubscribe') {
    if (!(await isSubscribed(db, asked))) return accepted();
  } else {
    const sight: Sight = { viewer: anyone, now };
    const page = await topicPage(topic, { db, site, sight, loaders: makeLoaders(db, sight) });
    if (!page) return refused(404, '`hub.topic` is no feed of this service; its `self` link is the address to give.');
    const { self } = page.feed.pages;
    if (self !== topic) return refused(400, `This feed is called ${self}; give that as \`hub.topic\`.`);
  }
  if (await keepRequest(db, asked, now)) return accepted();
  return refused(429, 'Too many subscriptions wait to be confirmed; try again in a minute.', { 'retry-after': '60' });
}

/** It will be asked for at the callback (WebSub section 5.2). */
const accepted = (): Response => new Response(null, { status: 202, headers: { 'cache-control': 'no-store' } });

const refused = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  plain(status, `${message}\n`, { 'cache-control': 'no-store', ...headers });

async function textOf({ body }: Request): Promise<string | null> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let read = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || !value) return Buffer.concat(chunks).toString('utf8');
    read += value.length;
    if (read > mostBytes) {
      await reader?.cancel();
      return null;
    }
    chunks.push(value);
  }
}
