import { pino } from 'pino';
import { openBudgets } from '../../src/access/budgets.js';
import { createUser, issueToken } from '../../src/access/store.js';
import { type App, makeApp } from '../../src/app.js';
import type { Answers } from '../../src/answers/answers.js';
import { openMemories } from '../../src/answers/open.js';
import { anyone, type NewsroomRole } from '../../src/access/viewer.js';
import { configFrom, type Site } from '../../src/config.js';
import { openCounters } from '../../src/content/counters.js';
import type { Database } from '../../src/database/database.js';
import type { Replicas } from '../../src/database/replicas.js';
import type { Sql } from '../../src/database/sql.js';
import type { Counters } from '../../src/graphql/context.js';
import type { KnownDocuments } from '../../src/graphql/documents.js';
import { corsFor } from '../../src/http/cors.js';
import { importFrom } from '../../src/importing/import.js';
import type { ReceiptLine } from '../../src/importing/receipt.js';
import type { ContentRecord, Reader } from '../../src/importing/records.js';
import type { Metrics } from '../../src/observability/metrics.js';
import { tracedStatements } from '../../src/observability/tracing/statements.js';
import { type Outgoing, openOutgoing } from '../../src/outgoing/ask.js';
import { freshDatabase } from './database.js';

export interface Answer {
  status: number;
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** The whole service over a database of its own, with a clock that stands where the test puts it. */
export interface TestService {
  readonly app: App;
  readonly db: Database;
  readonly site: Site;
  /** Asks public addresses alone, unless the environment says otherwise. */
  readonly outgoing: Outgoing;
  /** Where answers are kept, when they are. */
  readonly answers?: Answers | undefined;
  /** What is counted of readers. */
  readonly counters: Counters;
  /** The moment at which everything happens. */
  now: Date;
  /** Statements sent since the last look. */
  statements(): string[];
  /** Statements of our own sent since the last look, with their values: what can be explained. */
  asked(): Sql[];
  query(document: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a request, from an address where one is given. */
  request(path: string, init?: RequestInit, peer?: string): Promise<Response>;
  /** Headers of a new user of `role` with a token of their own. */
  signIn(role: NewsroomRole, name?: string): Promise<{ authorization: string }>;
  /** Stores records as the importer does, and fails when one is refused. */
  load(records: readonly ContentRecord[]): Promise<ReceiptLine[]>;
  close(): Promise<void>;
}

export const aMoment = new Date('2026-06-15T12:00:00.000Z');

export interface TestServiceOptions {
  /** Keeps answers to anyone, as a running service does. */
  answers?: boolean;
  /** What clients may name instead of sending it. */
  documents?: KnownDocuments;
  /** The database of another instance, to be a second one on it. */
  beside?: Pick<TestService, 'db'>;
  /** Standbys that answers to anyone are read from; with `answers`. */
  replicas?: Replicas;
  environment?: Record<string, string>;
  /** Counts what operations cost against COST_PER_MINUTE, as a running service does. */
  budgets?: boolean;
  /** What measures; measures of the app alone when absent. */
  metrics?: Metrics;
  /** Begins spans, for whoever is registered to take them: see tests/support/spans.ts. */
  isTraced?: boolean;
}

export async function startService({
  environment = {},
  answers: keepsAnswers = false,
  documents = new Map(),
  beside,
  replicas,
  budgets = false,
  metrics,
  isTraced = false,
}: TestServiceOptions = {}): Promise<TestService> {
  let seen: string[] = [];
  let withValues: Sql[] = [];
  const watch = isTraced ? tracedStatements() : undefined;
  const opened = beside?.db ?? (await freshDatabase({ onStatement: (text) => seen.push(text), watch }));
  const db: Database = {
    ...opened,
    rows: (statement, signal) => {
      withValues.push(statement);
      return opened.rows(statement, signal);
    },
    read: (statement, dependsOn, signal) => {
      withValues.push(statement);
      return opened.read(statement, dependsOn, signal);
    },
  };
  const { site, mayReach, isProxy, corsOrigins, knownOnly, costLimit, costPerMinute, querySeconds } = configFrom({
    PUBLIC_URL: 'https://news.example',
    SITE_NAME: 'The Test',
    ...environment,
  });
  const outgoing = openOutgoing({ mayReach });
  const service = { now: aMoment };
  const services = { db, site, log: pino({ level: 'silent' }), outgoing, clock: () => service.now };
  const kept = keepsAnswers
    ? await openMemories({ ...services, answerBytes: 64e6, rowBytes: 16e6, replicas })
    : undefined;
  const counted = openCounters(services);
  const app = makeApp(
    { ...services, ...(kept ? { db: kept.db, answers: kept.answers } : {}) },
    {
      deskFolder: new URL('../../dist/desk', import.meta.url).pathname,
      documents,
      counters: counted.counters,
      isProxy,
      ...(metrics ? { metrics } : {}),
      ...(corsOrigins ? { cors: corsFor(corsOrigins) } : {}),
      knownOnly,
      isTraced,
      mostCost: costLimit,
      mostSeconds: querySeconds,
      ...(budgets ? { budgets: openBudgets({ ...services, readers: counted.readers, perMinute: costPerMinute }) } : {}),
    },
  );
  const request = (path: string, init?: RequestInit, peer?: string) =>
    app(new Request(new URL(path, site.url), init), peer);

  return Object.assign(service, {
    app,
    db,
    site,
    outgoing,
    request,
    statements() {
      const since = seen;
      seen = [];
      return since;
    },
    asked() {
      const since = withValues;
      withValues = [];
      return since;
    },
    async query(document: string, variables: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
      const response = await request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ query: document, variables }),
      });
      return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
    },
    async signIn(role: NewsroomRole, name = `A ${role}`) {
      const hand = { viewer: anyone, actorName: 'test', now: service.now, requestId: null };
      const { token } = await db.transaction(async (tx) => {
        const userId = await createUser(tx, hand, { name, role: role.toUpperCase() as Uppercase<NewsroomRole> });
        return issueToken(tx, hand, { userId, name: 'test', expiresAt: null });
      });
      return { authorization: `Bearer ${token}` };
    },
    async load(records: readonly ContentRecord[]) {
      const lines: ReceiptLine[] = [];
      for await (const line of importFrom(readerOf(records), db, { site, now: service.now })) lines.push(line);
      const refused = lines.find(({ outcome }) => outcome === 'refused');
      if (refused) throw new Error(`${refused.kind} ${refused.name} was refused: ${refused.reason}`);
      return lines;
    },
    answers: kept?.answers,
    counters: counted.counters,
    async close() {
      await counted.close();
      await kept?.close();
      if (!beside) await db.close();
    },
  });
}

const isArticleOrCollection = ({ kind }: ContentRecord) => kind === 'article' || kind === 'collection';

/** Records as if they had been read from a file of Dateline's own. */
export function readerOf(records: readonly ContentRecord[]): Reader {
  async function* those(which: (record: ContentRecord) => boolean) {
    for (const [index, record] of records.entries()) {
      if (!which(record)) continue;
      const id = 'slug' in record ? `${record.kind}:${record.slug}` : record.kind;
      yield { outcome: 'record' as const, record, origin: { system: 'ndjson', id }, at: { line: index + 1 } };
    }
  }
  return {
    format: 'ndjson',
    references: () => those((record) => !isArticleOrCollection(record)),
    articles: () => those(isArticleOrCollection),
    notes: [],
    close: () => Promise.resolve(),
  };
}
