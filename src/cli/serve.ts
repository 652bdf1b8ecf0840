import { fileURLToPath } from 'node:url';
import { openAccess } from '../access/authenticate.js';
import { ensureAdministrator } from '../access/store.js';
import { makeApp } from '../app.js';
import type { Config } from '../config.js';
import type { Database } from '../database/database.js';
import { DatabaseUnusable } from '../database/database.js';
import { listen, type Listening } from '../http/server.js';
import { announceDue, announcements } from '../content/change/announce.js';
import { loadSampleNewsroom } from '../importing/sample.js';
import { type Jobs, startJobs } from '../jobs/jobs.js';
import { makeLog } from '../observability/log.js';
import { makeMetrics } from '../observability/metrics.js';
import { openReady } from './open.js';

const deskFolder = fileURLToPath(new URL('../../dist/desk/', import.meta.url));

export interface Running {
  config: Config;
  db: Database;
  listening: Listening;
  /** The first administrator's token, on the very first start and when none was given: to be shown once. */
  firstToken: string | null;
  stop(): Promise<void>;
}

/** Runs the service until `stop`: the database, the sample newsroom when it is empty, and the port. */
export async function serve(environment: NodeJS.ProcessEnv): Promise<Running> {
  const { config, db } = await openReady(environment);
  let jobs: Jobs | undefined;
  try {
    if (db.kind === 'guest') {
      throw new DatabaseUnusable(
        `A Dateline already serves the data folder ${config.dataFolder}. Stop it, or name another folder in DATA_DIR.`,
      );
    }
    const log = makeLog(config.logLevel);
    const clock = () => new Date();
    const announce = async () => {
      const announced = await announceDue(db, clock());
      if (announced > 0) log.info({ announced }, 'told of scheduled pieces whose moment has come');
    };
    if (config.newsroom === 'sample') {
      const stored = await loadSampleNewsroom(db, config.site, clock());
      if (stored > 0) log.info({ stored }, 'loaded the sample newsroom');
    }
    if (config.adminToken !== undefined) await ensureAdministrator(db, clock(), config.adminToken);
    const access = openAccess({ db, log, oidc: config.oidc });
    jobs = startJobs({ db, log, work: { [announcements]: announce } });
    const metrics = makeMetrics({ ofProcess: true });
    const app = makeApp({ db, site: config.site, log, clock, jobs }, { deskFolder, access, metrics });
    const listening = await listen(app, config);
    // Only once the port is ours: a token made before a start that fails would be seen by nobody.
    const firstToken = config.adminToken === undefined ? await ensureAdministrator(db, clock()) : null;
    return {
      config,
      db,
      listening,
      firstToken,
      async stop() {
        await listening.close();
        await jobs?.stop();
        await access.close();
        await db.close();
      },
    };
  } catch (error) {
    await jobs?.stop();
    await db.close();
    throw error;
  }
}

/** Serves until the process is told to stop, then lets requests under way end. */
export async function serveUntilStopped(environment: NodeJS.ProcessEnv): Promise<void> {
  const running = await serve(environment);
  const { listening, firstToken } = running;
  process.stdout.write(
    [
      `Dateline serves ${running.config.site.name}`,
      `  graph and desk   ${listening.url}/graphql`,
      `  schema           ${listening.url}/schema.graphql`,
      `  health           ${listening.url}/healthz  ${listening.url}/readyz`,
      ...(firstToken === null
        ? []
        : [
            '',
            'The administrator’s token, shown this once and kept nowhere:',
            `  ${firstToken}`,
            'Sign in with it at the desk. More tokens: dateline token --help',
          ]),
      '',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await running.stop();
}
