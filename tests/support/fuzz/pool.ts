import { sql } from '../../../src/database/sql.js';
import { globalId } from '../../../src/graphql/builder.js';
import type { TestService } from '../service.js';

/** What there is, as a client would know it: to be asked for, and asked for wrongly. */
export interface Pool {
  /** By the type that they are of. */
  ids: Record<string, string[]>;
  slugs: string[];
  paths: string[];
  cursors: string[];
  words: string[];
}

const tables = {
  Article: 'article',
  Section: 'section',
  Author: 'author',
  Tag: 'tag',
  Partner: 'partner',
  Collection: 'collection',
  Comment: 'comment',
  User: 'app_user',
  Token: 'token',
  ApiKey: 'api_key',
  Webhook: 'webhook',
  WebhookDelivery: 'webhook_delivery',
  PartnerFeed: 'partner_feed',
  AuditEntry: 'audit_entry',
};

const mostOfEach = 60;

/** Asks for a page of each list there is, as the administrator, so that each kind of cursor is known. */
const lists = `query {
  articles(first: 3) { edges { cursor } } up: articles(first: 3, orderBy: PUBLISHED_AT_ASC) { edges { cursor } }
  changed: articles(first: 3, orderBy: UPDATED_AT_DESC) { edges { cursor } }
  authors(first: 3) { edges { cursor node { articles(first: 2) { edges { cursor } } } } }
  sections { articles(first: 2) { edges { cursor } } }
  collections(first: 3) { edges { cursor node { articles(first: 2) { edges { cursor } } } } }
  latestFeed { cursor entries(first: 3) { edges { cursor } } }
  search(query: "the", first: 3) { edges { cursor } }
  newest: search(query: "the", first: 3, orderBy: PUBLISHED_AT_DESC) { edges { cursor } }
  changes(first: 3) { edges { cursor } }
  users(first: 3) { edges { cursor } } auditLog(first: 3) { edges { cursor } }
  moderationQueue(first: 3) { edges { cursor } } webhooks(first: 3) { edges { cursor } }
}`;

function cursorsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === 'cursor' && typeof part === 'string' ? [part] : cursorsIn(part),
  );
}

/** Users, tokens and keys that whoever asks goes by: what is written at random must not lock them out. */
export const ourOwn = { users: 'Asks at random', tokens: 'test' } as const;
const unlessOurOwn: Record<string, string> = {
  User: `where name <> '${ourOwn.users}'`,
  Token: `where name <> '${ourOwn.tokens}'`,
  ApiKey: `where name <> '${ourOwn.tokens}'`,
};

/** What there is in `service` now, but for {@link ourOwn}. */
export async function poolOf(service: TestService, asAdmin: Record<string, string>): Promise<Pool> {
  const ids: Record<string, string[]> = {};
  for (const [typename, table] of Object.entries(tables)) {
    const rows = await service.db.rows<{ id: string }>(
      sql([`select id::text from ${table} ${unlessOurOwn[typename] ?? ''} order by id limit ${mostOfEach}`]),
    );
    ids[typename] = rows.map(({ id }) => globalId(typename, id));
  }
  const slugs = await service.db.rows<{ slug: string }>(sql`
    (select slug from section order by id limit 20) union all (select slug from author order by id limit 20) union all
    (select slug from tag order by id limit 20) union all (select slug from partner limit 5) union all
    (select slug from article order by id limit 40) union all (select slug from collection limit 5)`);
  const paths = await service.db.rows<{ path: string }>(sql`select path from article order by id limit 40`);
  const { data } = await service.query(lists, {}, asAdmin);
  return {
    ids,
    slugs: slugs.map(({ slug }) => slug),
    paths: [...paths.map(({ path }) => path), '/', '/?p=12', '/section/world'],
    cursors: cursorsIn(data),
    words: ['the', 'sea', 'China', 'trade', 'elections', 'Europe', 'energy', 'war', 'ports', 'a', 'Åse', 'tradde'],
  };
}
