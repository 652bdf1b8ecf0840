import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openAccess } from '../access/authenticate.js';
import { openBudgets } from '../access/budgets.js';
import { openMetering } from '../access/metering.js';
import { ensureAdministrator } from '../access/store.js';
import { makeApp } from '../app.js';
import { type Config, configFrom } from '../config.js';
import type { Database } from '../database/database.js';
import { DatabaseUnusable } from '../database/database.js';
import { openDatabase, openReplica } from '../database/open.js';
import { Replicas } from '../database/replicas.js';
import { Presence } from '../database/presence.js';
import { openMemories } from '../answers/open.js';
import { operationNamesIn, readKnownDocuments } from '../graphql/documents.js';
import { Connections } from '../graphql/single-connection.js';
import { corsFor } from '../http/cors.js';
import { Admission } from '../http/admission.js';
import { fastLane } from '../http/fast-lane.js';
import { listen, type Listening } from '../http/server.js';
import { shedding, sparing } from '../http/shedding.js';
import { endThreads } from '../content/article/words/words.js';
import { announceDue, announcements } from '../content/change/announce.js';
import { LiveLog } from '../content/change/live.js';
import { settleAll } from '../content/change/partner-log.js';
import { openCounters } from '../content/counters.js';
import { makeLoaders } from '../content/loaders.js';
import { measureQueues } from '../content/queues.js';
import { startSearchRounds } from '../content/search/store.js';
import { startVacuuming } from '../jobs/vacuum.js';
import { startForgetting } from '../content/trending/views.js';
import { startWebhooks } from '../content/webhook/dispatch.js';
import { startHub } from '../content/websub/dispatch.js';
import { startFollowing } from '../importing/feed/following.js';
import { loadSampleNewsroom } from '../importing/sample.js';
import { startJobs } from '../jobs/jobs.js';
import { makeLog } from '../observability/log.js';
import { measureDatabase } from '../observability/database.js';
import { makeMetrics } from '../observability/metrics.js';
import { openTracing } from '../observability/tracing/open.js';
import { traceFields } from '../observability/tracing/spans.js';
import { serverIn, tracedStatements } from '../observability/tracing/statements.js';
import { openOutgoing } from '../outgoing/ask.js';
import { purge } from '../outgoing/purge.js';
import { openReady } from './open.js';
import { programVersion } from './version.js';

const deskFolder = fileURLToPath(new URL('../../dist/desk/', import.meta.url));

/** How long what is under way may still take when the service is told to stop. */
const endsWithinMs = 8000;

export interface Running {
  config: Config;
  db: Database;
  listening: Listening;
  /** The first administrator's token, on the very first start and when none was given: to be shown once. */
  firstToken: string | null;
  /** Lets those who send it requests know that it will stop, and goes on for as long as they are given to notice. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** The metrics of all workers as text, where this is one of several. */
  gather?: () => Promise<string>;
}

