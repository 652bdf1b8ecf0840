import { setTimeout as pause } from 'node:timers/promises';
import { sql } from '../../src/database/sql.js';
import type { TestService } from './service.js';

/** One entry of the log as a follower reads it. */
export interface Told {
  kind: string;
  path: string;
  reason: string | null;
  articleId: string;
  at: string;
  article: Copy | null;
}

/** What a follower keeps of a piece. */
export interface Copy {
  id: string;
  slug: string;
  headline: string;
  section: { name: string };
  tags: { name: string }[];
}

const shown = 'id slug headline section { name } tags { name }';

const documentText = `query ($since: String, $first: Int) { changes(since: $since, first: $first) {
  nodes { cursor kind path reason articleId at article { ${shown} } } pageInfo { hasNextPage endCursor } } }`;

/** A program that keeps a copy of what it may read, as `examples/partner-mirror` does: by the log alone. */
export class Mirror {
  readonly pieces = new Map<string, Copy>();
  /** Every entry read, in order. */
  readonly told: Told[] = [];
  /** The place of every entry read, in order. */
  readonly cursors: string[] = [];
  cursor: string | null = null;

  constructor(
    readonly service: Pick<TestService, 'query' | 'db'>,
    readonly headers: Record<string, string> = {},
    readonly pageSize = 100,
  ) {}

  /** Reads the log to its end, once nobody else at work on the same server keeps its end back. Answers what was new. */
  async poll(): Promise<Told[]> {
    await settled(this.service);
    const before = this.told.length;
    while (await this.step());
    return this.told.slice(before);
  }

  /** Reads one page. Answers whether there is more. */
  async step(): Promise<boolean> {
    const variables = { since: this.cursor, first: this.pageSize };
    const { data, errors } = await this.service.query(documentText, variables, this.headers);
    if (errors) throw new Error(JSON.stringify(errors));
    for (const entry of data.changes.nodes as (Told & { cursor: string })[]) {
      this.told.push(entry);
      this.cursors.push(entry.cursor);
      if (entry.article) this.pieces.set(entry.articleId, entry.article);
      else this.pieces.delete(entry.articleId);
    }
    this.cursor = data.changes.pageInfo.endCursor ?? this.cursor;
    return data.changes.pageInfo.hasNextPage as boolean;
  }

  sorted(): Copy[] {
    return [...this.pieces.values()].sort(byId);
  }
}

/** Waits until all that is written can be read: a server's oldest transaction keeps back the logs of all its databases. */
export async function settled({ db }: Pick<TestService, 'db'>): Promise<void> {
  const waiting = sql`select 1 from change where xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint limit 1`;
  while ((await db.rows(waiting)).length > 0) await pause(20);
}

const byId = (one: Copy, other: Copy) => (one.id < other.id ? -1 : 1);

/** Everything the asker may read, by the lists. */
export async function everythingFor(
  service: Pick<TestService, 'query'>,
  headers: Record<string, string> = {},
): Promise<Copy[]> {
  const all: Copy[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors } = await service.query(
      `query ($after: String) { articles(first: 100, after: $after) { nodes { ${shown} } pageInfo { hasNextPage endCursor } } }`,
      { after },
      headers,
    );
    if (errors) throw new Error(JSON.stringify(errors));
    all.push(...(data.articles.nodes as Copy[]));
    if (!data.articles.pageInfo.hasNextPage) return all.sort(byId);
    after = data.articles.pageInfo.endCursor as string;
  }
}
