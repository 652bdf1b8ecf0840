import { pino } from 'pino';
import type { Viewer } from '../../src/access/viewer.js';
import { publishArticle, submitArticle } from '../../src/content/article/editing/moves.js';
import { createArticle } from '../../src/content/article/editing/save.js';
import { makeLoaders } from '../../src/content/loaders.js';
import { startWebhooks } from '../../src/content/webhook/dispatch.js';
import { startHub } from '../../src/content/websub/dispatch.js';
import { name, sql } from '../../src/database/sql.js';
import { startFollowing } from '../../src/importing/feed/following.js';
import { mutate } from './mutation.js';
import { aSection } from './records.js';
import { startService, type TestService, type TestServiceOptions } from './service.js';

const editor = {
  role: 'editor',
  userId: '01900000-0000-7000-8000-0000000000ab',
  name: 'Edda',
} as const satisfies Viewer;

/** A newsroom that publishes, and tells webhooks of it. Its clock stands where the test puts it, from the real moment on. */
export interface Office {
  readonly service: TestService;
  readonly admin: Record<string, string>;
  readonly hand: () => { viewer: Viewer; now: Date; requestId: null };
  /** Writes a piece and makes it public. Answers its id. */
  publish(headline: string): Promise<string>;
  /** Adds a webhook; answers its id and its secret. */
  webhook(input: object): Promise<{ id: string; secret: string }>;
  /** Has webhooks told, subscribers sent feeds, and partners’ feeds followed. */
  start(options?: { pollEveryMs?: number }): void;
  /** Lets what is under way end, and starts no more. */
  stop(): Promise<void>;
  /** As it was opened: no piece, no webhook, nobody sending. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openOffice(allowed = '1', options: TestServiceOptions = {}): Promise<Office> {
  const service = await startService({ ...options, environment: { WEBHOOK_ALLOW_PRIVATE: allowed } });
  service.now = new Date();
  await service.db.prisma.user.create({ data: { id: editor.userId, name: editor.name, role: 'EDITOR' } });
  await service.load([aSection()]);
  const admin = await service.signIn('admin');
  const started: { stop(): Promise<void> }[] = [];
  const hand = () => ({ viewer: editor, now: service.now, requestId: null });
  const stop = async () => void (await Promise.all(started.splice(0).map((dispatch) => dispatch.stop())));
  return {
    service,
    admin,
    hand,
    stop,
    async publish(headline) {
      const { db, site } = service;
      const articleId = await createArticle(db, site, hand(), {
        headline,
        section: 'world',
        body: { html: `<p>${headline}, in full.</p>` },
      });
      await submitArticle(db, hand(), { articleId, expectedRevision: 1 });
      await publishArticle(db, site, hand(), { articleId, expectedRevision: 1, at: null });
      return articleId;
    },
    async webhook(input) {
      const answer = await mutate(service, 'createWebhook', input, 'webhook { id } secret', admin);
      if (answer.__typename !== 'CreateWebhookSuccess') throw new Error(answer.message);
      return { id: answer.webhook.id, secret: answer.secret };
    },
    start({ pollEveryMs = 20 } = {}) {
      const { db, site, outgoing } = service;
      const log = pino({ level: 'silent' });
      const telling = { db, site, log, outgoing, makeLoaders, clock: () => service.now, pollEveryMs };
      started.push(startWebhooks({ ...telling, keptDays: 30 }), startHub(telling), startFollowing(telling));
    },
    async clear() {
      await stop();
      await service.db.rows(sql`delete from article`);
      for (const table of ['webhook', 'hub_subscription', 'hub_request', 'partner_feed', 'origin']) {
        await service.db.rows(sql`delete from ${name(table)}`);
      }
      service.now = new Date();
    },
    async close() {
      await stop();
      await service.close();
    },
  };
}
