import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { operationsOn } from '../../src/cli/bench/reading.js';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { documentOf } from '../support/mutation.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { openSample } from '../support/two-services.js';
import type { Shot } from './driving.js';

/** A service of its own with a paper in it. */
export interface Loaded {
  db: Database;
  service: ServiceProcess;
  /** One of what readers ask, by chance: in turn, those that are let in while others are not would be of some kinds. */
  next: () => Shot;
  publish(): Promise<void>;
  measures(): Promise<Measures>;
  close(): Promise<void>;
}

export interface Measures {
  /** Megabytes. */
  resident: number;
  heap: number;
  handles: number;
  /** Files and sockets that are open. */
  descriptors: number;
  /** Rows that wait to be worked off, by table. */
  queues: Record<string, number>;
}

/** In the process: what is no longer used is swept when it is told to. */
const sweeping = `import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc');
  const sweep = vm.runInNewContext('gc'); process.on('SIGUSR2', () => sweep());`;

export async function openLoaded(environment: Record<string, string>): Promise<Loaded> {
  const { db, url } = await openSample();
  const service = await startServiceProcess({
    DATABASE_URL: url,
    LOG_LEVEL: 'error',
    COST_PER_MINUTE: '0',
    NODE_OPTIONS: `--max-old-space-size=768 --import=data:text/javascript,${encodeURIComponent(sweeping)}`,
    ...environment,
  });
  const app = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    return request.text().then((body) =>
      fetch(service.url + pathname + search, {
        method: request.method,
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );
  };
  const operations = await operationsOn(app, db);
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const shots = operations.flatMap(({ query, variables }) =>
    variables
      .slice(0, 8)
      .map((each): Shot => ({ path: '/graphql', headers, body: JSON.stringify({ query, variables: each }) })),
  );
  let pieces = 0;

  async function done(mutation: string, input: object) {
    const { data, errors } = await service.query(documentOf(mutation, 'article { id revision }'), { input });
    if (errors) throw new Error(`${mutation}: ${JSON.stringify(errors)}`);
    return data[mutation].article as { id: string; revision: number };
  }

  return {
    db,
    service,
    next: () => shots[Math.floor(Math.random() * shots.length)]!,
    async publish() {
      const headline = `Under load ${(pieces += 1)}`;
      const { id, revision } = await done('createArticle', {
        headline,
        section: 'asia',
        body: { html: '<p>Text.</p>' },
      });
      await done('submitArticle', { id, expectedRevision: revision });
      await done('publishArticle', { id, expectedRevision: revision });
    },
    async measures() {
      process.kill(service.pid, 'SIGUSR2');
      await pause(1500);
      const text = await (await fetch(`${service.url}/metrics`)).text();
      const read = (metric: string) => Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1]);
      // Its pools have as many connections as were wanted at once a moment ago, and are bounded: not what grows.
      const pooled = [...text.matchAll(/^dateline_pool_connections\{[^}]*state="open"\} (\d+)/gm)];
      const connections = pooled.reduce((sum, [, count]) => sum + Number(count), 0);
      const [rows] = await db.rows<Record<string, string>>(sql`select
        (select count(*) from webhook_delivery where ended_at is null)::text as webhooks,
        (select count(*) from search_stale)::text as search,
        (select count(*) from hub_request)::text as hub,
        (select count(*) from pgboss.job where state < 'completed')::text as jobs`);
      return {
        resident: read('process_resident_memory_bytes') / 1e6,
        heap: read('nodejs_heap_size_used_bytes') / 1e6,
        handles: read('nodejs_active_handles_total') - connections,
        descriptors: readdirSync(`/proc/${service.pid}/fd`).length - connections,
        queues: Object.fromEntries(Object.entries(rows ?? {}).map(([table, count]) => [table, Number(count)])),
      };
    },
    async close() {
      await service.kill();
      await db.close();
    },
  };
}

export const shown = ({ resident, heap, handles, descriptors, queues }: Measures): string =>
  `${resident.toFixed(0)} MB resident, ${heap.toFixed(1)} MB heap, ${handles} handles, ${descriptors} descriptors, ` +
  `waiting rows ${Object.entries(queues)
    .map(([table, count]) => `${table} ${count}`)
    .join(', ')}`;
