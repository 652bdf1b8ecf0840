import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What is measured of the service, as Prometheus reads it. */
export interface Metrics {
  /** Counts one answer. */
  answered(method: string, status: number): void;
  /**
   * Has `read` asked whenever somebody looks; NaN where it cannot say. What each process has of its own is added up over
   * workers; what all of them read in one place is not.
   */
  gauge(name: string, help: string, read: () => Promise<number>, across?: 'sum' | 'max'): void;
  /** Text exposition format 0.0.4. */
  text(): Promise<{ type: string; body: string }>;
}

export interface MetricsOptions {
  /** Measures the process too: its memory, processor, event loop and garbage. One of a process is enough. */
  ofProcess?: boolean;
  /** The metrics of all workers, where this process is one of several. */
  gather?: () => Promise<string>;
}

/** Methods that are counted under their own name: what clients make up must not become series without end. */
const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

export function makeMetrics({ ofProcess = false, gather }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (gather) AggregatorRegistry.setRegistries(registry);
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'dateline_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return {
    answered: (method, status) => requests.inc({ method: methods.has(method) ? method : 'other', status }),
    gauge(name, help, read, across = 'sum') {
      new Gauge({
        name,
        help,
        aggregator: across,
        registers: [registry],
        async collect() {
          this.set(await read().catch(() => Number.NaN));
        },
      });
    },
    text: async () => ({ type: registry.contentType, body: await (gather ? gather() : registry.metrics()) }),
  };
}
