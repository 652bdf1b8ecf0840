import type { Database } from '../../src/database/database.js';
import { openScratch } from '../../src/database/scratch.js';
import { sql } from '../../src/database/sql.js';
import { configFrom } from '../../src/config.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';
import { testServer } from './server.js';

/** Two services over the sample newsroom on one server, and a third hand that reaches the database past both. */
export interface TwoServices {
  readonly db: Database;
  readonly services: readonly [ServiceProcess, ServiceProcess];
  /** Ends one as an operator does, and starts another in its place, at its address. */
  restart(which: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

/** A database of its own with the sample newsroom in it, and its address. */
export async function openSample(): Promise<{ db: Database; url: string }> {
  const db = await openScratch(testServer);
  await db.migrate();
  await loadSampleNewsroom(db, configFrom({}).site, new Date());
  const [{ name }] = (await db.rows<{ name: string }>(sql`select current_database() as name`)) as [{ name: string }];
  const url = new URL(testServer);
  url.pathname = `/${name}`;
  return { db, url: url.href };
}

export async function startTwoServices(environment: Record<string, string> = {}): Promise<TwoServices> {
  const { db, url } = await openSample();
  const start = (port = '0') =>
    startServiceProcess({ DATABASE_URL: url, LOG_LEVEL: 'error', PORT: port, ...environment });
  const services: [ServiceProcess, ServiceProcess] = [await start(), await start()];
  return {
    db,
    services,
    async restart(which) {
      const { port } = new URL(services[which].url);
      await services[which].stop();
      services[which] = await start(port);
    },
    async close() {
      for (const service of services) await service.kill();
      await db.close();
    },
  };
}
