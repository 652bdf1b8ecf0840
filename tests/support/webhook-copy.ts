import { pino } from 'pino';
import { makeLoaders } from '../../src/content/loaders.js';
import { settlePartner } from '../../src/content/webhook/outbox.js';
import { startWebhooks } from '../../src/content/webhook/dispatch.js';
import { sql } from '../../src/database/sql.js';
import { eventually } from './eventually.js';
import { settled } from './mirror.js';
import { mutate } from './mutation.js';
import { startReceiver } from './receiver.js';
import type { TestService } from './service.js';

interface Message {
  data: { articleId: string; article: object | null };
}

/** A program that keeps a copy of what it may read by webhook alone: it takes each message as it comes. */
export interface WebhookCopy {
  /** What it keeps of each piece: the item of the latest message on it. */
  readonly pieces: ReadonlyMap<string, object>;
  /** Waits until it was sent all that there is to tell. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** Adds a webhook of whole pieces with `input`, has it told, and keeps what it is told. Its service must reach this machine. */
export async function startWebhookCopy(service: TestService, input: object = {}): Promise<WebhookCopy> {
  const { db, site, outgoing } = service;
  const receiver = await startReceiver();
  const pieces = new Map<string, object>();
  const admin = await service.signIn('admin');
  const given = { url: `${receiver.url}/`, content: 'FULL', ...input };
  const added = await mutate(service, 'createWebhook', given, 'webhook { id }', admin);
  if (added.__typename !== 'CreateWebhookSuccess') throw new Error(added.message);
  receiver.answer = ({ body }, response) => {
    const { data } = JSON.parse(body) as Message;
    if (data.article) pieces.set(data.articleId, data.article);
    else pieces.delete(data.articleId);
    response.writeHead(204).end();
  };
  const dispatch = startWebhooks({
    db,
    site,
    outgoing,
    log: pino({ level: 'silent' }),
    makeLoaders,
    clock: () => service.now,
    keptDays: 30,
    pollEveryMs: 20,
  });
  return {
    pieces,
    async caughtUp() {
      await settled(service);
      const waiting = sql`
        select 1 from webhook w where exists (select from partner_change c where c.partner_id = w.partner_id and c.id > w.cursor_id)
          or w.partner_id is null and exists (select from change c where (c.xid, c.id) > (w.cursor_xid, w.cursor_id))
          or exists (select from webhook_delivery d where d.webhook_id = w.id and d.status = 'PENDING')`;
      const partners = await db.rows<{ id: string }>(
        sql`select distinct partner_id as id from webhook where partner_id is not null`,
      );
      for (const { id } of partners) await settlePartner(db, id, service.now);
      await eventually(async () => (await db.rows(waiting)).length === 0);
    },
    async close() {
      await dispatch.stop();
      await receiver.close();
    },
  };
}