/** Runs the service until `stop`: the database, the sample newsroom when it is empty, and the port. */
export async function serve(environment: NodeJS.ProcessEnv, { gather }: ServeOptions = {}): Promise<Running> {
  const presence = new Presence();
  const { tracing, databaseUrl, logLevel } = configFrom(environment);
  const log = makeLog(logLevel, undefined, tracing && traceFields);
  const watchOf = (url: string | undefined) => (tracing ? tracedStatements(serverIn(url)) : undefined);
  const watch = watchOf(databaseUrl);
  const onStopped = (error: Error) => log.error({ err: error }, error.message);
  const { config, db } = await openReady(environment, { presence, watch, onStopped });
  // What was begun is ended the other way round, however far the start came.
  const ends: (() => Promise<unknown>)[] = [() => db.close(), endThreads];
  const stop = async () => {
    // A database that cannot be heard keeps nobody from ending.
    const deadline = setTimeout(() => presence.isGone(), endsWithinMs);
    for (const end of ends.splice(0).reverse()) await end();
    clearTimeout(deadline);
  };
  let isStopping = false;
  try {
    if (db.kind === 'guest') {
      throw new DatabaseUnusable(
        `A Dateline already serves the data folder ${config.dataFolder}. Stop it, or name another folder in DATA_DIR.`,
      );
    }
    if (tracing) {
      const traces = await openTracing(tracing, { log, version: programVersion() });
      // After everything that is traced.
      ends.unshift(() => traces.close());
    }
    const clock = () => new Date();
    const announce = async () => {
      const announced = await announceDue(db, clock());
      if (announced > 0) log.info({ announced }, 'told of scheduled pieces whose moment has come');
      await settleAll(db, clock());
    };
    if (config.newsroom === 'sample') {
      const stored = await loadSampleNewsroom(db, config.site, clock());
      if (stored > 0) log.info({ stored }, 'loaded the sample newsroom');
    }
    if (config.adminToken !== undefined) await ensureAdministrator(db, clock(), config.adminToken);
    const outgoing = openOutgoing({ mayReach: config.mayReach, userAgent: `Dateline (+${config.site.url})` });
    ends.push(() => outgoing.close());
    // Whoever asks waits no longer than so for a statement; what is done in the background may take its time.
    const statementTimeoutMs = config.querySeconds * 1000;
    const asked = db.kind === 'postgres' ? await openDatabase(config, { statementTimeoutMs, presence, watch }) : db;
    if (asked !== db) ends.push(() => asked.close());
    // What waits for a server that is not there would wait for the network to say so: for minutes, or for ever.
    for (const each of new Set([db, asked])) presence.onAway(() => each.hangUp());
    const access = openAccess({ db: asked, log, oidc: config.oidc });
    const metering = openMetering({ db: asked, log });
    ends.push(() => Promise.all([access.close(), metering.close()]));
    const jobs = startJobs({ db, log, work: { [announcements]: announce } });
    const telling = { db, site: config.site, log, outgoing, makeLoaders, clock };
    const webhooks = startWebhooks({ ...telling, keptDays: config.webhookLogDays });
    const hub = startHub(telling);
    const following = startFollowing(telling);
    const rounds = [startForgetting({ db, log, clock }), startSearchRounds({ db, log })];
    if (db.kind === 'embedded') rounds.push(startVacuuming({ db, log }));
    ends.push(() => Promise.all([jobs, webhooks, hub, following, ...rounds].map((work) => work.stop())));
    const readers = openCounters({ db: asked, log, clock });
    ends.push(() => readers.close());
    const { costPerMinute: perMinute } = config;
    const budgets = perMinute > 0 ? openBudgets({ db: asked, log, readers: readers.readers, perMinute }) : undefined;
    const documents = await readKnownDocuments(config.documentsFolder);
    const metrics = makeMetrics({
      ofProcess: true,
      operations: operationNamesIn(documents),
      ...(gather ? { gather } : {}),
    });
    measureQueues(metrics, db);
    const toCdn = config.purge && openOutgoing({ mayReach: () => true });
    if (toCdn) ends.push(() => toCdn.close());
    const purgeThere = toCdn && ((names: readonly string[]) => purge(toCdn, config.purge!, names));
    const { keptBytes: answerBytes, keptRowBytes: rowBytes, staleIfError } = config;
    const replicas =
      config.replicaUrls.length === 0
        ? undefined
        : new Replicas({
            primary: asked,
            open: config.replicaUrls.map((url) => () => openReplica(url, { statementTimeoutMs, watch: watchOf(url) })),
            log,
          });
    if (replicas) {
      ends.push(() => replicas.close());
      const usable = () => Promise.resolve(replicas.usable);
      metrics.gauge('dateline_replicas_usable', 'Replicas that have all that this process was told of.', usable);
    }
    const memories = await openMemories({
      db: asked,
      replicas,
      clock,
      log,
      purge: purgeThere,
      answerBytes,
      rowBytes,
      staleSeconds: staleIfError,
      presence: db.kind === 'postgres' ? presence : undefined,
    });
    ends.push(() => memories.close());
    const { answers } = memories;
    const live = { changes: new LiveLog({ db, clock, log }) };
    const connections = new Connections();
    measureDatabase(metrics, {
      pools: { requests: asked, background: db },
      isFull: () => presence.isFull,
      caughtUp: answers && (() => answers.caughtUp()),
    });
    const cors = config.corsOrigins && corsFor(config.corsOrigins);
    const app = makeApp(
      { db: memories.db, site: config.site, log, clock, jobs, outgoing, answers, staleIfError },
      {
        deskFolder,
        access,
        metering,
        metrics,
        documents,
        counters: readers.counters,
        live,
        connections,
        isProxy: config.isProxy,
        cors,
        knownOnly: config.knownOnly,
        mostCost: config.costLimit,
        mostSeconds: config.querySeconds,
        budgets,
        isTraced: tracing !== undefined,
        isDiskFull: () => presence.isFull,
        isStopping: () => isStopping,
      },
    );
    const lane = answers && fastLane(answers, { clock, log, metrics, cors });
    const admission = config.admission && new Admission(config.admission);
    const gate = admission && shedding({ admission, spares: sparing(answers), log, metrics, cors });
    if (admission) {
      metrics.gauge('dateline_requests_inside', 'Requests that are worked on.', () => Promise.resolve(admission.size));
      metrics.gauge('dateline_requests_waiting', 'Requests that wait.', () => Promise.resolve(admission.waiting));
    }
    const listening = await listen(app, config, { lane, ...(gate ? { gate } : {}), isTraced: tracing !== undefined });
    // A stream has no end of its own: it is told to end while the port waits for the last of its requests.
    ends.push(() => {
      connections.close();
      return Promise.all([listening.close(), live.changes.stop()]);
    });
    // Only once the port is ours: a token made before a start that fails would be seen by nobody.
    const firstToken = config.adminToken === undefined ? await ensureAdministrator(db, clock()) : null;
    const drain = async () => {
      isStopping = true;
      listening.drain();
      await pause(config.drainSeconds * 1000);
    };
    return { config, db, listening, firstToken, drain, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is said when the service has begun. */
export function banner(siteName: string, url: string, firstToken: string | null, workers = 1): string {
  return [
    `Dateline serves ${siteName}${workers > 1 ? ` on ${workers} workers` : ''}`,
    `  graph and desk   ${url}/graphql`,
    `  schema           ${url}/schema.graphql`,
    `  health           ${url}/healthz  ${url}/readyz`,
    ...(firstToken === null
      ? []
      : [
          '',
          'The administrator’s token, shown this once and kept nowhere:',
          `  ${firstToken}`,
          'Sign in with it at the desk. More tokens: dateline token --help',
        ]),
    '',
  ].join('\n');
}

/** Resolves when the process is told to stop. */
export const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });

/** Serves until the process is told to stop, then lets requests under way end. */
export async function serveUntilStopped(environment: NodeJS.ProcessEnv): Promise<void> {
  const running = await serve(environment);
  process.stdout.write(banner(running.config.site.name, running.listening.url, running.firstToken));
  await stopAsked();
  await running.drain();
  await running.stop();
}
