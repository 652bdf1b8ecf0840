import { Webhook as Signer } from 'standardwebhooks';
import { globalId } from '../../graphql/builder.js';
import type { ChangeKind, WebhookContent } from '../../generated/prisma/enums.js';
import { entryOf, type FeedSources } from '../feed/build.js';
import { siteUrl } from '../feed/document.js';
import { itemOf } from '../feed/formats/json-feed.js';
import { typeOf } from './rules.js';

/** What there is to tell. */
export interface Told {
  readonly articleId: string;
  readonly kind: ChangeKind;
  readonly path: string;
  readonly reason: string | null;
  readonly at: Date;
}

/**
 * The body of a message, as Standard Webhooks lays it out. The change is told as it happened; the article as its reader sees
 * it at the moment of sending, so that a message that comes late never holds what was withdrawn meanwhile.
 */
export async function messageOf(told: Told, content: WebhookContent, sources: FeedSources): Promise<string> {
  const { kind, articleId, path, reason, at } = told;
  const isGone = kind === 'WITHDRAWN' || kind === 'RETRACTED';
  const row = isGone || content === 'NOTHING' ? null : await sources.loaders.article.byId.load(articleId);
  return JSON.stringify({
    type: typeOf(kind),
    timestamp: at.toISOString(),
    data: {
      articleId: globalId('Article', articleId),
      path,
      url: siteUrl(sources.site, path),
      reason,
      article: row && itemOf(await entryOf(row, content === 'FULL' ? 'full' : 'teaser', sources)),
    },
  });
}

/** The secrets a receiver may check with: for a while after a new one is made, the one before it too. */
export interface Secrets {
  readonly secret: string;
  readonly previousSecret: string | null;
  readonly previousSecretUntil: Date | null;
}

/** The headers that say which message it is, and that it is ours (Standard Webhooks, "Verifying webhook authenticity"). */
export function signedHeaders(id: string, body: string, secrets: Secrets, now: Date): Record<string, string> {
  const { secret, previousSecret, previousSecretUntil } = secrets;
  const valid = [secret];
  if (previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now) valid.push(previousSecret);
  const messageId = messageIdOf(id);
  return {
    'content-type': 'application/json',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': valid.map((key) => new Signer(key).sign(messageId, now, body)).join(' '),
  };
}

/** The id of a message as its receiver sees it. */
export const messageIdOf = (deliveryId: string): string => `msg_${deliveryId}`;
