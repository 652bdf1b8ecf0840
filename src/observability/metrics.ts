import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What is measured of the service, as Prometheus reads it. */
export interface Metrics {
  /** Counts one answer. */
  answered(method: string, status: number): void;
  /** Has `read` asked whenever somebody looks; NaN where it cannot say. */
  gauge(name: string, help: string, read: () => Promise<number>): void;
  /** Text exposition format 0.0.4. */
  text(): Promise<{ type: string; body: string }>;
}

export interface MetricsOptions {
  /** Measures the process too: its memory, processor, event loop and garbage. One of a process is enough. */
  ofProcess?: boolean;
}

/** Methods that are counted under their own name: what clients make up must not become series without end. */
const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

export function makeMetrics({ ofProcess = false }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'dateline_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return {
    answered: (method, status) => requests.inc({ method: methods.has(method) ? method : 'other', status }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read().catch(() => Number.NaN));
        },
      });
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
