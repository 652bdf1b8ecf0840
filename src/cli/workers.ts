import cluster, { type Worker } from 'node:cluster';
import { setTimeout as pause } from 'node:timers/promises';
import { AggregatorRegistry } from 'prom-client';
import { configFrom } from '../config.js';
import { DatabaseUnusable } from '../database/database.js';
import { ForPeople } from '../for-people.js';
import { banner, serve, stopAsked } from './serve.js';

/** What a worker tells the process that began it. */
type FromWorker = { ready: { siteName: string; url: string; firstToken: string | null } } | { measures: number };
/** What it is answered. */
interface ToWorker {
  measures: number;
  text: string;
}

/** A worker that ends sooner than this after it began was not well: the next one waits. */
const wellAfterMs = 10_000;
const longestPauseMs = 30_000;

/**
 * In MB, as in package.json and the Dockerfile: four times what is in use with all kept that is. Where the bound is far off, V8
 * lets four times as much lie about.
 */
const heapFlag = '--max-old-space-size=768';

/** As in the Dockerfile. The C library keeps what is freed for each of ten threads otherwise, which is 50 MB. */
const fewArenas = { MALLOC_ARENA_MAX: '2' };

/** Serves on `count` processes that share the port, until told to stop. One that ends is replaced. */
export async function serveOnWorkers(environment: NodeJS.ProcessEnv, count: number): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(environment);
  if (configFrom(environment).databaseUrl === undefined) {
    throw new DatabaseUnusable(
      'Several workers need a PostgreSQL server, named in DATABASE_URL: the embedded database lives inside one process.',
    );
  }
  cluster.setupPrimary({ execArgv: [heapFlag, ...process.execArgv] });
  const aggregator = new AggregatorRegistry();
  let stopping = false;
  let failures = 0;

  /** Resolves when the worker serves; rejects when it ended before. */
  const begin = (): Promise<Extract<FromWorker, { ready: unknown }>['ready']> =>
    new Promise((resolve, reject) => {
      const worker = cluster.fork({ ...fewArenas, ...environment });
      const began = performance.now();
      let isReady = false;
      worker.on('message', (message: FromWorker) => {
        if ('ready' in message) {
          isReady = true;
          resolve(message.ready);
        } else if ('measures' in message) void answerMeasures(worker, message.measures);
      });
      worker.once('exit', () => {
        // It has said why itself.
        if (!isReady) reject(new WorkerEnded());
        else if (!stopping) void replace(performance.now() - began < wellAfterMs);
      });
    });

  async function answerMeasures(worker: Worker, id: number): Promise<void> {
    const text = await aggregator.clusterMetrics().catch(() => '');
    if (worker.isConnected()) worker.send({ measures: id, text } satisfies ToWorker);
  }

  async function replace(isUnwell: boolean): Promise<void> {
    failures = isUnwell ? failures + 1 : 0;
    process.stderr.write('A worker has ended; another takes its place.\n');
    await pause(Math.min(failures === 0 ? 0 : 500 * 2 ** failures, longestPauseMs), undefined, { ref: false });
    if (stopping) return;
    await begin().catch(() => replace(true));
  }

  // The first prepares what all share: the sample newsroom, the first administrator.
  const { siteName, url, firstToken } = await begin();
  const others = Array.from({ length: count - 1 }, begin);
  await Promise.all(others);
  process.stdout.write(banner(siteName, url, firstToken, count));
  await stopAsked();
  stopping = true;
  const ending = Object.values(cluster.workers ?? {}).flatMap((worker) => {
    if (!worker) return [];
    worker.process.kill('SIGTERM');
    return [new Promise((ended) => worker.once('exit', ended))];
  });
  await Promise.all(ending);
}

/** A worker ended before it served; what it said of that is on standard error. */
export class WorkerEnded extends ForPeople {
  constructor() {
    super('A worker could not start.');
    this.name = 'WorkerEnded';
  }
}

async function serveAsWorker(environment: NodeJS.ProcessEnv): Promise<void> {
  // Begun here, it answers the aggregator of the process above.
  new AggregatorRegistry();
  let last = 0;
  const waiting = new Map<number, (text: string) => void>();
  process.on('message', (message: ToWorker) => {
    if (typeof message === 'object' && 'measures' in message) waiting.get(message.measures)?.(message.text);
  });
  const gather = (): Promise<string> =>
    new Promise((resolve) => {
      const id = (last += 1);
      waiting.set(id, (text) => {
        waiting.delete(id);
        resolve(text);
      });
      process.send?.({ measures: id } satisfies FromWorker);
    });
  const running = await serve(environment, { gather });
  const { config, listening, firstToken } = running;
  process.send?.({ ready: { siteName: config.site.name, url: listening.url, firstToken } } satisfies FromWorker);
  // Without the process above there is nobody to be served for.
  await Promise.race([
    stopAsked().then(() => running.drain()),
    new Promise((gone) => process.once('disconnect', gone)),
  ]);
  await running.stop();
  cluster.worker?.disconnect();
}
