import { type Span, trace } from '@opentelemetry/api';
import pg from 'pg';
import { DatabaseAway, type Presence } from './presence.js';

/** How long a server may take to see somebody off. */
export const endsWithinMs = 2000;

/** A pool that knows its connections, and asks for none while it is known that nobody is there. */
export class WatchedPool extends pg.Pool {
  private readonly open = new Set<pg.PoolClient>();

  constructor(
    config: pg.PoolConfig,
    private readonly presence?: Presence,
  ) {
    super(config);
    this.on('connect', (client) => {
      this.open.add(client);
      // A connection that breaks while it is in use is told of by the statement on it; unheard, it would end the process.
      client.on('error', () => undefined);
    });
    this.on('remove', (client) => this.open.delete(client));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | void {
    if (!this.presence?.isAway) {
      const waits = waitOf(trace.getActiveSpan());
      if (callback) {
        super.connect(waits ? (...connected) => (waits(), callback(...connected)) : callback);
        return;
      }
      return waits ? super.connect().finally(waits) : super.connect();
    }
    const away = new DatabaseAway();
    if (!callback) return Promise.reject(away);
    process.nextTick(() => callback(away, undefined, () => undefined));
  }

  /** Breaks off every connection. The server need not be there to agree. */
  hangUp(): void {
    for (const client of this.open) destroy(client);
  }
}

const worthNotingMs = 1;

/** What is to be called when a connection has been had, so that `span` says how long that took, in seconds. */
function waitOf(span: Span | undefined): (() => void) | null {
  if (!span?.isRecording()) return null;
  const began = performance.now();
  return () => {
    const tookMs = performance.now() - began;
    if (tookMs >= worthNotingMs) span.setAttribute('dateline.db.connection.wait_time', tookMs / 1000);
  };
}

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

/** Ends a connection without waiting for anybody. The driver's types leave out where it has its socket. */
function destroy(client: pg.ClientBase): void {
  const connection: unknown = Reflect.get(client, 'connection');
  (connection as { stream?: { destroy(): void } } | undefined)?.stream?.destroy();
}

/** Ends a connection as one should, and without the server where it does not answer. */
export async function ended(client: pg.Client): Promise<void> {
  client.on('error', () => undefined);
  const deadline = setTimeout(() => destroy(client), endsWithinMs);
  await client.end().catch(() => undefined);
  clearTimeout(deadline);
}
