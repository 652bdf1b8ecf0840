import pg from 'pg';
import { ownPostgres, type OwnPostgres } from '../../scripts/postgres.mjs';
import { configFrom } from '../../src/config.js';
import { openPostgres } from '../../src/database/postgres.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { type Proxy, startProxy } from './proxy.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/** A service as a process of its own, a PostgreSQL of its own, and a network between them that breaks when it is told to. */
export interface CutOff {
  readonly server: OwnPostgres;
  readonly proxy: Proxy;
  /** Asks the database past the proxy, as another instance would. */
  readonly past: (statement: string, values?: unknown[]) => Promise<pg.QueryResult>;
  /** A service through the proxy; it is ended with everything else. */
  readonly serve: (environment?: Record<string, string>) => Promise<ServiceProcess>;
  readonly close: () => Promise<void>;
}

/** What there is to say where no server can be started. */
export const noServer = 'there are no PostgreSQL binaries here to start a server from that may be killed';

/** Null where no server can be started. */
export async function openCutOff(options: Parameters<typeof ownPostgres>[0] = {}): Promise<CutOff | null> {
  const server = await ownPostgres(options);
  if (!server) return null;
  const services: ServiceProcess[] = [];
  let proxy: Proxy | undefined;
  const url = server.url.replace(/postgres$/, 'paper');
  const close = async () => {
    for (const service of services) await service.kill();
    await proxy?.close();
    server.remove();
  };
  const onServer = async (at: string, statement: string, values?: unknown[]) => {
    const client = new pg.Client(at);
    await client.connect();
    try {
      return await client.query(statement, values);
    } finally {
      await client.end();
    }
  };
  try {
    server.start();
    await onServer(server.url, 'create database paper');
    const db = await openPostgres({ connectionString: url });
    await db.migrate();
    await loadSampleNewsroom(db, configFrom({}).site, new Date());
    await db.close();
    proxy = await startProxy({ host: '127.0.0.1', port: server.port });
    const through = url.replace(`:${server.port}/`, `:${proxy.port}/`);
    return {
      server,
      proxy,
      past: (statement, values) => onServer(url, statement, values),
      async serve(environment = {}) {
        const service = await startServiceProcess({ DATABASE_URL: through, COST_PER_MINUTE: '0', ...environment });
        services.push(service);
        return service;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What came back, and how long it took. */
export interface Seen {
  status: number;
  headers: Headers;
  text: string;
  ms: number;
}

export async function get(url: string, init: RequestInit = {}): Promise<Seen> {
  const began = performance.now();
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ms: performance.now() - began };
}

/** A query that anyone may send, by GET. */
export const asked = (url: string, query: string): Promise<Seen> =>
  get(`${url}/graphql?${new URLSearchParams({ query })}`, { headers: { accept: 'application/graphql-response+json' } });
